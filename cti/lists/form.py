"""How is a list of this campaign to be read? As somebody says, else as the configuration does; the rest is found out.

Pure. What there is in the file itself is dialect.py's and mapping.py's to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from cti.lists.importing import Reading
from cti.lists.mapping import Field, find_place
from cti.model.campaign import ListForm, Outbound
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.model.uploads import Wishes


def written_columns(form: ListForm) -> dict[Field, list[str]]:
    """Return which columns the configuration names."""
    columns = form.columns.model_dump(exclude_none=True)
    said = {Field(field): [names] if isinstance(names, str) else list(names) for field, names in columns.items()}
    return {field: names for field, names in said.items() if names}


def with_form(given: Reading, form: ListForm, outbound: Outbound) -> Reading:
    """Return `given`, and what it leaves open as the campaign's `lists` has it. Columns are of one or of the other."""
    return Reading(
        given.region or form.region or outbound.region,
        given.encoding or form.encoding,
        given.delimiter or {"tab": "\t"}.get(form.delimiter or "", form.delimiter),
        form.header if given.has_header is None else given.has_header,
        given.said or written_columns(form),
    )


def form_of(policy: Center, campaign: str) -> ListForm:
    """Return how a campaign's lists are written, as far as the configuration says."""
    known = policy.campaigns.get(campaign)
    return ListForm() if known is None else known.lists


def not_there(form: ListForm, header: Sequence[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the columns that the configuration names and a file does not have: where (below `lists`), and what."""
    for field, names in written_columns(form).items():
        several = not isinstance(getattr(form.columns, field.value), str)
        for at, name in enumerate(names):
            try:
                if name != "-":
                    find_place(name, list(header))
            except ConfigError as error:
                yield ("columns", field.value, at) if several else ("columns", field.value), error.problems[0]


def filled(wishes: Wishes, policy: Center, campaign: str) -> Wishes:
    """Return the wishes for an uploaded list, and what they leave open as the campaign's `lists` has it."""
    form = form_of(policy, campaign)
    said = {field.value: names for field, names in written_columns(form).items()}
    return structs.replace(
        wishes,
        region=wishes.region or form.region or policy.outbound.region or "",
        encoding=wishes.encoding or form.encoding or "",
        delimiter=wishes.delimiter or form.delimiter or "",
        header=form.header if wishes.header is None else wishes.header,
        columns=wishes.columns or said,
        zone=wishes.zone or form.zone or "",
    )

"""How is a list of this campaign to be read? As somebody says, else as the configuration does; the rest is found out.

Pure. What there is in the file itself is dialect.py's and mapping.py's to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cti.lists.importing import Reading
from cti.lists.mapping import Field, find_place
from cti.lists.numbers import known_region
from cti.model.campaign import ListForm, Outbound
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.model.uploads import Refusal, Wishes


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


def check_wishes(wishes: Wishes) -> None:
    """Raises Refusal for what can be no way to read a list."""
    if wishes.region and not known_region(wishes.region.upper()):
        raise Refusal("bad_request", "there is no such country: two letters of ISO 3166, such as CN or GB")
    if any(field not in set(Field) for field in wishes.columns):
        raise Refusal("bad_request", f"columns are named by field: {', '.join(Field)}")
    if len(wishes.delimiter) > 1 and wishes.delimiter != "tab":
        raise Refusal("bad_request", "the delimiter is one character, or tab")


def reading_wished(wishes: Wishes, policy: Center, campaign: str) -> Reading:
    """Return how somebody wishes an uploaded list to be read."""
    delimiter = {"tab": "\t"}.get(wishes.delimiter, wishes.delimiter) or None
    said = {Field(field): columns for field, columns in wishes.columns.items()}
    given = Reading(wishes.region.upper() or None, wishes.encoding or None, delimiter, wishes.header, said)
    return with_form(given, form_of(policy, campaign), policy.outbound)

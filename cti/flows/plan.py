"""What would hold if the folder of the flows, or a stored version, came into force now? Its book, and what speaks
against it.

Changes nothing: putting it into force is flows/in_force.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from cti.config import flows as config_flows
from cti.config.difference import Difference
from cti.config.settings import FlowRules, Reading
from cti.flows import difference
from cti.flows import files as flow_files
from cti.flows.files import Folder
from cti.ivr.book import FlowBook
from cti.ivr.known import Known
from cti.ivr.prompting import texts_of
from cti.model.flow import Flow
from cti.model.policy import Center
from cti.store.flow_versions import FlowVersion, InForce

HELD_BACK = "the folder still says what was rolled back: version {} holds until a flow is changed"


class Seen(NamedTuple):
    """What is known of the versions so far: what holds, its text, and the newest."""

    holds: InForce | None
    current: FlowVersion | None
    newest: FlowVersion | None


class Plan(NamedTuple):
    """What might hold. `stored` has its texts; `is_new`: they have no number yet. Where there are `errors`, or callers
    inside still need something (`in_use`), it must not be taken."""

    rules: FlowRules | None
    center: Center
    version: int
    book: FlowBook
    stored: FlowVersion | None = None
    is_new: bool = False
    instead_of: str = ""
    rolled_back: bool = False  # the folder has nothing new, and what was rolled back to goes on
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()
    in_use: Sequence[str] = ()
    differences: Sequence[Difference] = ()
    texts: Mapping[tuple[str, str], str] = {}


def names(center: Center, lookups: Collection[str], rules: FlowRules | None) -> Known:
    """Return the names that flows may use."""
    return config_flows.known_names(center, lookups, rules)


def of_folder(rules: FlowRules | None, center: Center, known: Known, seen: Seen, reading: Reading | None) -> Plan:
    """Return what the folder brings, or, where it says what was rolled back, what was rolled back to."""
    if rules is None:
        errors = config_flows.lines(config_flows.lost_entries(center, (), rules), reading)
        return Plan(rules, center, 0, FlowBook({}, 0), errors=errors)
    folder = flow_files.read(rules.folder, known)
    if folder.errors:
        return Plan(rules, center, 0, FlowBook({}, 0), errors=folder.errors, warnings=folder.warnings)
    if seen.holds is not None and seen.current is not None and seen.holds.instead_of == folder.content:
        plan = of_version(seen.current, rules, center, known, seen, reading)
        said = HELD_BACK.format(seen.current.number)
        return plan._replace(instead_of=folder.content, rolled_back=True, warnings=[said, *plan.warnings])
    version = next((v for v in (seen.current, seen.newest) if v is not None and v.hash == folder.content), None)
    if version is not None:
        return _plan(version, folder, rules, center, reading)
    texts = {_short(file.path): file.text for file in folder.files}
    number = seen.newest.number + 1 if seen.newest is not None else 1
    plan = _plan(FlowVersion(number, 0.0, "", folder.content, texts), folder, rules, center, reading)
    return plan._replace(is_new=True)


def of_version(
    version: FlowVersion, rules: FlowRules, center: Center, known: Known, seen: Seen, reading: Reading | None = None
) -> Plan:
    """Return what a stored version brings today."""
    plan = _plan(version, _read(version, known), rules, center, reading)
    given_up = seen.holds.instead_of if seen.holds is not None else ""
    if not given_up and seen.current is not None:
        given_up = seen.current.hash
    return plan._replace(instead_of="" if given_up == version.hash else given_up)


def book_of(version: FlowVersion) -> FlowBook | None:
    """Return a stored version for those who began with it, whatever it names; None where it cannot be read any more."""
    folder = _read(version, None)
    return None if any(file.flow is None for file in folder.files) else FlowBook(folder.flows, version.number)


def told(plan: Plan, flows: Mapping[str, Flow], rules: FlowRules | None) -> Plan:
    """Return the plan with what it changes, where it may be taken."""
    if plan.errors:
        return plan
    found = difference.rules_difference(rules, plan.rules)
    return plan._replace(differences=[*found, *difference.difference(flows, plan.book.flows)])


def tell_new_lookups(errors: Sequence[str], written: Collection[str], running: Collection[str]) -> list[str]:
    """Say which of the lookups that are missing are only not running yet."""
    new = [f'there is no lookup "{name}"' for name in written if name not in running]
    return [
        line
        if (told := next((text for text in new if text in line), None)) is None
        else f"{line.partition(told)[0]}{told}: it is new in the file and needs a restart"
        for line in errors
    ]


def uses(book: FlowBook, calls: int, gone: Collection[str]) -> Iterator[str]:
    """Yield a clause for each queue of `gone` that the callers in this book may still come to."""
    queues = {
        queue
        for flow in book.flows.values()
        for node in flow.nodes.values()
        for queue in (getattr(node, key, None) for key in ("queue", "offer_callback", "voicemail"))
        if isinstance(queue, str)
    }
    for queue in sorted(queues & set(gone)):
        yield f"queue {queue}: {calls} callers in version {book.version} of the flows may come to it"


def _plan(version: FlowVersion, folder: Folder, rules: FlowRules, center: Center, reading: Reading | None) -> Plan:
    errors = folder.errors or config_flows.lines(config_flows.lost_entries(center, folder.flows, rules), reading)
    book = FlowBook({} if errors else folder.flows, version.number)
    said = texts(book)
    return Plan(rules, center, version.number, book, version, errors=errors, warnings=folder.warnings, texts=said)


def texts(book: FlowBook) -> dict[tuple[str, str], str]:
    """Return what each sound file of a book is to say, by language and file."""
    return {(said.language, said.name): said.text for flow in book.flows.values() for said in texts_of(flow)}


def _read(version: FlowVersion, known: Known | None) -> Folder:
    files = [
        flow_files.read_bytes(text.encode(), f"{name} (version {version.number})")
        for name, text in version.texts.items()
    ]
    return Folder(files) if known is None else flow_files.together(files, known)


def _short(path: str) -> str:
    return path.rpartition("/")[2]

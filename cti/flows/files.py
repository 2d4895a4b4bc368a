"""Which flows stand in a folder, and what is wrong with them? YAML files to one book of flows, every problem placed.

Reads files and judges them; never puts a flow to work. Contradictions are ivr/check.py's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cti.config import explain, yaml_file
from cti.config.yaml_file import Mapping, Place, Problem
from cti.ivr import check
from cti.ivr.known import Known
from cti.model.flow import Flow
from cti.model.flow_nodes import MEANINGS, NODE_TYPES, node_type
from cti.plain_file import read_plain
from cti.suggest import did_you_mean

ENDINGS = (".yaml", ".yml")
NOT_SAID = "does nothing: it needs one of"


@dataclass
class FlowFile:
    """One file. `flow` is None where there are errors of reading."""

    path: str
    text: str = ""
    flow: Flow | None = None
    tree: Mapping = field(default_factory=lambda: Mapping(Place(1, 1)))
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class Folder:
    """What came of reading all files together."""

    files: list[FlowFile]

    @property
    def flows(self) -> dict[str, Flow]:
        """The flows by name; only to be used where there are no errors."""
        return {file.flow.name: file.flow for file in self.files if file.flow is not None}

    @property
    def content(self) -> str:
        """A name of what the flows say (SHA-256): comments, spaces and the names of files are no part of it."""
        said = sorted(json.dumps(yaml_file.plain(file.tree)) for file in self.files)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @property
    def errors(self) -> list[str]:
        """One line `file:line:column: path: what` for each error."""
        return [line for file in self.files for line in yaml_file.lines(file.path, file.errors)]

    @property
    def warnings(self) -> list[str]:
        """One line `file:line:column: path: what` for each warning."""
        return [line for file in self.files for line in yaml_file.lines(file.path, file.warnings)]


def read(path: Path, known: Known = Known()) -> Folder:  # noqa: B008  a plain tuple
    """Read one file, or every *.yaml of a folder, and check all flows together.

    A single file is checked with its neighbours, for subflows; only what is wrong with it is told.
    """
    where = path if path.is_dir() else path.parent
    files = [read_file(other) for other in flow_paths(where)]
    if not path.is_dir() and all(Path(file.path) != path for file in files):
        files.append(read_file(path))
    if not files:
        nothing = Problem(Place(1, 1), (), "no flow here: a folder of *.yaml files is wanted")
        return Folder([FlowFile(str(path), errors=[nothing])])
    folder = together(files, known)
    if not path.is_dir():
        for file in files:
            if Path(file.path) != path:
                file.errors, file.warnings = [], []
    return folder


def together(files: list[FlowFile], known: Known = Known()) -> Folder:  # noqa: B008
    """Check files that were read one by one together, against the names of a centre."""
    folder = Folder(files)
    _check(folder, known)
    return folder


def flow_paths(folder: Path) -> list[Path]:
    """Return the files of a folder that hold flows, in the order of their names."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and not path.name.startswith("."))
    except OSError:
        return []


def read_file(path: Path) -> FlowFile:
    """Read one file by itself: its words, not what it has to do with others."""
    try:
        data = read_plain(path, yaml_file.MAX_BYTES + 1)
    except OSError as error:
        return FlowFile(str(path), errors=[Problem(Place(1, 1), (), f"cannot be read: {error.strerror}")])
    return read_bytes(data, str(path))


def read_bytes(data: bytes, path: str = "<text>") -> FlowFile:
    """Read `data` as the content of the file `path`."""
    tree, problems = yaml_file.read_tree(data)
    file = FlowFile(path, data.decode("utf-8-sig", "replace"), errors=problems)
    if tree is None:
        return file
    if not isinstance(tree, Mapping):
        file.errors.append(Problem(tree.place, (), "must be keys with values (name: ..., start: ..., nodes: ...)"))
        return file
    file.tree = tree
    plain: Any = yaml_file.plain(tree)
    file.errors += [*_head(tree, dict(plain)), *_nodes(tree)]
    if not file.errors:
        try:
            file.flow = Flow.model_validate(plain)
        except ValidationError as error:  # what only the whole can tell
            file.errors += explain.in_words(error, tree, Flow, MEANINGS)
    return file


def _head(tree: Mapping, plain: dict[str, Any]) -> Iterator[Problem]:
    """Yield the complaints about everything but the nodes."""
    if isinstance(plain.get("nodes"), dict):
        plain["nodes"] = {name: {"hangup": None} for name in plain["nodes"]}
    try:
        Flow.model_validate(plain)
    except ValidationError as error:
        yield from explain.in_words(error, tree, Flow, MEANINGS)


def _nodes(tree: Mapping) -> Iterator[Problem]:
    """Yield the complaints about each node, in the words of its own kind."""
    nodes = tree.items.get("nodes", (None, None))[1]
    for name, (place, node) in nodes.items.items() if isinstance(nodes, Mapping) else ():
        here = ("nodes", name)
        plain = yaml_file.plain(node)
        kind = node_type(plain)
        if not isinstance(node, Mapping) or kind is None:
            keys = list(node.items) if isinstance(node, Mapping) else []
            near = next((hint for key in keys if "mean" in (hint := did_you_mean(key, NODE_TYPES))), "")
            yield Problem(place, here, f"{NOT_SAID} {', '.join(NODE_TYPES)}{near}")
            continue
        try:
            NODE_TYPES[kind].model_validate(plain)
        except ValidationError as error:
            problems = explain.in_words(error, node, NODE_TYPES[kind], MEANINGS)
            inner = {problem.path[:1] for problem in problems if len(problem.path) > 1}
            for at, path, text in problems:
                if len(path) == 1 and path in inner:
                    continue  # a list is called empty when what stands in it is wrong
                if path == ("then",) and text == "is missing":
                    text = "is missing: which node follows? (then: NODE, or then: hangup)"
                yield Problem(place if len(path) < 2 and text.startswith("is missing") else at, (*here, *path), text)


def _check(folder: Folder, known: Known) -> None:
    by_name: dict[str, FlowFile] = {}
    for file in folder.files:
        if file.flow is None:
            continue
        first = by_name.setdefault(file.flow.name, file)
        if first is not file:
            place = yaml_file.locate(file.tree, ("name",))
            file.errors.append(Problem(place, ("name",), f"{first.path} has the same name; give each flow its own"))
    unread = any(file.flow is None for file in folder.files)
    for name, findings in check.find(folder.flows, known).items():
        file = by_name[name]
        for finding in findings:
            if unread and "there is no flow" in finding.text:
                continue  # it may stand in the file that could not be read
            place = yaml_file.locate(file.tree, finding.path, key=_is_about_a_name(finding.path))
            problem = Problem(place, finding.path, finding.text)
            (file.errors if finding.is_error else file.warnings).append(problem)


def _is_about_a_name(path: tuple[str | int, ...]) -> bool:
    return len(path) == 2 and path[0] in ("nodes", "variables")

"""How does a template of etc/ become a configuration file? Knows only text.

One syntax: @NAME@. Asterisk's own `${...}` and `$[...]` stay as they are.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from labkit.errors import LabError

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")
_FORBIDDEN_INLINE = re.compile(r"[\x00-\x1f\x7f;]")


def render(template: str, values: Mapping[str, str], source: str = "template") -> str:
    """Fill in every @NAME@.

    A value is one line without `;` (which would begin a comment), except a value whose name ends in _LINES: those are
    made by us from parts that were checked one by one. Raises LabError for a name without value or a forbidden value.
    """

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in values:
            raise LabError(f"{source}: @{name}@ has no value")
        value = values[name]
        if not name.endswith("_LINES"):
            check_inline(name, value)
        return value

    return _PLACEHOLDER.sub(fill, template)


def check_inline(name: str, value: str) -> str:
    """Return a value that may stand on a line of a configuration file; the message never shows the value."""
    if _FORBIDDEN_INLINE.search(value):
        raise LabError(f"{name} must be one line without ';' and without control characters")
    return value


def render_folder(templates: Path, target: Path, values: Mapping[str, str]) -> None:
    """Render every *.conf below a folder into another one, readable by the owner only (they hold secrets)."""
    for template in sorted(templates.rglob("*.conf")):
        relative = template.relative_to(templates)
        place = target / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(render(template.read_text(encoding="utf-8"), values, str(relative)), encoding="utf-8")
        place.chmod(0o600)

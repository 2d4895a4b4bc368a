"""What has become of rows between two looks at them? Words for whoever keeps rows and whoever sends them on. PURE.

A row is never written to: a changed one is another object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]
Rows = dict[str, Row]


_ABSENT = object()


class Step(NamedTuple):
    """A row before and after; None where there was, or is, none."""

    before: Row | None
    after: Row | None

    def fields(self) -> Row:
        """The fields of `after` that differ; all of them where there was no row.

        Of a field that is an object with the same members before and after, only those that differ, as `field.member`:
        a window has dozens of figures, of which a call changes a few.
        """
        if self.after is None or self.before is None:
            return self.after or {}
        before = self.before
        told: dict[str, Any] = {}
        for name, value in self.after.items():
            was = before.get(name, _ABSENT)
            if was is value or was == value:
                continue
            if isinstance(value, dict) and isinstance(was, dict) and value.keys() == was.keys():
                told |= {f"{name}.{member}": part for member, part in value.items() if was[member] != part}
            else:
                told[name] = value
        return told


Difference = dict[str, dict[str, Step]]
"""By topic and key; only rows that changed."""


def joined(*differences: Difference) -> Difference:
    """Return differences that follow one another as one. Rows that are as they were before are left out."""
    whole: Difference = {}
    for difference in differences:
        for topic, steps in difference.items():
            into = whole.setdefault(topic, {})
            for key, step in steps.items():
                into[key] = Step(into[key].before, step.after) if key in into else step
    kept = {topic: {key: each for key, each in steps.items() if each[0] != each[1]} for topic, steps in whole.items()}
    return {topic: steps for topic, steps in kept.items() if steps}

"""How does a report look, whatever it is of? Named columns, rows, and which figures in it are weak; as JSON or CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from cti.metrics.contract import FIGURES
from cti.reports.query import Query
from cti.spreadsheet import harmless

Value = str | int | float | None
TOTAL = "total"


@dataclass
class Report:
    """`rows` have the `columns` in order. `weak`: (row, column) of figures from too little; None is unknown.

    A row of which the first name is "" is the total of those above; for people and spreadsheets it says TOTAL.
    """

    name: str
    query: Query
    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]] = field(default_factory=list)
    weak: list[tuple[int, str]] = field(default_factory=list)

    def add(self, figures: dict[str, Value], weak: tuple[str, ...] = ()) -> None:
        """One row more, out of figures by name; those that are missing are unknown."""
        self.weak += [(len(self.rows), name) for name in weak]
        self.rows.append(tuple(figures.get(name) for name in self.columns))

    def as_object(self) -> dict[str, Any]:
        """The report for programs; times of steps are epoch seconds, shares are fractions of 1."""
        return {
            "report": self.name,
            "from": self.query.span.begin,
            "to": self.query.span.end,
            "step": self.query.step,
            "zone": self.query.zone,
            "definitions": {name: FIGURES[name].definition for name in self.columns},
            "units": {name: FIGURES[name].unit for name in self.columns},
            "columns": list(self.columns),
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "weak": [{"row": row, "column": column} for row, column in self.weak],
        }

    def as_csv(self) -> str:
        """The report for a spreadsheet; what is unknown is empty, times are those of the centre's zone."""
        text = io.StringIO()
        out = csv.writer(text)
        out.writerow(self.columns)
        for row in self.rows:
            out.writerow([self._cell(name, value) for name, value in zip(self.columns, row, strict=True)])
        return text.getvalue()

    def _cell(self, name: str, value: Value) -> Value:
        if name == "start" and isinstance(value, int | float):
            return self.query.shown(value)
        if value == "" and name == self.columns[0]:
            return TOTAL
        return harmless(value)

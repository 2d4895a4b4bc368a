"""What did callers say after their talks, and how many of those who were asked? Scores out of the sums of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from cti.figures import derived
from cti.reports.query import Query
from cti.reports.report import Value
from cti.reports.sums import Summed, read_sums
from cti.store.interval_tables import ASKED, survey_interval

FIGURES = (
    *("csat", "csat_low", "csat_high", "nps", "survey_answers"),
    *("surveys_asked", "response_rate", "response_low", "response_high"),
)
_NOBODY_ANSWERED: dict[str, Value] = {**dict.fromkeys(FIGURES), "survey_answers": 0, "surveys_asked": 0}
_BY = ("survey", "question", "scale", "score")

Key = tuple[float, str]  # begin of the step, and whose row it is (a queue, an agent); "" where there is one for all


class Answer(NamedTuple):
    """Which answer: `scale` is ASKED where it counts how often the question was put."""

    survey: str
    question: str
    scale: str
    score: int


Answers = Mapping[Answer, float]


def read_answers(connection: Connection, query: Query, by: tuple[str, ...]) -> list[Summed]:
    """The answers of each step, by the columns `by` and which answer it is. Raises SQLAlchemyError."""
    return read_sums(connection, survey_interval, query, (*by, *_BY))


def by_row(answers: Iterable[Summed]) -> dict[Key, dict[Answer, float]]:
    """Answers by the row of a report that they are in."""
    found: dict[Key, dict[Answer, float]] = defaultdict(dict)
    for each in answers:
        name = each.names[: -len(_BY)]
        found[each.span.begin, name[0] if name else ""][Answer(*each.names[-len(_BY) :])] = each.counts["answers"]
    return found


def of_answers(answers: Answers) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The figures of one row, and which of them are weak."""
    if not answers:  # most rows of agents by days
        return _NOBODY_ANSWERED, ()
    scales: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for answer, count in answers.items():
        scales[answer.scale][str(answer.score)] += count
    asked = scales.pop(ASKED, {})
    satisfied, promoters = derived.csat(scales["csat"], (1, 5)), derived.nps(scales["nps"])
    response = _response(answers, int(sum(asked.values())))
    figures: dict[str, Value] = {
        "csat": satisfied.value,
        "csat_low": satisfied.low,
        "csat_high": satisfied.high,
        "nps": promoters.value,
        "survey_answers": int(sum(sum(scores.values()) for scores in scales.values())),
        "surveys_asked": response.answers,
        "response_rate": response.value,
        "response_low": response.low,
        "response_high": response.high,
    }
    scores = (("csat", satisfied), ("nps", promoters.promoters), ("response_rate", response))
    return figures, tuple(name for name, score in scores if score.answers and score.weak)


def _response(answers: Answers, asked: int) -> derived.Score:
    """Of the questions that were put first; an answer to a question that nobody has counted as put is of none."""
    first = {(each.survey, each.question) for each in answers if each.scale == ASKED}
    given = sum(
        count for each, count in answers.items() if each.scale != ASKED and (each.survey, each.question) in first
    )
    return derived.score(min(int(given), asked), asked)

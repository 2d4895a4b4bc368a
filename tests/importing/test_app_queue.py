"""From queues.conf to center.yaml: tables of options, whole files, and any bytes at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.importing.app_queue import convert
from cti.importing.options import GENERAL, QUEUE
from cti.importing.report import Kind
from tests.imported import MEMBERS, ON, checked, imported, sales

pytestmark = pytest.mark.unit


# --- several queues --------------------------------------------------------------------------------


def test_weights_become_tiers(tmp_path: Path) -> None:
    text = "".join(
        f"[{name}]\nweight={weight}\n{MEMBERS}" for name, weight in (("a", 0), ("b", 10), ("c", 5), ("d", 5))
    )
    found = checked(imported(tmp_path, text))
    assert {name: queue.tier for name, queue in found.queues.items()} == {"a": 5, "b": 3, "c": 4, "d": 4}
    many = "".join(f"[q{n}]\nweight={n}\n{MEMBERS}" for n in range(14))
    tiers = [queue.tier for queue in checked(imported(tmp_path, many)).queues.values()]
    assert tiers == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0]


def test_different_service_levels_leave_the_order_as_it_was(tmp_path: Path) -> None:
    text = f"[a]\nservicelevel=60\n{MEMBERS}[b]\nservicelevel=10\n{MEMBERS}[c]\n{MEMBERS}"
    queues = checked(imported(tmp_path, text)).queues
    assert [queue.target_s for queue in queues.values()] == [60, 10, 20]
    assert {queue.urgency_target_s for queue in queues.values()} == {20}


def test_a_queue_called_by_a_number_gets_an_entry(tmp_path: Path) -> None:
    found = checked(imported(tmp_path, f"[300]\n{MEMBERS}[Chat Support]\n{MEMBERS}"))
    assert list(found.queues) == ["queue-300", "Chat-Support"]
    assert found.entries["300"].queue == "queue-300"


def test_penalties_hold_only_in_larger_queues(tmp_path: Path) -> None:
    assert sales(tmp_path, "penaltymemberslimit=2")[0].agents["ben"].queues["sales"].penalty == 0
    assert sales(tmp_path, "penaltymemberslimit=1")[0].agents["ben"].queues["sales"].penalty == 5


FREEPBX = """\
[general]
#include queues_general.conf
[300]
announce-frequency=0
answered_elsewhere=0
autofill=yes
context=
cron_random=false
cron_schedule=never
joinempty=yes
leavewhenempty=no
monitor-format=
monitor-join=yes
music=default
penaltymemberslimit=0
queue-callswaiting=silence/1
recording=dontcare
retry=5
rvolume=
servicelevel=60
skip_joinannounce=
strategy=rrmemory
timeout=15
member=Local/1001@from-queue/n,0,Anna,hint:1001@ext-local
"""


def test_the_files_of_freepbx_can_be_imported_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "queues_general.conf").write_text("persistentmembers=yes\nupdate_cdr=yes\n", encoding="utf-8")
    report = imported(tmp_path, FREEPBX)
    found = checked(report)
    assert found.queues["queue-300"].target_s == 60
    assert found.agents["anna"].queues.keys() == {"queue-300"}
    told = {line.partition(" =")[0] for line in report.notes[Kind.UNKNOWN]}
    freepbx = {"answered_elsewhere", "cron_random", "cron_schedule", "recording", "rvolume", "skip_joinannounce"}
    assert told == freepbx | {"update_cdr"}


# --- errors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("strategy=liner", 'strategy: unknown strategy (did you mean "linear"?)'),
        ("strategy=bogus", "unknown strategy (known: fewestcalls, leastrecent, linear, random, ringall,"),
        ("timeout=soon", "timeout: must be a whole number"),
        ("timeout=99999999999999", "timeout: must be a whole number"),
        ("reportholdtime=maybe", "reportholdtime: must be yes or no"),
        ("joinempty=pausd", '"pausd" is no condition (did you mean "paused"?)'),
        ("timeoutpriority=x", "timeoutpriority: must be app or conf"),
        ("announce-position=x", "announce-position: must be yes, no or limit or more"),
        ("autopause=x", "autopause: must be yes, no or all"),
        ("defaultrule=widen", "defaultrule: give the queuerules.conf"),
        ("member=PJSIP/9,x", "member: penalty must be a whole number"),
        ("member=", "member: must be interface"),
        ("hello", 'no "="'),
    ],
)
def test_what_cannot_be_used_is_an_error_with_its_line(tmp_path: Path, lines: str, expected: str) -> None:
    found = imported(tmp_path, f"[sales]\n{lines}\n")
    assert found.yaml == ""
    assert found.errors[0].startswith(f"{tmp_path}/queues.conf:2: ")
    assert expected in found.errors[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("stratgy=linear", 'stratgy = linear (queues.conf:4): [sales]: unknown option (did you mean "strategy"?)'),
        ("persistentmembers=yes", "persistentmembers = yes (queues.conf:4): [sales]: belongs into [general]"),
        ("cron_schedule=never", "cron_schedule = never (queues.conf:4): [sales]: an option of FreePBX"),
    ],
)
def test_what_app_queue_only_warns_of_is_listed_and_the_rest_is_written(
    tmp_path: Path, lines: str, expected: str
) -> None:
    found, report = sales(tmp_path, lines)
    (line,) = report.notes[Kind.UNKNOWN]
    assert line.startswith(expected)
    assert f"# - {lines.split('=')[0]} =" in report.yaml
    assert list(found.agents) == ["anna-berg", "ben"]


def test_a_file_without_a_queue_is_an_error(tmp_path: Path) -> None:
    assert "no queue" in imported(tmp_path, "[general]\npersistentmembers=yes\n[t](!)\nstrategy=linear\n").errors[0]
    assert "cannot be read" in convert(tmp_path / "none.conf").errors[0]


WORDS = st.sampled_from(
    [
        *(*sorted(QUEUE), *sorted(GENERAL), "\n", "\u2028", '"', "\\", ",", "#include x", "penaltychange"),
        *("[a]", "[b](a)", "[general]", "[c](!)", "[a](+)", "[w]", "=", "=>", "+=", ";--", "--;", "yes", "no", "5"),
        *("-1", "linear", "wrandom", "strict", "once", "PJSIP/1", "SIP/2,3,X", "Local/3@x/n,1,Y,PJSIP/4"),
    ]
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.one_of(st.binary(max_size=300), st.lists(WORDS, max_size=60).map(lambda words: " ".join(words).encode())))
def test_any_bytes_are_answered_with_yaml_that_loads_or_with_errors(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "q.conf").write_bytes(data)
    for rules in (None, tmp_path / "q.conf"):
        found = convert(tmp_path / "q.conf", rules)
        if found.errors:
            assert all(": " in error for error in found.errors)
        else:
            checked(found)


LINES = st.sampled_from([f"{option} = {ON.get(option, 'yes')}" for option in sorted(QUEUE - {"member"})])
PEOPLE = st.sampled_from([f"member => {phone},{p},{name}" for phone in ("PJSIP/1", "SIP/2", "Local/3@x/n", "Agent/4")
                          for p in ("", "0", "7") for name in ("", "Anna", "陈静", '"B, C"')])  # fmt: skip


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(LINES | PEOPLE, max_size=12), min_size=1, max_size=5))
def test_sound_files_always_become_a_centre(tmp_path: Path, queues: list[list[str]]) -> None:
    text = "\n".join(line for n, lines in enumerate(queues) for line in (f"[{n * 100}]", *lines))
    checked(imported(tmp_path, text, "[widen]\npenaltychange => 30,+5,-2\npenaltychange => 60,3\n"))

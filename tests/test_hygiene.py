"""Would a number, a name or a pressed order in a log be found, and nothing else be taken for one?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import hygiene

pytestmark = pytest.mark.unit

LEAKS = [
    "2026-11-22 [info     ] arrived   caller=493000001",
    "level=info event=dialled number=+4930900001",
    "level=info event=dialled dial=PJSIP/+442079460123@trunk4",
    "level=info event=asked path=/orders/10000001",
    "level=error event=failed error='no row of Erika Mustermann'",
    "caller=\x1b[35m493000008\x1b[0m",
]
HARMLESS = [
    "2026-11-22T08:00:00+00:00 level=info call=node1/1763800000.4930 port=49300",
    "level=info event=slow seconds=+1.5e+06 contact=node1/1764930123.77",
    "level=info event=listening host=127.0.0.1:10000 pid=1000000",
]


@pytest.mark.parametrize("line", LEAKS, ids=range(len(LEAKS)))
def test_a_leak_is_found(line: str) -> None:
    assert hygiene.personal(f"level=info event=started\n{line}\n") == [
        line.replace("\x1b[35m", "").replace("\x1b[0m", "")
    ]


def test_nothing_else_is() -> None:
    assert hygiene.personal("\n".join(HARMLESS)) == []


def test_logs_that_were_never_written_hold_nothing(tmp_path: Path) -> None:
    there = tmp_path / "engine.log"
    there.write_text(LEAKS[0])
    assert hygiene.personal_in_logs([there, tmp_path / "none.log"]) == [LEAKS[0]]


def test_where_the_product_logs_tests_are_watched_and_where_it_answers_they_are_not() -> None:
    assert hygiene.watched("tests/switch/test_node.py::test_x")
    assert hygiene.watched("tests/test_app.py::test_x")
    assert not hygiene.watched("tests/cli/test_numbers.py::test_x")


pytest_plugins = ["pytester"]


def test_a_test_that_logs_a_number_fails(pytester: pytest.Pytester) -> None:
    root = Path(__file__).resolve().parents[1]
    pytester.makepyfile(
        **{
            "tests/switch/test_it": """
                def test_a():
                    print("caller=+4930123456")
                def test_b():
                    print("well")
            """,
            "conftest": f"""
                import sys
                sys.path.insert(0, {str(root)!r})
                from tests.conftest import pytest_runtest_makereport
            """,
        }
    )
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-q", "tests/switch/test_it.py")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*personal data in the log*"])

"""`cti number erase`: gone from store and files, with proof, and the exit code says what is left."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import rmtree

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from cti.cli import main
from cti.cli.erase import _possible, forms_of, rarer_forms_of
from cti.number_in_text import LEAST_DIGITS
from cti.store.database import open_store
from cti.store.people_tables import kept_answer
from cti.store.tables import audit, config_version, contact_history, follow_up
from tests.cli.test_lists import CENTER

pytestmark = pytest.mark.unit

NUMBER, HOME = "+442079460001", "02079460001"
AT = 1_700_000_000.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    var = tmp_path / "var"
    var.mkdir()
    plumbing = f"state_dir: {var}\njournal: {var}/journal\nqueue_log: {var}/queue_log\ncallback_spool: {var}/spool\n"
    plumbing += f"flows:\n  folder: {tmp_path}/flows\n  recordings: {var}/recordings\n"
    (tmp_path / "center.yaml").write_text(plumbing + CENTER, encoding="utf-8")
    monkeypatch.setenv("CTI_CONFIG", str(tmp_path / "center.yaml"))
    store = open_store(f"sqlite:///{var}/cti.db")
    contact = {
        "call": "n/1",
        "queue": "sales",
        "since": AT,
        "seen_at": AT,
        "state": "ended",
        "outcome": "",
        "agent": "",
    }
    work = {"survey": "s", "queue": "sales", "agent": "", "flow_version": 1, "answer": "", "owner": "x", "done_by": ""}
    work |= {"contact": "n/1", "number": NUMBER, "opened_at": AT, "due_at": AT, "outcome": "", "recording": f"{var}/m1"}
    with store.engine.begin() as connection:
        connection.execute(insert(contact_history), [{"contact": "n/1", "caller": HOME, **contact}])
        connection.execute(insert(follow_up), [work])
        noted = {"contact": "n/2", "outcome": f"called him at {NUMBER}, he has moved", "number": "", "recording": ""}
        connection.execute(insert(follow_up), [work | noted])
        answer = {"asker": "a", "key": "k", "digest": "d", "at": AT, "status": 200}
        connection.execute(insert(kept_answer), [{**answer, "body": f'{{"number":"{NUMBER}"}}'.encode()}])
    store.close()
    for place in ("spool/bad", "recordings"):
        (var / place).mkdir(parents=True)
    for name in ("spool/r1.json", "spool/bad/r2.json"):
        (var / name).write_text(f'{{"caller":"{HOME}","number":"{NUMBER}"}}')
    for name in ("n-1-main-opinion-3.wav", "n-12-main-opinion-3.wav"):  # of his call, and of somebody else's
        (var / "recordings" / name).write_text("opinion")
    (var / "m1.wav").write_text("message")
    (var / "journal").write_text(f'[1.0,{{"caller":"{HOME}"}}]\n')
    (var / "journal.1").write_text(f'[0.5,{{"caller":"{NUMBER}"}}]\n')
    (var / "queue_log").write_text(f"1|1.1|sales|NONE|ENTERQUEUE||{HOME}|1\n")
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main.app, ["number", "erase", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_nothing_of_it_is_left_anywhere(folder: Path) -> None:
    code, out, err = ask(NUMBER, "--yes")
    assert (code, err) == (0, "")
    assert "it is in none" in out and "2079460001" not in out
    files = [file for file in (folder / "var").rglob("*") if file.is_file()]
    assert {"cti.db", "journal", "journal.1", "queue_log", "r1.json", "r2.json"} <= {file.name for file in files}
    for file in files:
        assert b"2079460001" not in file.read_bytes(), file.name
    assert not (folder / "var" / "m1.wav").exists()
    assert [file.name for file in (folder / "var" / "recordings").iterdir()] == ["n-12-main-opinion-3.wav"]
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    with store.engine.connect() as connection:
        told = connection.execute(select(audit)).mappings().one()
        noted, replayed = connection.scalar(select(follow_up.c.outcome)), connection.scalar(select(kept_answer.c.body))
    store.close()
    assert noted == "called him at xxxxxxxxxxxxx, he has moved", "what is of another one is kept, without the number"
    assert replayed == b"", "the key goes on to stand for what was done"
    assert (told["what"], told["result"], told["on"]) == ("number.erase", "done", "")
    assert ask(NUMBER, "--json")[0] == 0, "again: nothing to do"


def test_what_cannot_be_reached_is_named(folder: Path) -> None:
    (folder / "var" / "m1.wav").unlink()
    (folder / "var" / "queue_log.2.gz").write_text("")
    (folder / "var" / "uploads").mkdir()
    (folder / "var" / "uploads" / "a1.csv").write_text("phone\n+44 20 7946 0001\n")
    rmtree(folder / "var" / "recordings")
    code, out, _ = ask(NUMBER, "--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (1, False)
    var = f"{folder}/var"
    assert told["recordings_elsewhere"] == [f"{var}/m1.wav", f"{var}/recordings/n-1-*.wav"]
    assert told["files_not_read"] == [f"{var}/queue_log.2.gz"]
    assert told["lists_being_uploaded"] == [f"{var}/uploads/a1.csv"]
    assert sum(told["files"].values()) == 7


def test_a_link_in_the_spool_leads_nowhere(folder: Path) -> None:
    """Whoever may write there (the Asterisk's user) gets nothing overwritten elsewhere."""
    other = folder / "other"
    other.write_text(HOME)
    (folder / "var" / "spool" / "r3.json").symlink_to(other)
    assert ask(NUMBER, "--yes")[0] == 0
    assert other.read_text() == HOME


def test_what_your_configuration_says_is_told_and_kept(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    with store.engine.begin() as connection:
        connection.execute(insert(config_version), [{"version": "v1", "at": AT, "body": f'["{NUMBER}"]'}])
    store.close()
    code, _, told = ask(NUMBER, "--yes")
    assert code == 1 and "1 rows of config_version still hold it: your own configuration" in told


def test_it_asks_before(folder: Path) -> None:
    done = CliRunner().invoke(main.app, ["number", "erase", NUMBER], input="n\n")
    assert done.exit_code == 2
    assert HOME in (folder / "var" / "journal").read_text()


def test_a_script_without_yes_is_told_so_by_an_exit_code_of_its_own(folder: Path) -> None:
    done = CliRunner().invoke(main.app, ["number", "erase", NUMBER], input="")
    assert done.exit_code == 2 and "--yes" in done.stderr
    assert HOME in (folder / "var" / "journal").read_text()


def test_how_networks_write_a_number() -> None:
    assert forms_of(NUMBER) == [NUMBER, "00442079460001", "442079460001", HOME]


@pytest.mark.parametrize(
    ("number", "region", "forms"),
    [
        ("+442079460001", "GB", ["001442079460001", "009442079460001", "2079460001"]),
        ("+442079460001", None, ["001442079460001", "009442079460001", "2079460001"]),
        ("+442079460001", "DE", ["001442079460001", "009442079460001"]),  # at home elsewhere
        ("+49301234", "DE", ["00149301234"]),  # 301234 is anybody's, 0094 9301234 may be in Sri Lanka
        ("+5161234567", "PE", ["61234567"]),  # 001 5161234567 is in New York, 0095 161234567 in Myanmar
        ("+3545551234", "IS", []),  # 5551234 is how it is written at home
    ],
)
def test_more_is_his_where_it_can_be_nobody_elses(number: str, region: str | None, forms: list[str]) -> None:
    assert rarer_forms_of(number, region) == forms


COUNTRIES = st.sampled_from(["GB", "DE", "CN", "US", "IT", "RU", "HU", "NO", "PE", "LK", "KR", "AU"])


@settings(max_examples=80, deadline=None)
@given(country=COUNTRIES, of=st.sampled_from(PhoneNumberType.values()))
def test_no_form_of_his_is_the_whole_number_of_somebody_abroad(country: str, of: int) -> None:
    example = phonenumbers.example_number_for_type(country, of)
    assume(example is not None)
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for form in rarer_forms_of(number, country):
        assert form not in forms_of(number)
        if form.startswith("00"):
            assert not _possible(f"+{form[2:]}"), form
        else:
            assert len(form) >= LEAST_DIGITS and number.endswith(form)


def test_without_the_0_of_home_it_is_his_in_a_column_and_told_among_other_words(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    rest = NUMBER.removeprefix("+44")
    with store.engine.begin() as connection:
        connection.execute(update(contact_history).values(caller=f"001{NUMBER[1:]}"))
        connection.execute(update(follow_up).where(follow_up.c.contact == "n/1").values(number=rest))
        connection.execute(update(follow_up).where(follow_up.c.contact == "n/2").values(outcome=f"order {rest}"))
    with (folder / "var" / "journal").open("a") as journal:
        journal.write(f'"9{HOME}"')
    code, out, _ = ask(NUMBER, "--json")
    told = json.loads(out)
    assert (code, told["left"]) == (1, {})
    assert told["perhaps"] == {"follow_up": 1, f"{folder}/var/journal": 1}
    with store.engine.connect() as connection:
        assert connection.scalar(select(contact_history.c.caller)) == ""
        assert connection.execute(select(follow_up.c.outcome)).scalars().all() == [f"order {rest}"]
    store.close()
    _, out, err = ask(NUMBER, "--yes")
    assert "it is in none" not in out and err.count("perhaps it is this number") == 2

"""Can an operator let people and programs in and keep them out, with no engine running, and is it written down?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cti.cli.main import app
from cti.people.passwords import Passwords
from cti.store.audit import AuditLog
from cti.store.database import open_store
from cti.store.people import PeopleRecords

pytestmark = pytest.mark.contract

CENTER = {
    "nodes": {"node1": {"host": "127.0.0.1", "secret": "x"}},
    "fastagi": {"token": "t"},
    "queues": {"sales": {}, "support": {}},
    "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"], "groups": ["back-office"]}},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "center.yaml").write_text(yaml.safe_dump(CENTER))
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, [str(word) for word in words])
    return found.exit_code, found.stdout, found.stderr


def told(*words: object) -> dict[str, object]:
    code, out, err = ask(*words, "--json")
    assert code == 0, err or out
    return dict(json.loads(out))


def test_somebody_is_added_changed_and_removed(folder: Path) -> None:
    assert told("user", "add", "root", "--role", "admin")["password"]
    added = told("user", "add", "eva", "--role", "supervisor", "--queue", "sales")
    assert str(added["password"]) not in str(added["user"])
    assert "sales" in ask("user", "list")[1]
    again = told("user", "password", "eva")
    assert again["password"] != added["password"]
    told("user", "change", "eva", "--team", "back-office", "--queue", "support")
    told("user", "lock", "eva")
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    user = PeopleRecords(store).user("eva")
    assert user is not None and user.locked and user.queues == ("support",) and user.teams == ("back-office",)
    assert Passwords().is_right(user.password, str(again["password"]))
    told("user", "unlock", "eva")
    told("user", "without-totp", "eva")
    told("user", "remove", "eva")
    log = AuditLog(store)
    lines = log.newest(20)
    log.close()
    store.close()
    assert [row["what"] for row in lines][::-1] == [
        "user.add",
        "user.add",
        "user.password",
        "user.change",
        "user.lock",
        "user.unlock",
        "user.without-totp",
        "user.remove",
    ]
    assert all(row["uid"] is not None for row in lines)
    assert str(again["password"]) not in str(lines) and str(added["password"]) not in str(lines)


def test_a_token_is_shown_once(folder: Path) -> None:
    made = told("token", "add", "lobby", "--role", "wall", "--days", 2)
    assert str(made["token"]).startswith("cti_") and "key" not in made
    out = ask("token", "list")[1]
    assert "lobby" in out and str(made["token"]) not in out
    assert ask("token", "remove", made["id"])[0] == 0
    assert ask("token", "remove", made["id"])[0] == 1


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("user", "add", "eva", "--role", "wall"), 1, "add a token"),
        (("user", "add", "eva", "--role", "agent"), 1, "say which agent"),
        (("user", "add", "eva", "--role", "agent", "--agent", "ana"), 1, 'did you mean "anna"?'),
        (("user", "add", "eva", "--role", "supervisor", "--queue", "sale"), 1, 'did you mean "sales"?'),
        (("user", "add", "eva", "--role", "supervisor", "--team", "x"), 1, "known: back-office"),
        (("user", "add", "token.x", "--role", "supervisor"), 1, "not with token."),
        (("user", "add", "root", "--role", "admin"), 1, "there is a user root already"),
        (("user", "lock", "root"), 1, "last administrator"),
        (("user", "remove", "root"), 1, "last administrator"),
        (("user", "change", "root", "--role", "auditor"), 1, "last administrator"),
        (("user", "change", "root"), 2, "say what is to be different"),
        (("user", "lock", "rot"), 1, 'did you mean "root"?'),
        (("token", "add", "x", "--role", "agent"), 1, "an agent is a person"),
        (
            ("user", "add", "eva", "--role", "boss"),
            2,
            "there is no role boss; one of agent, supervisor,",
        ),
        (("user", "add", "eva", "--role", "admin", "--queue", "x"), 1, 'there is no queue "x" (known: sales, support)'),
    ],
)
def test_what_cannot_be_says_why(folder: Path, words: tuple[str, ...], code: int, why: str) -> None:
    told("user", "add", "root", "--role", "admin")
    found = ask(*words)
    assert found[0] == code and why in " ".join(found[2].replace("│", " ").split())


def test_who_changes_a_store_is_told_whose_and_never_that_of_another_engine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = ask("token", "add", "wall", "--role", "wall")
    assert code == 0 and "var/cti.db, of center.yaml" in err
    monkeypatch.setenv("CTI_CONTROL", str(folder / "demo" / "cti.ctl"))
    code, _, err = ask("user", "add", "root", "--role", "admin")
    assert code == 2 and "is of another one" in err and "CTI_CONFIG=" in err
    code, _, err = ask("user", "add", "root", "--role", "admin", "--config", folder / "center.yaml")
    assert (code, err) == (0, ""), "he said so: nothing to tell him"
    monkeypatch.setenv("CTI_CONTROL", str(folder / "var" / "cti.ctl"))
    assert ask("user", "add", "eva", "--role", "admin")[0] == 0

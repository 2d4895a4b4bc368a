"""`cti list` as somebody with a file types it: what it shows, how it ends, and that it shows no number unasked."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli import main
from cti.model.books import KeepCampaign
from cti.model.dialling import CampaignName, CampaignState
from cti.store.campaigns import keep
from cti.store.database import open_store
from cti.store.lead_loading import begin_list

pytestmark = pytest.mark.unit

CENTER = """
nodes: {n1: {host: 127.0.0.1, secret: x}}
fastagi: {token: t}
queues: {sales: {}}
agents: {anna: {phone: PJSIP/1001, queues: [sales]}}
entries: {"6001": {queue: sales}}
outbound: {trunks: {out: {dial: "PJSIP/{number}@carrier"}}, do_not_call: ["+44207946009*"]}
campaigns: {winter: {mode: progressive, queue: sales}}
"""
LIST = "Name;Telefon;Ort\nJörg;020 7946 0001;London\nEva;020 7946 0091;\nx;12;\nJörg;020 7946 0001;\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "center.yaml").write_text(f"state_dir: {tmp_path}/var\n{CENTER}", encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="cp1252")
    monkeypatch.setenv("CTI_CONFIG", str(tmp_path / "center.yaml"))
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main.app, ["list", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_a_preview_says_how_the_file_is_read(folder: Path) -> None:
    code, out, _ = ask("preview", folder / "list.csv", "--region", "gb")
    assert code == 0 and "cp1252 (usual in GB, and it fits)" in out and "semicolon" in out and "Jörg" in out
    assert "+44 ••• ••01" in out and "7946" not in out
    code, out, _ = ask("preview", folder / "list.csv", "--region", "GB", "--show-numbers", "--json")
    shown = json.loads(out)
    assert (shown["phone"], shown["rows"][0]["numbers"]) == ("Telefon", "+442079460001")
    code, _, err = ask("preview", folder / "list.csv")
    assert code == 0 and "is --region missing" in err


def test_a_dry_run_counts_and_keeps_nothing(folder: Path) -> None:
    code, out, err = ask("import", folder / "list.csv", "--campaign", "winter", "--region", "GB", "--dry-run", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert {key: told[key] for key in ("rows", "valid", "do_not_call", "invalid", "duplicate_in_list", "list")} == {
        "rows": 4, "valid": 1, "do_not_call": 1, "invalid": 1, "duplicate_in_list": 1, "list": None,
    }  # fmt: skip
    assert "there are no lists" in ask("show")[1]
    assert sorted(path.name for path in folder.iterdir()) == ["center.yaml", "list.csv"], (
        "nothing is kept, no file either"
    )
    assert (
        ask("import", folder / "list.csv", "--campaign", "winter", "--dry-run", "--rejects", folder / "r.csv")[0] == 0
    )
    assert (folder / "r.csv").exists()


def test_neither_lists_nor_wishes_need_the_engines_secrets(folder: Path) -> None:
    center = CENTER.replace("secret: x", "secret_env: CTI_TEST_NO_SECRET").replace("token: t", "token_env: CTI_TEST_NO")
    (folder / "center.yaml").write_text(f"state_dir: {folder}/var\n{center}", encoding="utf-8")
    assert ask("import", folder / "list.csv", "--campaign", "winter", "--region", "GB")[0] == 0
    assert "list.csv" in ask("show")[1]
    (folder / "center.yaml").write_text(f"store_env: CTI_TEST_NO_STORE\n{center}", encoding="utf-8")
    code, _, err = ask("show")
    assert code == 2 and "CTI_TEST_NO_STORE is not set" in err


def test_an_import_is_told_and_seen(folder: Path) -> None:
    code, out, _ = ask("import", folder / "list.csv", "--campaign", "winter", "--region", "GB")
    assert code == 0 and "list 1: 1 leads" in out and "7946" not in out
    assert '1 refused: column "Telefon": too short' in out and "1 refused: on the do-not-call list: pattern" in out
    rejects = folder / "list.rejected.csv"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600 and len(rejects.read_text().splitlines()) == 4
    assert sorted(path.name for path in folder.iterdir()) == ["center.yaml", "list.csv", "list.rejected.csv", "var"]
    (row,) = json.loads(ask("show", "--json")[1])
    assert (row["campaign"], row["name"], row["states"]) == ("winter", "list.csv", {"due": 1})
    (folder / "list.csv").write_text("phone\n+442079460002\n")
    assert ask("import", folder / "list.csv", "--campaign", "winter")[0] == 0
    assert not rejects.exists(), "nothing was refused: last time's refused rows would mislead"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "list.csv", "--campaign", "wintr"), 2, 'no campaign "wintr" (did you mean "winter"?)'),
        (("import", "none.csv", "--campaign", "winter"), 2, "none.csv: cannot be read: No such file"),
        (("import", "list.csv", "--campaign", "winter", "--region", "XX"), 2, 'there is no country "XX"'),
        (
            ("import", "list.csv", "--campaign", "winter", "--map", "phone=Tel"),
            2,
            'list.csv:1:1: there is no column "Tel"',
        ),
        (("import", "list.csv", "--campaign", "winter", "--encoding", "gb1830"), 2, 'did you mean "gb18030"'),
        (("preview", "list.csv", "--delimiter", ";;"), 2, "one character"),
        (("preview", "list.csv", "--zone", "Asia/Tokio"), 2, 'there is no time zone "Asia/Tokio"'),
        (("preview", "list.csv", "--map", "fon=x"), 2, 'there is no field "fon"'),
        (("preview", "center.xlsx"), 2, "export it as CSV"),
    ],
)
def test_wrong_words_are_answered_with_the_remedy(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "center.xlsx").write_bytes(b"PK\x03\x04")
    found, _, err = ask(*words)
    assert (found, said in err) == (code, True), err


def test_who_imports_into_a_campaign_that_is_done_is_told_how_it_goes_on(folder: Path) -> None:
    (folder / "var").mkdir()
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    keep(store, [KeepCampaign(CampaignName("winter"), CampaignState.DONE, 1.0)])
    store.close()
    code, out, _ = ask("import", folder / "list.csv", "--campaign", "winter", "--region", "GB")
    assert code == 0 and "winter is done: " in out and "campaign start winter" in out


def test_another_import_is_not_disturbed(folder: Path) -> None:
    (folder / "var").mkdir()
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    begin_list(store, "winter", "other.csv", "eva", 4e9)
    store.close()
    code, _, err = ask("import", folder / "list.csv", "--campaign", "winter", "--region", "GB")
    assert code == 1 and 'another import is running into campaign "winter", begun by eva' in err


LISTS = "campaigns: {winter: {mode: progressive, queue: sales, lists: {region: GB, columns: {phone: %s, name: Name}}}}"


def as_written(folder: Path, column: str) -> None:
    file = folder / "center.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("campaigns: {winter: {mode: progressive, queue: sales}}", LISTS % column), "utf-8")


def test_a_campaigns_lists_are_read_as_the_configuration_says(folder: Path) -> None:
    as_written(folder, "Telefon")
    code, out, err = ask("import", folder / "list.csv", "--campaign", "winter", "--dry-run", "--json")
    assert code == 0 and json.loads(out)["valid"] == 1, err
    code, out, err = ask("preview", folder / "list.csv", "--campaign", "winter", "--json")
    assert code == 0 and json.loads(out)["name"] == "Name", err


def test_a_column_that_the_configuration_names_and_the_file_has_not_is_told_with_its_line(folder: Path) -> None:
    as_written(folder, "[Telefon, Mobil]")
    code, _, err = ask("import", folder / "list.csv", "--campaign", "winter", "--dry-run")
    line = (folder / "center.yaml").read_text(encoding="utf-8").splitlines().index(LISTS % "[Telefon, Mobil]") + 1
    assert code == 2 and f"center.yaml:{line}:" in err.replace("\n", "")
    assert 'campaigns.winter.lists.columns.phone.1: there is no column "Mobil"' in " ".join(err.split())
    code, _, err = ask("preview", folder / "list.csv", "--campaign", "winter", "--map", "phone=Telefon")
    assert code == 0, err

"""Do old attempts and recordings go, and does everything stay that a rule, a promise, a lead or a law still needs?"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from kit import center
from sqlalchemy import insert, select

from cti.model.books import SettleLead
from cti.model.dialling import CALLBACKS, CallbackState, CampaignName, LeadId, LeadOutcome
from cti.model.policy import Center
from cti.model.promise import Number
from cti.store import campaigns
from cti.store.amd_tables import amd_verdict
from cti.store.attempts import Attempt, ended, intend
from cti.store.callbacks import keep, promises
from cti.store.database import Store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.outbound_retention import (
    counted_for_ever,
    counts_for_ever,
    recordings_kept_s,
    sweep_attempts,
    sweep_recordings,
)
from cti.store.promising import take_requests
from cti.store.tables import attempt
from cti.store.tried import history
from cti.store.voicemail import Voicemail
from cti.store.voicemail import keep as leave

pytestmark = pytest.mark.unit

DAY_S, NOW = 86_400.0, 1_700_000_000.0
OLD = NOW - 100 * DAY_S
SPRING = CampaignName("spring")
DIALLED = {"queue": "sales", "mode": "progressive"}


def kept(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return set(connection.execute(select(attempt.c.id)).scalars())


def leads(store: Store, many: int) -> list[int]:
    name = begin_list(store, SPRING, "spring.csv", "eva", OLD)
    rows = [NewLead(row, (LeadNumber(f"+4930000{row:04d}", ("Europe/Berlin",)),), "") for row in range(1, many + 1)]
    add_portion(store, name, rows, OLD)
    finish_list(store, name, many, many, {("Europe/Berlin", 5)}, OLD)
    return [each.id for each in campaigns.offer(store, SPRING, many, OLD, list).leads]


def made(store: Store, campaign: str, lead: int, at: float, result: str = "busy", attempt_no: int = 1) -> str:
    one = Attempt(campaign, lead, attempt_no, 0, f"+49301{lead % 10_000_000:07d}")
    assert intend(store, one, at).why_not is None
    if result:
        ended(store, one.id, result, at + 20.0)
    return one.id


def over(store: Store, *ids: int) -> None:
    reached = [SettleLead(SPRING, LeadId(each), OLD, LeadOutcome.REACHED, 0.0, 0, "sold") for each in ids]
    campaigns.settle(store, reached)


def policy(**outbound: object) -> Center:
    trunks = {"carrier": {"dial": "PJSIP/{number}@carrier"}}
    written = center().model_dump() | {"outbound": {"trunks": trunks, **outbound}, "campaigns": {"spring": DIALLED}}
    return Center.model_validate(written)


def test_what_is_old_and_over_goes_in_portions_and_what_is_young_stays(store: Store) -> None:
    ids = leads(store, 4)
    old = [made(store, SPRING, each, OLD + each % 10) for each in ids[:3]]
    young = made(store, SPRING, ids[3], NOW - 10.0)
    over(store, *ids)
    with store.engine.begin() as connection:
        row = {"heard": "human", "cause": "", "listened_s": 1.0}
        for name, at in ((old[0], OLD), (young, NOW)):
            connection.execute(insert(amd_verdict).values(attempt=name, at=at, **row))
    assert sweep_attempts(store, NOW - DAY_S, (), 2) == 2
    assert sweep_attempts(store, NOW - DAY_S, (), 2) == 1
    assert kept(store) == {young}
    with store.engine.connect() as connection:
        assert connection.execute(select(amd_verdict.c.attempt)).scalars().all() == [young]


def test_of_whom_is_still_to_be_called_everything_stays(store: Store) -> None:
    due, finished = leads(store, 2)
    stays, goes = made(store, SPRING, due, OLD), made(store, SPRING, finished, OLD)
    over(store, finished)
    in_dial = made(store, SPRING, 4711, OLD, result="")
    sweep_attempts(store, NOW, (), 100)
    assert kept(store) == {stays, in_dial} and goes not in kept(store)


def test_of_an_open_promise_everything_stays_whatever_lead_has_its_number(store: Store) -> None:
    leave(store, Voicemail("m1", OLD, "030123456", "sales", "n1/1.1", "/rec/m1", 5.0), None)
    take_requests(store, lambda number, queue: (Number("+4930123456", ("Europe/Berlin",)), "sales"))
    [promise] = promises(store)
    name = made(store, CALLBACKS, promise.id, OLD)
    sweep_attempts(store, NOW, (), 100)
    assert kept(store) == {name}
    keep(store, [msgspec.structs.replace(promise, state=CallbackState.FAILED)])
    sweep_attempts(store, NOW, (), 100)
    assert kept(store) == set()


def test_a_quota_for_ever_keeps_its_campaigns_attempts(store: Store) -> None:
    name, other = made(store, SPRING, 1, OLD), made(store, "autumn", 2, OLD)
    with_quota = policy().model_copy(update={"campaigns": {}})
    assert counted_for_ever(with_quota) == []
    quotas = [{"at_most": 5}, {"at_most": 1, "per": "day"}]
    written = with_quota.model_dump() | {"campaigns": {"spring": DIALLED | {"quotas": quotas}, "autumn": DIALLED}}
    counted = counted_for_ever(Center.model_validate(written))
    sweep_attempts(store, NOW, counted, 100)
    assert kept(store) == {name} and other not in kept(store)


def test_a_cap_that_counts_for_ever_is_known_and_sees_everything(store: Store) -> None:
    assert not counts_for_ever(policy(caps=[{"at_most": 3, "within": "month"}]))
    assert not counts_for_ever(policy(caps=[{"at_most": 3, "within": "ever", "per": "lead"}]))
    assert counts_for_ever(policy(caps=[{"at_most": 3, "within": "ever"}]))
    assert counts_for_ever(policy(callbacks={"caps": [{"at_most": 3, "within": "ever"}]}))
    made(store, SPRING, 7, OLD)
    number = "+493010000007"
    assert history(store, {number}, NOW) == {}
    assert len(history(store, {number}, NOW, ever=True)[number]) == 1


def test_recordings_are_kept_as_the_strictest_rules_ask() -> None:
    assert recordings_kept_s(policy()) == 0.0
    assert recordings_kept_s(policy(callbacks={"recordings_keep_days": 7})) == 7 * DAY_S
    strict = policy(callbacks={"recordings_keep_days": 7}).model_dump()
    strict["campaigns"] = {"spring": DIALLED | {"regulation": "cn"}}
    assert recordings_kept_s(Center.model_validate(strict)) == 30 * DAY_S


def test_recordings_that_no_row_knows_go_when_they_are_old(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()

    def file(name: str, at: float) -> Path:
        path = folder / name
        path.write_bytes(b"RIFF")
        os.utime(path, (at, at))
        return path

    old, young, others = file("n1-1-1-main-ask-1.wav", OLD), file("n1-2-1-main-ask-1.wav", NOW), file("hello.wav", OLD)
    message = file("n1-3-1-main-leave-2.wav", OLD)
    (folder / "n1-4-1-main-ask-1.wav").symlink_to(others)
    leave(store, Voicemail("m1", OLD, "030123456", "sales", "n1/3.1", str(message)[:-4], 5.0), None)
    assert sweep_recordings(store, folder, NOW - DAY_S, 100) == 1
    assert not old.exists() and young.exists() and others.exists() and message.exists()
    assert (folder / "n1-4-1-main-ask-1.wav").is_symlink()
    assert sweep_recordings(store, tmp_path / "elsewhere", NOW, 100) == 0


def test_recordings_that_are_kept_hide_none_that_goes(store: Store, tmp_path: Path) -> None:
    def file(number: int) -> Path:
        path = tmp_path / f"n1-{number}-1-main-leave-2.wav"
        path.write_bytes(b"RIFF")
        os.utime(path, (OLD, OLD))
        return path

    files = [file(number) for number in range(12)]
    seen = [path for path in files[0].parent.iterdir() if path in files]  # in the order in which the folder tells them
    for number, path in enumerate(seen[:8]):
        leave(store, Voicemail(f"m{number}", OLD, "030123456", "sales", "n1/3.1", str(path)[:-4], 5.0), None)
    assert sweep_recordings(store, tmp_path, NOW, 3) >= 3
    assert all(path.exists() for path in seen[:8])
    sweep_recordings(store, tmp_path, NOW, 3)
    assert not any(path.exists() for path in seen[8:])

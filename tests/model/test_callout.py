"""Is the plan of an attempt whole after it has been written down? The journal must bring back what the core saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti import journal
from cti.model import events as ev
from cti.model.callout import Callout, Listening, OnMachine
from cti.model.policy import Exit
from cti.model.words import AttemptId, ContactId, DialFirst, QueueName

pytestmark = pytest.mark.unit


def test_a_call_out_comes_back_from_the_journal(tmp_path: Path) -> None:
    callout = Callout(
        AttemptId("x1"),
        "+49301234567",
        reserve=False,
        first=DialFirst.CUSTOMER,
        listen=Listening(max_words=5),
        on_machine=OnMachine(("sorry",)),
        max_wait_s=2.0,
        on_max_wait=Exit(play=("safe-harbour",)),
    )
    event = ev.CalloutDue(ContactId("out-x1"), QueueName("sales"), callout, since=1.0)
    written = journal.Journal(tmp_path / "journal")
    written.append(5.0, event)
    written.close()
    assert list(journal.read(tmp_path / "journal")) == [(5.0, event)]

"""The plan of one attempt is data that goes through the journal as it is."""

from __future__ import annotations

import msgspec
import pytest

from cti.model.callout import Callout, Listening, OnMachine
from cti.model.events import AnyEvent, CalloutDue
from cti.model.policy import Exit
from cti.model.words import AttemptId, ContactId, DialFirst, QueueName

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "callout",
    [
        Callout(AttemptId("x1"), "+4930123456"),
        Callout(
            AttemptId("x2"),
            "+4930123456",
            caller_id="+4930000",
            trunk="carrier",
            reserve=False,
            first=DialFirst.CUSTOMER,
            listen=Listening(max_words=5),
            on_machine=OnMachine(("custom/we-called",), 8.0),
            max_wait_s=2.0,
            on_max_wait=Exit(play=("custom/sorry",)),
        ),
    ],
)
def test_it_comes_out_of_the_journal_as_it_went_in(callout: Callout) -> None:
    event = CalloutDue(ContactId("promise-1"), QueueName("sales"), callout, since=12.5)
    encoded = msgspec.json.encode(event, enc_hook=lambda value: value.model_dump())
    decoded = msgspec.json.decode(encoded, type=AnyEvent, dec_hook=lambda kind, value: kind.model_validate(value))
    assert decoded == event

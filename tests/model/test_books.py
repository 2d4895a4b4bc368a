"""An order to the store is no fact and no command: it holds what neither may hold."""

from __future__ import annotations

import msgspec
import pytest

from cti.model.books import AnyBookOrder, KeepPromise
from cti.model.changes import Changed
from cti.model.commands import Command
from cti.model.dialling import CallbackKind, LeadId
from cti.model.promise import Number, Promise

pytestmark = pytest.mark.unit


def test_it_is_data_of_its_own_kind() -> None:
    order = KeepPromise(Promise(LeadId(1), CallbackKind.SCHEDULED, Number("+4930123456"), "sales", 1.0, 2.0))
    assert not isinstance(order, Command | Changed)
    assert msgspec.json.decode(msgspec.json.encode(order), type=AnyBookOrder) == order

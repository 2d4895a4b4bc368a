"""Does an engine say where it is reached, under a name of its own?"""

from __future__ import annotations

import pytest

from cti.config import settings as config
from cti.joined.whereabouts import whereabouts

pytestmark = pytest.mark.unit

FILE = """nodes: {n: {host: 127.0.0.1, secret: x}}
fastagi: {token: t, listen: "0.0.0.0:4573", advertise: "10.0.0.5:4573"}
http: {listen: "10.0.0.5:8470"}
queues: {sales: {}}
"""


def test_as_others_reach_it() -> None:
    found = whereabouts(config.loads(FILE.encode(), environ={}))
    assert (found.agi, found.http, found.web) == ("10.0.0.5:4573", "10.0.0.5:8470", "")


def test_its_pages_at_their_origin() -> None:
    text = FILE + "web: {listen: '10.0.0.5:8089', origin: 'https://one.example.org'}\n"
    assert whereabouts(config.loads(text.encode(), environ={})).web == "https://one.example.org"


def test_no_two_processes_have_one_name() -> None:
    settings = config.loads(FILE.encode(), environ={})
    assert whereabouts(settings).engine != whereabouts(settings).engine

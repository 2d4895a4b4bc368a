"""Does an engine say where it is reached, under a name of its own?"""

from __future__ import annotations

import pytest

from cti.config import settings as config
from cti.joined.whereabouts import whereabouts
from cti.store.tables import routing_owner

pytestmark = pytest.mark.unit

FILE = """nodes: {n: {host: 127.0.0.1, secret: x}}
fastagi: {token: t, listen: "0.0.0.0:4573", advertise: "10.0.0.5:4573"}
http: {listen: "10.0.0.5:8470"}
queues: {sales: {}}
"""


def test_as_others_reach_it() -> None:
    found = whereabouts(config.loads(FILE.encode(), environ={}))
    assert (found.agi, found.http, found.web) == ("10.0.0.5:4573", "10.0.0.5:8470", "")


def test_a_name_fits_into_the_store_however_long_an_address_is() -> None:
    """PostgreSQL refused the claim, again and again: routing_owner.engine has 80 characters."""
    host = "cti-0.cti-headless.contact-center-production-eu-central.svc.cluster.local"
    found = whereabouts(config.loads(FILE.replace("10.0.0.5:4573", f"{host}:4573").encode(), environ={}))
    assert found.agi == f"{host}:4573"
    assert len(found.engine) <= routing_owner.c.engine.type.length


def test_its_pages_at_their_origin() -> None:
    text = FILE + "web: {listen: '10.0.0.5:8089', origin: 'https://one.example.org'}\n"
    assert whereabouts(config.loads(text.encode(), environ={})).web == "https://one.example.org"


def sealed(secret: str, state: str = "one") -> str:
    text = FILE + f"web: {{listen: '127.0.0.1:8089', secret: {secret}}}\nstate_dir: {state}\n"
    return whereabouts(config.loads(text.encode(), environ={})).seal


def test_engines_of_one_secret_know_each_other_by_it_and_never_say_it() -> None:
    secret = "0123456789abcdef" * 2
    assert sealed(secret) == sealed(secret, "two") != sealed(secret + "0")
    assert sealed(secret) and sealed(secret) not in secret
    assert whereabouts(config.loads(FILE.encode(), environ={})).seal == "", "no web: nothing to differ in"


def test_no_two_processes_have_one_name() -> None:
    settings = config.loads(FILE.encode(), environ={})
    assert whereabouts(settings).engine != whereabouts(settings).engine

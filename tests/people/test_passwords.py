"""Is a hash a hash, is nobody's password never right, and is a generated one good enough?"""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from cti.people.passwords import Passwords, fault_of, generated

pytestmark = pytest.mark.unit

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_only_the_right_one_is_right() -> None:
    kept = CHEAP.hash("an-apple-a-day")
    assert "apple" not in kept and kept.startswith("$argon2id$")
    assert CHEAP.is_right(kept, "an-apple-a-day")
    for hashed in (None, "", "no hash", CHEAP.hash("another")):
        assert not CHEAP.is_right(hashed, "an-apple-a-day")


@pytest.mark.parametrize("hashed", [None, "", CHEAP.hash("another")], ids=["nobody", "without", "another"])
def test_a_wrong_one_costs_one_verification_and_nothing_else(
    hashed: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    asked: list[str] = []

    class Counting:
        def hash(self, _password: str) -> str:
            asked.append("hash")
            return ""

        def verify(self, _hashed: str, _password: str) -> bool:
            asked.append("verify")
            return False

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.is_right(hashed, "an-apple-a-day")
    assert asked == ["verify"], "also the first time"


def test_a_hash_of_other_parameters_is_old() -> None:
    assert Passwords().is_old(CHEAP.hash("x")) and not CHEAP.is_old(CHEAP.hash("x"))


def test_a_generated_one_is_good_and_never_the_same() -> None:
    made = {generated() for _ in range(50)}
    assert len(made) == 50 and not any(fault_of(each, "admin") for each in made)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "at least"), ("x" * 201, "at most"), ("abababababab", "different"), ("my-name-is-EVA-ok", "name")],
)
def test_what_is_weak_says_why(password: str, why: str) -> None:
    assert why in fault_of(password, "eva")

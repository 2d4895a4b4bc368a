"""How does a number look to somebody who may not see it? One function for every way out: REST, WebSocket, CSV. PURE.

What stays: the country, and two digits by which people tell two rows apart. Everything that is not a name of ours in a
field that holds numbers is masked, whatever it looks like. What is known about a customer has the keys of others, as
"Mobile 2": of that nothing is shown.
"""

from __future__ import annotations

from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

PERSONAL = frozenset(
    {"caller", "callerid", "dialled", "number", "numbers", "exten", "digits", "customer", "phone_number"}
)
FACTS = frozenset({"customer", "columns"})  # by whatever names a list or a CRM gave
SHORTEST = 6  # a number with fewer digits shows none
HIDDEN = "•••"


def mask(number: str) -> str:
    """Return `number` with its country and its last two digits only: +49 ••• ••12."""
    digits = "".join(char for char in number if char.isascii() and char.isdigit())
    if not number:
        return ""
    if len(digits) < SHORTEST:
        return HIDDEN
    country = _country(digits) if number.startswith("+") else ""
    return f"{country}{HIDDEN} ••{digits[-2:]}"


def masked(content: Any) -> Any:
    """Return JSON content with every number in it masked; lists and objects are new, `content` stays as it was."""
    if isinstance(content, dict):
        return {key: _seen(key, value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [masked(each) for each in content]
    return content


def _seen(key: str, value: Any) -> Any:
    if key in FACTS and isinstance(value, dict):
        return dict.fromkeys(value, HIDDEN)
    return _hide(value) if key in PERSONAL else masked(value)


def _hide(value: Any) -> Any:
    """A callback's own `number`, counting them, is no phone number: numbers of people are texts."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list | tuple):
        return [_hide(each) for each in value]
    return masked(value)


def _country(digits: str) -> str:
    for length in (1, 2, 3):  # ITU-T E.164: no code is the beginning of another one
        if int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return f"+{digits[:length]} "
    return "+"

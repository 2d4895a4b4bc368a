"""What do the tests of lists share? The databases of the store's tests."""

from __future__ import annotations

from tests.store.conftest import postgres, store_url

__all__ = ["postgres", "store_url"]

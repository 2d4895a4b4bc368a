"""Which customer was asked for his opinion when? One row for each, with the newest time, under a hash of who he is."""

from __future__ import annotations

import hashlib

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from cti.store.database import Store
from cti.store.tables import survey_asked

LONGEST_QUIET_S = 366 * 86_400.0  # model/flow_nodes.Survey.quiet_days


def key_of(customer: str) -> str:
    """Return under which name a customer (his id, or his number) is kept. No secret: who has numbers can try them."""
    return hashlib.blake2b(f"survey\0{customer}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def may_ask(store: Store, customer: str, call: str, quiet_s: float, now: float) -> bool:
    """Whether `customer` was left in peace for `quiet_s`, and if so, remember that he is asked `now` (epoch seconds).

    The same `call` hears the same again: an engine may die between the question and its answer. Of two calls at once
    one is asked. Raises SQLAlchemyError.
    """
    table, key = survey_asked, key_of(customer)
    try:
        with store.engine.begin() as connection:
            known = connection.execute(select(table.c.at, table.c.call).where(table.c.customer == key)).first()
            if known is None:
                connection.execute(insert(table).values(customer=key, at=now, call=call))
                return True
            if known.call == call:
                return True
            if now - known.at < quiet_s:
                return False
            unchanged = (table.c.customer == key) & (table.c.call == known.call)
            return connection.execute(update(table).where(unchanged).values(at=now, call=call)).rowcount == 1
    except IntegrityError:  # another call of his was faster by an instant
        return False

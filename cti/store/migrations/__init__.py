"""How does a database of an older version get to the newest shape? Alembic's scripts, run by cti.store.database."""

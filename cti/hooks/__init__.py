"""Webhooks: your own systems are told what happened, signed, at least once, and at nobody's expense."""

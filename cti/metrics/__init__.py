"""Readers of the Changed stream: the live view, Prometheus, queue_log. Every number is computed once."""

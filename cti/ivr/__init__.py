"""Flows, self-service, hours, surveys. This room is still empty: callers go straight to the queue of their entry."""

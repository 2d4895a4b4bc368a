"""The ACD: who is next, who may take it, who gets it, and what became of it. Pure: events and times in, outputs out."""

"""One module a step; a step that was released never changes. Their order is that of `down_revision`, not of numbers.

0011, 0015, 0017, 0012, 0019, 0020, 0018, 0021 and on: steps that were made at the same time got their numbers first,
and their places later. They stay: a database remembers the number of its newest step.
"""

"""What people type at a terminal: one module a group of commands; how an answer looks is show.py."""

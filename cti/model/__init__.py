"""The words of the trade: ids, states, events in, commands and changes out. No logic, no I/O."""

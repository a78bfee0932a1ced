"""Pure rules and frozen data: no I/O, no await, nothing of the house but itself."""

"""A gathering that can be played: local servers, invented people, a clock that moves."""

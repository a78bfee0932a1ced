"""The rehearsal and the demo: a gathering played with local servers, invented people and a clock that is moved."""

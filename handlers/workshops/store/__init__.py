"""The SQL of workshops, one module for each topic.

A phase is one step of the workshops, described in config.toml; a run is this phase in one group, with its own
beginning and end. A run is open (running, or paused) until it has ended. A call is a group's request that a facilitator
comes. A round is one day's set of groups. Live ideas are those given in time and not withdrawn.
"""

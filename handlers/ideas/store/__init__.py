"""The SQL of ideas, one module for each topic.

A phase is one step of the workshops; a run is this phase in one group. Live ideas are those given in time and
not withdrawn. Ideas that count are live, not hidden and not merged into another: the wall, the list of a group's ideas,
shows these. Stems are the beginnings of words by which ideas are compared.
"""

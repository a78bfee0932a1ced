"""The SQL of plenaries, one module for each topic.

A group has one turn at most: on stage, where groups present one after the other, or at its table in a gallery, where
the rounds of visits are the same for all tables. The audience's questions and reactions belong to the group, not to its
turn.
"""

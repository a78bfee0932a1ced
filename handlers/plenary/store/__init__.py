"""The SQL of plenaries, in a module for each of its stories.

A group has one turn at most: on stage, where groups present one after the other, or at its table in a gallery, where
the rounds of visits are the same for all tables. What the room asks and says belongs to the group, not to its turn.
"""

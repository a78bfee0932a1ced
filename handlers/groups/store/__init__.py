"""The SQL of groups, in a module for each of its stories.

A round is the set of groups of one day; a day is a local date in ISO format.
"""

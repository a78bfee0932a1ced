"""The SQL of groups, one module for each topic.

A round is the set of groups of one day; a day is a local date in ISO format.
"""

"""Work beside conversations: long jobs in other processes, events that happen at set times, hourly housekeeping.

A lease lets only one of several programs do a task at a time.
"""

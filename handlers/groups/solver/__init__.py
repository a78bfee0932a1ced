"""The solver splits one theme's people into groups that mix nationalities first, then gender, age and platform.

It does not use the database, a chat platform or translations. numpy and HiGHS, a solver of linear problems, are
imported only when a search begins.
"""

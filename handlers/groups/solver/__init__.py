"""The solver splits one theme's people into groups that mix nationalities first, then gender, age and platform.

It knows nothing of a store, a platform or a language. numpy and HiGHS are imported only when a search begins.
"""

"""Forming groups: one theme's people split so that nationalities, then gender, age and platform mix as well as can be.

Knows nothing of a store, a platform or a language. numpy and HiGHS are imported when a search begins, never before.
"""

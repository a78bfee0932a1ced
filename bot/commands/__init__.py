"""What each command of `rencontres` does, one module a group.

Whoever runs them administers a machine: their texts are English and not translated. What participants read, an
invitation card for one, is in the participants' languages as everywhere.
"""

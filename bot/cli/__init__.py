"""The command `rencontres`: the engine's own commands, each imported when it is asked for.

Whoever runs them administers a machine: their texts are English and not translated. What participants read, an
invitation card for one, is in the participants' languages as everywhere.
"""

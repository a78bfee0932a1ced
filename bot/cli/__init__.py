"""The command `rencontres`: the engine's own commands, each loaded when it is used.

People who run these commands administer a machine, so the texts are English and not translated. Texts for participants,
such as invitation cards, are in the participants' languages.
"""

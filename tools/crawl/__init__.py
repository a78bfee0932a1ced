"""Pressing every button there is, as everyone who can come by: `make crawl`.

A gathering is lived over the real adapters, on servers of this machine that refuse what Telegram and Discord would
refuse. Between its days strangers, participants, facilitators and organisers press what they see, what they saw before,
and what they were never shown. Wanted: no error in the log, and no platform that refuses anything.
"""

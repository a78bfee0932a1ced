"""Presses every button that exists, in all roles (`make crawl`).

A gathering is simulated with the real adapters and local servers that refuse what Telegram and Discord would refuse.
Between its days, strangers, participants, facilitators and organisers press buttons that they see, that they saw
before, and that they were never shown. There must be no error in the log, and no refusal by a platform.
"""

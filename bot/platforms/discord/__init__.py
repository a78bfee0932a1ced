"""The adapter for Discord, written with the library discord.py."""

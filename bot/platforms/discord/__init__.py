"""The adapter for Discord, through discord.py."""

"""The adapter for Telegram, through python-telegram-bot."""

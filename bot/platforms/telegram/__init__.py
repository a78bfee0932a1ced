"""The adapter for Telegram, written with the library python-telegram-bot."""

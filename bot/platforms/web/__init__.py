"""The adapter for personal pages: the bot in any browser, for people on neither chat platform and for the demo."""

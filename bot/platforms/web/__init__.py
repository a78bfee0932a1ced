"""The adapter for personal pages: the bot in any browser, for people who use no chat platform, and for the demo."""

"""A personal page: the bot in any browser, for people on neither chat platform and for the demo."""

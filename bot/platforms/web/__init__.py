"""The browser: a personal page that speaks to the same handlers."""

"""The bot's capabilities: a folder for each, which its `capability` module declares to the engine."""

CAPABILITIES = (
    "home",
    "registration",
    "questionnaires",
    "themes",
    "groups",
    "attendance",
    "workshops",
    "plenary",
    "results",
    "programme",
    "rides",
    "announcements",
    "reminders",
    "team",
    "trust",
    "practical",
    "account",
    "privacy",
    "ideas",
    "syntheses",
    "equality",
    "appearance",
    "navigation",
)
"""The capabilities' names, in the order of their commands and of their actions when somebody leaves or is erased."""

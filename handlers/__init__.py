"""What the bot can do: a folder a capability, each told to the engine by its `capability` module."""

CAPABILITIES = (
    "home",
    "registration",
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
    "navigation",
)
"""Their names, in the order of their commands, and of what they do when someone leaves or is about to be erased."""

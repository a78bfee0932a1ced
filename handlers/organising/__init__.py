"""What organisers do, one module a capability. `screen` is where they start."""

from handlers.organising import (
    adding_themes,
    changes,
    deadline,
    editing_people,
    editing_themes,
    entering,
    forming,
    groups,
    importing,
    inviting,
    lists,
    people,
    placing,
    publishing,
    reading_lists,
    roles,
    screen,
)

MODULES = (
    screen,
    changes,
    lists,
    people,
    editing_people,
    placing,
    roles,
    inviting,
    reading_lists,
    importing,
    editing_themes,
    adding_themes,
    deadline,
    publishing,
    entering,
    groups,
    forming,
)
ROUTES = tuple(module.routes for module in MODULES)
"""The routes of the organisers."""

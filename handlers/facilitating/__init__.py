"""What facilitators do, one module a capability. `running` is where they start."""

from handlers.facilitating import changing, moderating, running

MODULES = (running, changing, moderating)
ROUTES = tuple(module.routes for module in MODULES)
"""The routes of the facilitators."""

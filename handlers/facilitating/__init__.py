"""What facilitators do, one module a capability. `running` is where they start."""

from handlers.facilitating import changing, merging, moderating, panel, running, shares, silent

MODULES = (running, changing, panel, silent, shares, moderating, merging)
ROUTES = tuple(module.routes for module in MODULES)
"""The routes of the facilitators."""

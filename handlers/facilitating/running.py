"""Running phases: for all, a theme or a group; more time, a break, the end."""

from __future__ import annotations

from bot.routes import Routes

routes = Routes()

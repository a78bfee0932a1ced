"""The section [initiatives] of the configuration."""

from __future__ import annotations

from bot.config.section import Section
from bot.config.settings import Sections


class InitiativeSettings(Section):
    """Turns on cards of initiatives and contacts. Without this section of the configuration there are none."""


SECTIONS = Sections(tables={"initiatives": InitiativeSettings})

"""The section [encounters] of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config.section import Section
from bot.config.settings import Sections

MOST_SEATINGS = 8
"""The largest number of seatings of a session."""


class EncounterSettings(Section):
    """How sessions of encounters are planned at first. Without this section of the configuration there are none.

    `seatings` is how many people everybody meets one after the other. If `common_language` is True, everybody
    understands the gathering's first language; otherwise people who meet read the bot in the same language.
    """

    seatings: Annotated[int, Field(ge=1, le=MOST_SEATINGS)] = 4
    common_language: bool = True


SECTIONS = Sections(tables={"encounters": EncounterSettings})

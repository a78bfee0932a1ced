"""The section [encounters] of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config.section import Section
from bot.config.settings import Sections

MOST_SEATINGS = 8
"""The largest number of seatings in a session."""


class EncounterSettings(Section):
    """How sessions of encounters are planned at first. Without this section of the configuration there are none.

    `seatings` is how many partners everybody meets, one after the other. `common_language` True means that everybody
    understands the gathering's first language; otherwise, people are paired with people who read the bot in the same
    language.
    """

    seatings: Annotated[int, Field(ge=1, le=MOST_SEATINGS)] = 4
    common_language: bool = True


SECTIONS = Sections(tables={"encounters": EncounterSettings})

"""The section [rides] of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config.section import Section
from bot.config.settings import Sections


class RideSettings(Section):
    """How many rides a participant can offer and ask for. Without this section of the configuration there are no rides.

    `offers` is how many coming rides one person may offer; `requests` is in how many coming rides one person may have a
    seat or ask for one.
    """

    offers: Annotated[int, Field(ge=1, le=20)] = 4
    requests: Annotated[int, Field(ge=1, le=20)] = 5


SECTIONS = Sections(tables={"rides": RideSettings})

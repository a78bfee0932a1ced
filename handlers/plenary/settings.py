"""The section [plenary] of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config.section import Section
from bot.config.settings import Sections
from handlers.plenary.model.turns import BOUNDS, Lengths


class PlenarySettings(Section):
    """The suggested lengths of a plenary's parts, in seconds; organisers change them in chat.

    `talk` is for the talk of a group, `questions` for questions to it, `change` for the next group to come on stage.
    `gallery_from` is the smallest number of groups for which a gallery of tables is suggested too.
    """

    talk: Annotated[int, Field(ge=BOUNDS["talk"][0], le=BOUNDS["talk"][1])] = 180
    questions: Annotated[int, Field(ge=BOUNDS["questions"][0], le=BOUNDS["questions"][1])] = 60
    change: Annotated[int, Field(ge=BOUNDS["change"][0], le=BOUNDS["change"][1])] = 60
    gallery_from: Annotated[int, Field(ge=2)] = 4

    @property
    def lengths(self) -> Lengths:
        """The three lengths together."""
        return Lengths(self.talk, self.questions, self.change)


SECTIONS = Sections(tables={"plenary": PlenarySettings})

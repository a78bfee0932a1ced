"""The section [groups] of the configuration."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from bot.config.section import Section, Unfit
from bot.config.settings import Sections


class GroupSettings(Section):
    """The settings for groups: how many people a group has, the number of rounds, and when the first round meets.

    A round is the set of groups of one day; there is one round a day.
    """

    smallest: Annotated[int, Field(ge=1)] = 5
    largest: Annotated[int, Field(ge=1)] = 7
    target: Annotated[int, Field(ge=1)] = 6
    rounds: Annotated[int, Field(ge=1, le=9)] = 1
    meeting: datetime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> GroupSettings:
        if not self.smallest <= self.target <= self.largest:
            ordered = zip(
                ("smallest", "target", "largest"), sorted((self.smallest, self.target, self.largest)), strict=True
            )
            fixes = [((key,), size) for key, size in ordered if getattr(self, key) != size]
            raise Unfit("smallest, target and largest are not in this order", *fixes)
        return self


SECTIONS = Sections(tables={"groups": GroupSettings})

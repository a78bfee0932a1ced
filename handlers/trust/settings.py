"""The section [safety] of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.section import Section, Unfit
from bot.config.settings import Sections
from bot.content.addresses import TELEPHONE
from handlers.trust.model import EMERGENCY_NUMBERS


def _with_numbers(country: str) -> str:
    if country and country not in EMERGENCY_NUMBERS:
        raise ValueError(f"no emergency numbers are known for {country!r}: use one of {', '.join(EMERGENCY_NUMBERS)}")
    return country


def _from_anywhere(telephone: str) -> str:
    if telephone and not TELEPHONE.fullmatch(telephone):
        remedy = 'write telephone = "+33 6 12 34 56 78", with your own number'
        raise Unfit(f"«{telephone}» is not a telephone number with its country code", remedy=remedy)
    return telephone


class SafetySettings(Section):
    """Whom to call where the gathering takes place, and how long conversations with trusted people are kept.

    `country` is the code of the country whose emergency numbers are shown, '' for none. `telephone` is the number of
    the organiser on call, and `address` the gathering's address to say in a call. Conversations are deleted `days_kept`
    days after the gathering's last day, or after their last message if that is later.
    """

    country: Annotated[str, AfterValidator(_with_numbers)] = "FR"
    telephone: Annotated[str, Field(max_length=40), AfterValidator(_from_anywhere)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    days_kept: Annotated[int, Field(ge=0, le=365)] = 30


SECTIONS = Sections(tables={"safety": SafetySettings})

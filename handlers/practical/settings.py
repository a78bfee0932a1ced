"""One table [[practical]] of the configuration: a section of practical information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from bot.config.example import example_values
from bot.config.section import Section, Unfit, check_keys
from bot.config.settings import Sections, Settings
from handlers.practical.model.sections import (
    LONGEST_KEY,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_SECTIONS,
    is_web_address,
    read_coordinates,
)


class PracticalSettings(Section):
    """One section of practical information in the configuration file; its texts are Markdown, by language."""

    key: Annotated[str, Field(pattern=rf"^[a-z0-9_]{{1,{LONGEST_KEY}}}$")]
    title: Mapping[str, Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]]
    text: Mapping[str, Annotated[str, Field(max_length=LONGEST_TEXT)]] = {}
    address: Annotated[str, Field(max_length=200)] = ""
    map: str = ""
    link: Annotated[str, Field(pattern=r"^(https://\S+)?$")] = ""
    link_label: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    words: Annotated[str, Field(max_length=500)] = ""

    @property
    def invented(self) -> Sequence[str]:
        """Return the locales in which the text still comes from config.example.toml and not from the team."""
        texts = {text for section in example_values()["practical"] for text in section["text"].values()}
        return [locale for locale, text in self.text.items() if text.strip() in texts]


def _check(settings: Settings) -> None:
    sections = settings.all_of(PracticalSettings)
    check_keys("practical", "sections of practical information", [section.key for section in sections])
    if len(sections) > MOST_SECTIONS:
        raise Unfit(
            f"there are {len(sections)} sections of practical information, at most {MOST_SECTIONS} fit",
            remedy="remove some",
        )
    for number, section in enumerate(sections):
        if not section.title:
            title = {settings.gathering.locales[0]: section.key}
            fix = ("practical", number, "title"), title
            raise Unfit(f"the section {section.key} of practical information has no title", fix)
        if section.map and not (is_web_address(section.map) or read_coordinates(section.map)):
            place = "practical", number, "map"
            raise Unfit(f"the section {section.key}: map is «48.8897, 2.3711» or begins with https://", (place, ""))


SECTIONS = Sections(lists={"practical": PracticalSettings}, check=_check)

"""What groups show in the plenary, and what the workshops made, as those who make files think of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.results import store
from handlers.results.model import (
    Gathering,
    ResultGroup,
)
from handlers.syntheses.model import CARD_FIELDS
from handlers.workshops.actions import MyDeck

OUR_SLIDES = _("Our slides")


@dataclass(frozen=True, slots=True)
class ConfirmDeck(Action):
    """Say that the slides of one's group are as they should be: those that `digest` tells from others."""

    code: ClassVar[str] = "wdc"
    group: int
    digest: str


@dataclass(frozen=True, slots=True)
class ShowDecks(Action):
    """See which groups have not confirmed their slides; pages count from 0."""

    code: ClassVar[str] = "wdl"
    page: int


ALL_DECKS = Button(_("Slides of the groups"), ShowDecks(0))


@dataclass(frozen=True, slots=True)
class GroupDeck:
    """What a group shows."""

    whole: Gathering
    group: ResultGroup

    @property
    def digest(self) -> str:
        """What tells this state from others."""
        return self.whole.digest(self.group)

    @property
    def confirmed(self) -> bool:
        """Whether the group confirmed it as it is now."""
        return self.group.confirmed == self.digest

    @property
    def changed(self) -> bool:
        """Whether it is other than what the group confirmed."""
        return bool(self.group.confirmed) and not self.confirmed

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show but who is in the group."""
        return self.whole.is_empty(self.group)

    @property
    def title(self) -> Text:
        """What the group is called."""
        theme = Localised(self.whole.themes.get(self.group.theme, {}))
        if self.group.name:
            called = Name(self.group.name)
            return _("{theme} · group {number}, «{name}»", theme=theme, number=self.group.number, name=called)
        return _("{theme} · group {number}", theme=theme, number=self.group.number)

    @property
    def open_button(self) -> Button:
        """The way to it."""
        return Button(OUR_SLIDES, MyDeck(self.group.id))

    @property
    def confirm_button(self) -> Button:
        """What confirms it as it is now."""
        return Button(_("We confirm them"), ConfirmDeck(self.group.id, self.digest), style="primary")


async def find_deck(tx: Transaction, group_id: int) -> GroupDeck | None:
    """The deck of a group of a published round; None for any other."""
    return next(iter(await _decks(tx, [group_id])), None)


async def all_decks(tx: Transaction) -> Sequence[GroupDeck]:
    """The decks of all groups, in the order of the plenary."""
    return await _decks(tx, None)


async def _decks(tx: Transaction, group_ids: Sequence[int] | None) -> Sequence[GroupDeck]:
    whole = store.understand(await store.read_snapshot(tx, group_ids, ideas=False))
    return [GroupDeck(whole, group) for group in whole.groups]


async def confirm_deck(tx: Transaction, deck: GroupDeck, participant_id: int, now: datetime) -> None:
    """Note that its group confirms it as it is."""
    await store.put_confirmation(tx, deck.group.id, deck.digest, participant_id, to_micros(now))


def deck_lines(deck: GroupDeck) -> Sequence[Span]:
    """What it shows, in words, and how it stands."""
    challenge = deck.whole.current(deck.group, "challenge").get("sentence", "")
    solution = deck.whole.current(deck.group, "solution").get("idea", "")
    grid = deck.group.grid
    missing = _("not written yet")
    said: list[Span] = [
        Strong(deck.title),
        _("Challenge: {challenge}", challenge=Name(challenge) if challenge else missing),
        _("Solution: {idea}", idea=Name(solution) if solution else missing),
    ]
    if grid.territories:
        every = len(grid.territories) * len(CARD_FIELDS)
        said.append(_("Territories: {done} of {all} squares", done=grid.filled, all=every))
    if photos := len(deck.group.pictures):
        said.append(_n("{count} photo", "{count} photos", photos))
    return [*said, deck_state(deck)]


def deck_state(deck: GroupDeck) -> Text:
    """How it stands, in a sentence."""
    if deck.empty:
        return _("There is nothing to show yet: write your challenge or your solution first.")
    if deck.confirmed:
        return _("Confirmed: this is what you show in the plenary.")
    if deck.changed:
        return _("Changed since you confirmed: look again.")
    return _("Not confirmed yet.")


def file_payload(settings: Settings, locale: str, **more: Any) -> Mapping[str, Any]:
    """What every job that makes files in a language has to know, as JSON values."""
    gathering = settings.gathering
    return {
        "locale": locale,
        "zone": gathering.zone,
        "gathering": gathering.name,
        "folder": str(settings.storage.folder),
        **more,
    }

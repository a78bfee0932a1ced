"""What groups show in the plenary, and what the workshops made, as those who make files think of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from bot.clock import from_micros, to_micros
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.names import collation, display_name
from bot.content.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.results import store
from handlers.results.model import (
    Attachment,
    Card,
    Gathering,
    Group,
    Lived,
    Person,
    Phase,
    Version,
    Voice,
)
from handlers.results.store import Slices, unpack_table
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
class Deck:
    """What a group shows."""

    whole: Gathering
    group: Group

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


async def find_deck(tx: Transaction, group_id: int) -> Deck | None:
    """The deck of a group of a published round; None for any other."""
    return next(iter(await _decks(tx, [group_id])), None)


async def all_decks(tx: Transaction) -> Sequence[Deck]:
    """The decks of all groups, in the order of the plenary."""
    return await _decks(tx, None)


async def _decks(tx: Transaction, group_ids: Sequence[int] | None) -> Sequence[Deck]:
    whole = understand(await store.read_snapshot(tx, group_ids, ideas=False))
    return [Deck(whole, group) for group in whole.groups]


async def confirm_deck(tx: Transaction, deck: Deck, participant_id: int, now: datetime) -> None:
    """Note that its group confirms it as it is."""
    await store.put_confirmation(tx, deck.group.id, deck.digest, participant_id, to_micros(now))


def deck_lines(deck: Deck) -> Sequence[Span]:
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


def deck_state(deck: Deck) -> Text:
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


# --- A snapshot of the store, understood: what was read row by row, as those who make files think of it.


def understand(found: Mapping[str, Slices]) -> Gathering:
    """The gathering in a snapshot."""
    groups = {
        row["id"]: Group(
            row["id"],
            row["round"],
            date.fromisoformat(row["day"]),
            row["theme"],
            row["number"],
            row["name"],
            row["room"],
        )
        for row in unpack_table(found, "groups")
    }
    for row in _theirs(found, "members", groups):
        groups[row["group_id"]].members.append(Person(row["id"], _name(row), row["territory"]))
    for group in groups.values():
        group.members.sort(key=lambda each: (collation(each.name), each.id))
    for row in _theirs(found, "runs", groups):
        groups[row["group_id"]].lived.append(
            Lived(row["phase"], from_micros(row["started_at"]), _instant(row["ended_at"]))
        )
    strays, aside = _add_ideas(found, groups)
    _add_versions(found, groups)
    for row in _theirs(found, "cards", groups):
        said = (row[name] for name in CARD_FIELDS)
        groups[row["group_id"]].cards.append(Card(_name(row), row["territory"], *said))
    for row in _theirs(found, "confirmations", groups):
        groups[row["group_id"]].confirmed = row["digest"]
    phases = [Phase(row["key"], row["title"], row["collects"]) for row in unpack_table(found, "phases")]
    themes = {row["key"]: row["title"] for row in unpack_table(found, "themes")}
    return Gathering(themes, phases, list(groups.values()), strays, aside)


def _add_ideas(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> tuple[list[Voice], list[Voice]]:
    """Give groups their ideas and files; the ideas that no group has, and those that were put aside."""
    voices = {}
    into: dict[int, int | None] = {}
    for row in unpack_table(found, "ideas"):
        voices[row["id"]] = Voice(
            row["id"],
            row["group_id"],
            row["theme"] or "",
            row["phase"],
            _name(row),
            bool(row["anonymous"]),
            row["territory"] or "",
            row["category"],
            row["text"],
            from_micros(row["created_at"]),
            row["parent_id"],
            row["state"],
        )
        into[row["id"]] = row["merged_into"]
    voters: dict[int, set[int]] = defaultdict(set)
    for row in unpack_table(found, "votes"):
        voters[_last(row["idea_id"], into)].add(row["participant_id"])  # a voter counts once, wherever they voted
    strays, aside = [], []
    for voice in voices.values():
        voice.votes = len(voters[voice.id])
        last = _last(voice.id, into)
        if voice.state != "live":
            aside.append(voice)
        elif last != voice.id:
            voices[last].merged.append(voice)
        elif (group := groups.get(voice.group_id or 0)) is not None:
            group.ideas.append(voice)
        else:
            strays.append(voice)
    for group in groups.values():
        group.ideas.sort(key=lambda each: (-each.votes, each.at, each.id))
    for row in unpack_table(found, "files"):
        kept = Attachment(
            row["idea_id"],
            row["phase"],
            row["digest"],
            row["name"],
            row["media_type"],
            bool(row["picture"]),
            row["size"],
        )
        said = voices.get(row["idea_id"])
        if said:
            said.files.append(kept)
        if row["group_id"] in groups and (said is None or said.state == "live"):  # decks are read without ideas
            groups[row["group_id"]].files.append(kept)
    return strays, aside


def _last(idea: int, into: Mapping[int, int | None]) -> int:
    """Where an idea went in the end, of those that are there; itself if nowhere."""
    seen = {idea}
    while (target := into.get(idea)) in into and target not in seen and target is not None:
        seen.add(target)
        idea = target
    return idea


def _add_versions(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> None:
    opinions: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in unpack_table(found, "opinions"):
        opinions[row["synthesis_id"]].append((_name(row), bool(row["approves"]), row["comment"]))
    for row in _theirs(found, "syntheses", groups):
        groups[row["group_id"]].versions.append(
            Version(
                row["id"],
                row["phase"],
                _name(row),
                row["content"],
                row["state"] == "rival",
                from_micros(row["created_at"]),
                opinions[row["id"]],
            )
        )


def _theirs(found: Mapping[str, Slices], table: str, groups: Mapping[int, Group]) -> list[dict[str, Any]]:
    """The rows of these groups; those of rounds nobody was told of are read along with their neighbours."""
    return [row for row in unpack_table(found, table) if row["group_id"] in groups]


def _name(row: Mapping[str, Any]) -> str:
    return display_name(row["given_name"] or "", row["family_name"] or "")


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)

"""What is done with the results: confirming slides, making files, and choosing which lines are in prints and exports.

A digest of what slides show tells whether they have changed since a group confirmed them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.scenes import Drawing
from bot.content.texts import Localised, Name, Quote, Reader, Span, Strong, Text, _, _n
from bot.content.views import Button
from bot.conversation import journal_store
from bot.conversation.undo import author, what
from bot.database.engine import Transaction
from handlers.groups.model import Group
from handlers.groups.service.membership import group_of_the_day
from handlers.groups.store.groups import find_group
from handlers.results import hooks
from handlers.results.hooks import MoreRow, MoreSheet
from handlers.results.jobs import draw_slides_for_wall
from handlers.results.messages import Wording
from handlers.results.model import LineKey, ResultGroup, WorkshopResults, decode_snapshot
from handlers.results.store import confirmations, lines
from handlers.results.store.snapshots import read_snapshot
from handlers.syntheses.messages import filled_squares
from handlers.workshops.actions import MyDeck
from handlers.workshops.store.runs import latest_run_of_person

_MOST_CHANGES = 20_000
"""How many of the newest changes of the team are in the workbook."""

OUR_SLIDES = _("Our slides")


class ConfirmDeck(Action, code="wdc"):
    """The button by which a member confirms the group's slides.

    `digest` is the digest of the slides that the member was shown.
    """

    group: int
    digest: str


class ShowDecks(Action, code="wdl"):
    """The button that lists the groups that have not confirmed their slides. `page` is counted from 0."""

    page: int


ALL_DECKS = Button(_("Slides of the groups"), ShowDecks(0))


@dataclass(frozen=True, slots=True)
class GroupDeck:
    """The slides of one group. `group` has everything that the group wrote, and is one of the groups in `results`."""

    results: WorkshopResults
    group: ResultGroup

    @property
    def digest(self) -> str:
        """The digest of what the slides show at present."""
        return self.results.digest(self.group)

    @property
    def confirmed(self) -> bool:
        """Whether the group confirmed the slides as they are now."""
        return self.group.confirmed == self.digest

    @property
    def changed(self) -> bool:
        """Whether the slides have changed since the group confirmed them."""
        return bool(self.group.confirmed) and not self.confirmed

    @property
    def empty(self) -> bool:
        """Whether the slides would show nothing but the members of the group."""
        return self.results.is_empty(self.group)

    @property
    def title(self) -> Text:
        """The group's title."""
        theme = Localised(self.results.themes.get(self.group.theme, {}))
        short = _("{theme} {number}", theme=theme, number=self.group.number)
        return _("{group}, «{name}»", group=short, name=Name(self.group.name)) if self.group.name else short

    @property
    def open_button(self) -> Button:
        """The button that shows the slides."""
        return Button(OUR_SLIDES, MyDeck(self.group.id))

    @property
    def confirm_button(self) -> Button:
        """The button that confirms the slides as they are now."""
        return Button(_("We confirm them"), ConfirmDeck(self.group.id, self.digest), style="primary")


async def find_deck(tx: Transaction, group_id: int) -> GroupDeck | None:
    """Return what the slides of a group are made of; None if there is no group with this id, or it is unpublished."""
    return next(iter(await _decks(tx, [group_id])), None)


async def all_decks(tx: Transaction) -> Sequence[GroupDeck]:
    """Return what the slides of each published group are made of, sorted by day, theme and number."""
    return await _decks(tx, None)


async def _decks(tx: Transaction, group_ids: Sequence[int] | None) -> Sequence[GroupDeck]:
    results = decode_snapshot(await read_snapshot(tx, group_ids, ideas=False))
    return [GroupDeck(results, group) for group in results.groups]


async def confirm_deck(tx: Transaction, deck: GroupDeck, participant_id: int, now: datetime) -> None:
    """Store that a participant confirms the slides, as they are now, for the group."""
    await confirmations.put_confirmation(tx, deck.group.id, deck.digest, participant_id, to_micros(now))


def deck_lines(deck: GroupDeck) -> Sequence[Span]:
    """Return lines that sum up what the slides show; the last line says whether the slides are confirmed."""
    grid = deck.group.grid
    lines: list[Span] = [
        Strong(deck.title),
        _("Challenge: {challenge}", challenge=_written(deck, "challenge", "sentence")),
        _("Solution: {idea}", idea=_written(deck, "solution", "idea")),
    ]
    if grid.territories:
        lines.append(filled_squares(grid))
    if photos := len(deck.group.pictures):
        lines.append(_n("{count} photo", "{count} photos", photos))
    return [*lines, deck_state(deck)]


def _written(deck: GroupDeck, collects: str, field: str) -> Span:
    """Return what a field of the group's current version says, or that it is not written yet."""
    version = deck.results.current_version(deck.group, collects)
    words = version.content.get(field, "") if version else ""
    return Quote("version", f"{version.id}.{field}", words) if version and words else _("not written yet")


def deck_state(deck: GroupDeck) -> Text:
    """Return a line that says whether the slides are empty, confirmed, changed since confirmed, or unconfirmed."""
    if deck.empty:
        return _("There is nothing to show yet: write your challenge or your solution first.")
    if deck.confirmed:
        return _("Confirmed: this is what you show in the plenary.")
    if deck.changed:
        return _("They have changed since you confirmed: look again.")
    return _("They are not confirmed yet.")


async def slide_for_wall(tx: Transaction, group_id: int, alt: Span) -> Drawing | None:
    """Return the slide of a group, to be drawn for a wall; None if the group never confirmed its slides.

    If the slides were changed after the confirmation, the wall still shows the confirmed slide. `alt` is the
    alternative text.
    """
    digest = await confirmations.confirmed_digest(tx, group_id)
    if not digest:
        return None

    async def read(tx: Transaction, _reader: Reader) -> Mapping[str, Any] | None:
        deck = await find_deck(tx, group_id)
        if deck is None or deck.digest != digest:
            return None
        return {"snapshot": await read_snapshot(tx, [group_id], ideas=False)}

    return Drawing(f"slide-{group_id}-{digest}", alt, read, draw_slides_for_wall)


async def own_group(tx: Transaction, participant_id: int, today: date) -> Group | None:
    """Return the group with which a person last worked on a phase, or else their group of `today`; None if none.

    `today` is the date in the gathering's time zone.
    """
    if run := await latest_run_of_person(tx, participant_id):
        return await find_group(tx, run.group_id)
    return await group_of_the_day(tx, participant_id, today)


async def read_more_sheets(tx: Transaction, wording: Wording) -> Sequence[Mapping[str, Any]]:
    """Return the sheets that other capabilities add to the workbook, in the workbook's language, as JSON values."""
    return [
        {
            "name": wording.say(sheet.name),
            "headings": [wording.say(heading) for heading in sheet.headings],
            "rows": [
                [row.group_id, *(cell if isinstance(cell, int) else wording.say(cell) for cell in row.cells)]
                for row in sheet.rows
            ],
        }
        for sheet in (*await hooks.more_sheets(tx), await _journal(tx, wording))
        if sheet.rows
    ]


async def _journal(tx: Transaction, wording: Wording) -> MoreSheet:
    """Return the sheet of the workbook with what the team changed: day, hour, who and what."""
    rows = [
        MoreRow(
            None,
            (
                f"{wording.local(entry.done_at):%Y-%m-%d}",
                f"{wording.local(entry.done_at):%H:%M}",
                author(entry),
                _("{what} (undone)", what=what(entry)) if entry.undone else what(entry),
            ),
        )
        for entry in reversed(await journal_store.newest(tx, _MOST_CHANGES))
    ]
    return MoreSheet(_("Journal"), (_("Day"), _("Hour"), _("Who"), _("What")), rows)


def file_payload(settings: Settings, locale: str, **more: Any) -> Mapping[str, Any]:
    """Return the payload of a job that makes files in the language `locale`.

    `more` are further entries of the payload; all must be JSON values.
    """
    return {
        **settings.gathering.look(locale),
        "zone": settings.gathering.zone,
        "gathered": [settings.gathering.starts.isoformat(), settings.gathering.ends.isoformat()],
        **more,
    }


# --- lines of prints and exports


async def decide_line(tx: Transaction, key: LineKey, *, printed: bool) -> bool:
    """Include a line (an idea or another text) in all prints and exports if `printed` is True, otherwise exclude it.

    Returns False if nothing changes or the line was deleted. Walls and votes are not affected. A group's confirmation
    of its slides stays valid, because the group itself changed nothing.
    """
    line = await lines.find_line(tx, key)
    if line is None or printed == (line.state == "in"):
        return False
    deck = await find_deck(tx, line.group_id) if line.group_id is not None else None
    await lines.put_line(tx, key, printed=printed)
    await _keep_confirmed(tx, deck)
    return True


async def put_back_idea(tx: Transaction, idea_id: int, printed: int | None, group_id: int | None) -> None:
    """Store an earlier decision about printing an idea again, when a later decision is undone.

    `printed` is 1 for included, 0 for excluded, None for no decision. `group_id` is the id of the idea's group, None
    for an idea without a group.
    """
    deck = await find_deck(tx, group_id) if group_id is not None else None
    await lines.put_idea(tx, idea_id, printed)
    await _keep_confirmed(tx, deck)


async def _keep_confirmed(tx: Transaction, before: GroupDeck | None) -> None:
    """Confirm the slides of a group as they are now if they were confirmed `before`; None for no group."""
    if before is None or not before.confirmed:
        return
    after = await find_deck(tx, before.group.id)
    if after is not None and not after.confirmed:
        await confirmations.renew_confirmation(tx, after.group.id, after.digest)

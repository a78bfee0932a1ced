"""Importing the list of selected people: what it would do, one button that does all of it, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.texts import Listing, Localised, Name, Span, Strong, _, _n
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.conversation.undo import Values, changed_since, note
from bot.people.listed import Change, Difference
from bot.people.participants import Participant
from bot.people.roster import Roster
from bot.people.roster_words import COLUMNS
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.registration import importing, imports
from handlers.registration.importing import Imported, apply_roster, preview
from handlers.registration.imports import Pending, decode_people, encode_people
from handlers.themes.store import all_themes

routes = Routes()

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Import(Action):
    """Open the form that asks for the file."""

    code: ClassVar[str] = "om"


@dataclass(frozen=True, slots=True)
class ImportNow(Action):
    """Do what was shown."""

    code: ClassVar[str] = "omy"
    pending: int


@dataclass(frozen=True, slots=True)
class TakeBackImport(Action):
    """The inverse: the people added go, those changed are as before."""

    code: ClassVar[str] = "im"


async def offer(tx: Transaction, organiser: Participant, roster: Roster, now: datetime) -> View:
    """What importing a list would do, and the button that does it; the list is kept for it from `now` on."""
    difference = await preview(tx, roster)
    lines = await _summary(tx, difference)
    if roster.ignored:
        columns = Listing(tuple(Name(heading) for heading in roster.ignored))
        lines.append(_("Columns I do not know and leave out: {columns}.", columns=columns))
    if roster.whole_names:
        lines.append(_("Names stand in one column: the first word of each is taken for the given name."))
    if not (difference.new or difference.changed):
        return View((*lines, _("There is nothing to import.")), (BACK,))
    pending = Pending(roster.people, importing.digest(difference))
    pending_id = await imports.add(tx, organiser.id, pending, now)
    return View(tuple(lines), (Button(_("Import"), ImportNow(pending_id), style="primary"), BACK))


async def _summary(tx: Transaction, difference: Difference) -> list[Span]:
    lines: list[Span] = [
        Strong(
            _(
                "New: {new}. Changed: {changed}. Unchanged: {unchanged}.",
                new=len(difference.new),
                changed=len(difference.changed),
                unchanged=len(difference.unchanged),
            )
        ),
        *(_changed(change) for change in difference.changed[:_SHOWN]),
    ]
    if difference.absent:
        lines.append(
            _n(
                "{count} person is not on this list and stays.",
                "{count} people are not on this list and stay.",
                len(difference.absent),
            )
        )
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(tx)}
    for key, count in (await importing.without_place(tx, difference)).items():
        lines.append(_("{theme}: no place left for {count}, who will wait.", theme=titles[key], count=count))
    return lines


def _changed(change: Change) -> Span:
    return _(
        "{name}: {fields}",
        name=Name(f"{change.after.given_name} {change.after.family_name}".strip()),
        fields=Listing(tuple(COLUMNS["country" if each == "territory" else each] for each in change.fields)),
    )


@routes.action(ImportNow, who=ORGANISER)
async def import_now(request: Request, action: ImportNow) -> Reply:
    """Import the list, if that still does what was shown; otherwise show what it would do now."""
    pending = await imports.find(request.tx, action.pending, request.now)
    if pending is None:
        raise UserError(
            _("This list was imported already, or sent more than a day ago."),
            buttons=(Button(_("Import a list"), Import()), BACK),
        )
    roster = Roster(tuple(pending.people))
    await imports.remove(request.tx, action.pending)
    if importing.digest(await preview(request.tx, roster)) != pending.digest:
        view = await offer(request.tx, request.participant, roster, request.now)
        return with_lines_first(Reply(view), _("People were changed meanwhile: this is what importing would do now."))
    imported = await apply_roster(request.tx, roster, request.now)
    said = _(
        "List imported: {added} added, {changed} changed", added=len(imported.added), changed=len(imported.changed)
    )
    undo = await note(request, "import", said, TakeBackImport(), _kept(imported))
    waiting = (
        (_n("{count} person waits for a place.", "{count} people wait for a place.", imported.waiting),)
        if imported.waiting
        else ()
    )
    return reply(Strong(said), *waiting, buttons=(undo, BACK))


def _kept(imported: Imported) -> Values:
    return {
        "added": [[each, *encode_people([person])] for each, person in imported.added.items()],
        "changed": [
            [each, *encode_people([change.before, change.after]), list(change.fields)]
            for each, change in imported.changed.items()
        ],
    }


@inverses.declare(TakeBackImport)
async def take_back_import(request: Request, _action: TakeBackImport, values: Values) -> None:
    """Undo an import, whole or not at all."""
    added = [(each, *decode_people([person])) for each, person in values["added"]]
    changed = []
    for each, *stored, names in values["changed"]:
        before, after = decode_people(stored)
        changed.append((each, Change(before, after, tuple(names))))
    if not await importing.take_back(request.tx, added, changed, request.now):
        raise changed_since()

"""Screens to import the list of selected people: a job reads the file, and organisers confirm what it would change.

An import can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from bot.clock import from_micros
from bot.content.errors import UserError
from bot.content.forms import Form, Upload, upload
from bot.content.texts import Listing, Localised, Person, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation.preloading import Perform, PerformWithin
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.conversation.undo import Values, changed_since, record_change
from bot.files.pending_import_store import PendingImport
from bot.people.listed import PersonChange, RosterDifference
from bot.people.participants import Participant
from bot.people.roster import ASKED, MOST_BYTES, NAMES, Roster
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.importing import correct_first, left_out, read_in_job
from handlers.navigation.layout import SMALLER_FILE
from handlers.navigation.staying import must_stay
from handlers.navigation.tables import to_fill_in
from handlers.registration import service, store
from handlers.registration.jobs import read_list
from handlers.registration.organiser.invitations import show_invitations
from handlers.registration.service import Imported, ImportPlan, list_rules, preview_import
from handlers.registration.store import decode_people, encode_people
from handlers.themes.store import all_themes

routes = Routes()

_SHOWN = 10


async def offer(tx: Transaction, organiser: Participant, roster: Roster, now: datetime) -> View:
    """Return a message that tells what importing a list would do, with the button to confirm it.

    `roster` is the list; it is stored for that button for a day from `now`. If it would change nothing, there is no
    button.
    """
    difference = await preview_import(PerformWithin(tx), listed=roster)
    lines = [*await _summary(tx, difference), *left_out(roster.ignored)]
    if roster.whole_names:
        lines.append(_("Names are in one column: I take the first word of each as the first name."))
    if not (difference.new or difference.changed):
        return View((*lines, _("There is nothing to import.")), (BACK,))
    pending = PendingImport(roster.people, service.digest_import(difference))
    pending_id = await store.PENDING_LISTS.add(tx, organiser.id, pending, now)
    return View(tuple(lines), (Button(_("Import"), import_now.to(pending_id), style="primary"), BACK))


async def _summary(tx: Transaction, difference: RosterDifference) -> list[Span]:
    shown = difference.changed[:_SHOWN]
    known = await store.listed_by_ref(tx, [change.after.ref for change in shown]) if shown else {}
    lines: list[Span] = [
        Strong(
            _(
                "New: {new}. Changed: {changed}. Unchanged: {unchanged}.",
                new=len(difference.new),
                changed=len(difference.changed),
                unchanged=len(difference.unchanged),
            )
        ),
        *(_changed(known[change.after.ref].id, change) for change in shown),
    ]
    if difference.absent:
        lines.append(
            _n(
                "{count} person is not on this list and stays.",
                "{count} people are not on this list and stay.",
                difference.absent,
            )
        )
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(tx)}
    for key, count in (await service.without_place(tx, difference)).items():
        lines.append(_("{theme}: no place left for {count}, who will wait.", theme=titles[key], count=count))
    return lines


def _changed(participant_id: int, change: PersonChange) -> Span:
    return _(
        "{name}: {fields}",
        name=Person(participant_id, "full", change.before.full_name),  # as they are called until it is imported
        fields=Listing(tuple(NAMES["country" if field == "territory" else field] for field in change.fields)),
    )


@routes.press("omy", who=ORGANISER)
async def import_now(request: Request, pending: int) -> Reply:
    """Import a list that was read and is stored under the id `pending`.

    If people were changed meanwhile, so that the effect would no longer be what was shown, confirmation is asked again.
    """
    await must_stay(request)
    planned = await request.preload(("import", pending), partial(_plan, pending_id=pending, now=request.now))
    if planned is not None and not planned.roster.people:
        raise UserError(
            _(
                "Nothing was imported: this list names someone whose data were erased since, or somebody with"
                " the same name. Check it, and send it again."
            ),
            buttons=(Button(_("Import a list"), take_list.to(), style="primary"), BACK),
        )
    if planned is None or not await store.PENDING_LISTS.drop(request.tx, pending):
        raise UserError(
            _("This list was imported already, or sent more than a day ago."),
            buttons=(Button(_("Import a list"), take_list.to()), BACK),
        )
    if not planned.as_shown or not await service.still_holds(request.tx, planned.plan):
        view = await offer(request.tx, request.participant, planned.roster, request.now)
        return with_lines_first(Reply(view), _("People were changed meanwhile: this is what importing would do now."))
    imported = await service.carry_out(request.tx, planned.plan, request.now)
    said = _(
        "List imported: {added} added, {changed} changed", added=len(imported.added), changed=len(imported.changed)
    )
    undo = await record_change(request, "import", said, take_back_import.to(), _kept(planned, imported))
    waiting = (
        (_n("{count} person waits for a place.", "{count} people wait for a place.", imported.waiting),)
        if imported.waiting
        else ()
    )
    return reply(Strong(said), *waiting, buttons=(undo, BACK))


@dataclass(frozen=True, slots=True)
class _Planned:
    """A list that waits to be imported, what importing it changes, and whether that is what the organiser was shown.

    A list that was emptied, because it named somebody who was erased, has nobody. `before` and `after` are the people
    changed, as they are stored for undoing.
    """

    roster: Roster
    plan: ImportPlan
    as_shown: bool
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]


async def _plan(perform: Perform, *, pending_id: int, now: datetime) -> _Planned | None:
    """Return what importing a waiting list would do; None if it was imported already, or waited for too long."""
    pending = await perform(partial(store.PENDING_LISTS.find, pending_id=pending_id, now=now))
    if pending is None:
        return None
    roster = Roster(tuple(pending.items))
    plan = await service.plan_import(perform, listed=roster)
    difference = plan.difference
    return _Planned(
        roster,
        plan,
        service.digest_import(difference) == pending.digest,
        encode_people(change.before for change in difference.changed),
        encode_people(change.after for change in difference.changed),
    )


def _kept(planned: _Planned, imported: Imported) -> Values:
    return {
        "added": [[*known] for known in zip(imported.added, planned.plan.marks, strict=True)],
        "changed": [
            [person_id, before, after, list(change.fields)]
            for (person_id, change), before, after in zip(
                imported.changed.items(), planned.before, planned.after, strict=True
            )
        ],
    }


@inverses.declare("im")
async def take_back_import(request: Request, values: Values) -> None:
    """Undo an import, unless a person it added has joined or a person it changed was changed again."""
    # Noted by an older version, the whole person stands in the place of their mark.
    added = [
        (person_id, known if isinstance(known, str) else service.mark_person(*decode_people([known])))
        for person_id, known in values["added"]
    ]
    changed = []
    for person_id, *stored, names in values["changed"]:
        before, after = decode_people(stored)
        changed.append((person_id, PersonChange(before, after, tuple(names))))
    if not await service.undo_import(request.tx, added, changed, request.now):
        raise changed_since()


# --- Reading the list of selected people that an organiser sends: a job, whose result is what importing would do.


class ImportForm(Form):
    """The form for the file with the list of selected people."""

    title: ClassVar[Text] = _("Import a list")
    file: Upload = upload(
        _("The list of selected people"),
        endings=(".csv", ".xlsx"),
        max_bytes=MOST_BYTES,
        hint=_("CSV or XLSX. Before anything is imported, you see what it would do."),
    )


@routes.form("om", ImportForm, who=ORGANISER, check=must_stay)
async def take_list(request: Request, form: ImportForm) -> Reply:
    """Start the job that reads the sent file; the result is sent as a message (see `list_is_read`)."""
    await must_stay(request)
    rules = list_rules(await all_themes(request.tx), request.settings)
    return read_in_job(request, "list", form.file, rules, (BACK,))


async def offer_lists(request: Request) -> View:
    """Return a part of the organisers' home screen with buttons for invitations and for importing a list.

    If nobody is selected yet, there is also a button for an empty table.
    """
    people = await people_store.turnout(request.tx)
    invite = (Button(_("Invitations"), show_invitations.to()),) if people.invited else ()
    model = () if people.selected else (Button(_("A list to fill in"), list_to_fill_in.to()),)
    return View((), (*invite, Button(_("Import a list"), take_list.to()), *model))


@routes.press("oml", who=ORGANISER)
async def list_to_fill_in(request: Request) -> Reply:
    """Return an empty table with all known columns in the reader's language, and tell which columns are required."""
    required = Listing(tuple(column.name for column in ASKED if column.required))
    return reply(
        _("One line a person. Must be filled: {columns}.", columns=required),
        file=to_fill_in(_("list.csv"), ASKED, request.reader),
        buttons=(Button(_("Import a list"), take_list.to(), style="primary"), BACK),
        fresh=True,
    )


@routes.job("list", work=read_list, instead=SMALLER_FILE)
async def list_is_read(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message about a list that was read: what importing it would do, or what must be corrected in it."""
    roster: Roster = result["roster"]
    if roster.problems:
        heading = _n(
            "Nothing can be imported: {count} thing to correct in the list.",
            "Nothing can be imported: {count} things to correct in the list.",
            len(roster.problems),
        )
        empty = Button(_("A list to fill in"), list_to_fill_in.to())
        return correct_first(heading, roster.problems, result["file"], take_list.to(), empty, BACK)
    return await offer(tx, organiser, roster, from_micros(result["sent"]))

"""The organisers' import of a programme: a job reads the file, its changes are shown, and a button makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from bot.clock import from_micros
from bot.content.errors import UserError
from bot.content.forms import Form, Upload, upload
from bot.content.texts import Listing, Localised, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation.preloading import PerformWithin
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.files.pending_import_store import PendingImport
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.navigation.importing import correct_first, left_out, not_read, read_in_job
from handlers.navigation.layout import SMALLER_FILE
from handlers.navigation.tables import to_fill_in
from handlers.programme import service, store
from handlers.programme.actions import SESSIONS
from handlers.programme.files.parsing import MOST_BYTES, Programme
from handlers.programme.files.table import COLUMNS
from handlers.programme.jobs import read_file
from handlers.programme.messages import difference
from handlers.programme.model import Plan, ProgrammeDifference, Session
from handlers.programme.organiser.editing import saved, will_be_told

routes = Routes()

_SHOWN = 10


class ProgrammeForm(Form):
    """The form for sending a programme as a file."""

    title: ClassVar[Text] = _("Import a programme")
    file: Upload = upload(
        _("The programme"),
        endings=(".ics", ".csv", ".xlsx", ".ods"),
        max_bytes=MOST_BYTES,
        hint=_("A calendar (.ics), CSV, Excel or LibreOffice. Before anything changes, you see what it would do."),
    )


@routes.form("yi", ProgrammeForm, who=ORGANISER)
async def take_file(request: Request, form: ProgrammeForm) -> Reply:
    """Start the job that reads the sent file. A message with the result follows (see `file_is_read`)."""
    rules = await service.file_rules(request.tx, request.settings)
    return read_in_job(request, "programme", form.file, rules, (SESSIONS, BACK))


@routes.press("yif", who=ORGANISER)
async def programme_to_fill_in(request: Request) -> Reply:
    """Send an empty table with all columns in the reader's language, and say which columns must be filled."""
    required = Listing(tuple(column.name for column in COLUMNS if column.required))
    return reply(
        _("One line a session. Must be filled: {columns}.", columns=required),
        file=to_fill_in(_("programme.csv"), COLUMNS, request.reader),
        buttons=(Button(_("Import a programme"), take_file.to(), style="primary"), SESSIONS, BACK),
        fresh=True,
    )


@routes.job("programme", work=read_file, instead=SMALLER_FILE)
async def file_is_read(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message after a programme's file was read.

    It shows the mistakes in the file or, without mistakes, what importing would change, with buttons to import it.
    """
    found: Programme = result["programme"]
    if found.problems:
        heading = _n(
            "Nothing can be imported: {count} thing to correct in the programme.",
            "Nothing can be imported: {count} things to correct in the programme.",
            len(found.problems),
        )
        empty = Button(_("A table to fill in"), programme_to_fill_in.to())
        return correct_first(heading, found.problems, result["file"], take_file.to(), empty, SESSIONS, BACK)
    return await _offer(
        tx, organiser, found.plans, (*left_out(found.ignored), *not_read(found.aside)), from_micros(result["sent"])
    )


async def _offer(
    tx: Transaction, organiser: Participant, plans: Sequence[Plan], remarks: Sequence[Span], now: datetime
) -> View:
    """Store a programme that was read, and return the view of what importing it would change, with buttons to import.

    `remarks` say what of its file was not read. If the import would change nothing, the programme is not stored.
    """
    difference = await service.preview_import(tx, plans, now)
    said = [*_summary(difference), *remarks]
    if not (difference.new or difference.changed or difference.missing):
        return View((*said, _("There is nothing to import.")), (SESSIONS, BACK))
    concerned = await service.count_concerned(
        PerformWithin(tx),
        changes=[(change.before, change.after) for change in difference.changed],
        now=now,
        by=organiser.id,
    )
    if difference.changed:
        said.append(will_be_told(concerned))
    pending = PendingImport(plans, service.digest_import(difference))
    pending_id = await store.PENDING_PROGRAMMES.add(tx, organiser.id, pending, now)
    buttons: list[Button] = []
    if difference.new or difference.changed:
        # L10N: a button, a verb: take in what the file says
        buttons.append(Button(_("Import"), import_now.to(pending_id, False), style="primary"))
    if difference.missing:
        label = _("Import, cancel the missing") if buttons else _("Cancel the missing")
        buttons.append(Button(label, import_now.to(pending_id, True), style="danger"))
    return View(tuple(said), (*buttons, SESSIONS, BACK))


def _summary(found: ProgrammeDifference) -> Iterable[Span]:
    yield Strong(
        _(
            "Sessions: {new} new, {changed} changed, {unchanged} as before.",
            new=len(found.new),
            changed=len(found.changed),
            unchanged=found.unchanged,
        )
    )
    for plan in found.new[:_SHOWN]:
        yield _("New: {title}, {time}", title=Localised(plan.title), time=Moment(plan.starts))
    for change in found.changed[:_SHOWN]:
        yield difference(change.before.plan, change.after)
    if found.missing:
        yield _n(
            "{count} session is no longer in this file, and stays unless you cancel it: {titles}.",
            "{count} sessions are no longer in this file, and stay unless you cancel them: {titles}.",
            len(found.missing),
            titles=_titles(found.missing),
        )
    if found.still_cancelled:
        yield _n(
            "{count} session was cancelled here and stays cancelled: {titles}.",
            "{count} sessions were cancelled here and stay cancelled: {titles}.",
            len(found.still_cancelled),
            titles=_titles(found.still_cancelled),
        )


def _titles(found: Sequence[Session]) -> Listing:
    titles = [Localised(session.plan.title) for session in found[:_SHOWN]]
    return Listing((*titles, "…") if len(found) > _SHOWN else tuple(titles))


@routes.press("yiy", who=ORGANISER)
async def import_now(request: Request, pending_id: int, cancel: bool) -> Reply:
    """Import the programme, notify people, and show the result with a button to undo the import.

    `pending_id` is the id of the stored programme. With `cancel`, sessions that are missing in its file are cancelled.

    If sessions changed since the preview, nothing is imported: the reply shows what importing would change now. Raises
    UserError if the programme was imported already or was sent more than a day ago.
    """
    pending = await store.PENDING_PROGRAMMES.take(request.tx, pending_id, request.now)
    if pending is None:
        raise UserError(
            _("This programme was imported already, or sent more than a day ago."),
            buttons=(Button(_("Import a programme"), take_file.to()), SESSIONS, BACK),
        )
    difference = await service.preview_import(request.tx, pending.items, request.now)
    if service.digest_import(difference) != pending.digest:
        view = await _offer(request.tx, request.participant, pending.items, (), request.now)
        return with_lines_first(Reply(view), _("Sessions changed meanwhile: this is what importing would do now."))
    moved = await service.apply_programme(
        request.tx,
        pending.items,
        request.now,
        request.settings.gathering.hours,
        cancel_missing=cancel,
        by=request.participant.id,
    )
    said = _("Programme imported: {added} new, {changed} changed", added=len(moved.added), changed=len(moved.sessions))
    return await saved(request, moved, "programme", said, SESSIONS, BACK)


async def offer_form(request: Request) -> Sequence[Button]:  # noqa: ARG001 - what a hook gives
    """Return the button that opens the form for a programme, for an organiser who sent a table without being asked."""
    # L10N: a button: what a table is that somebody sent
    return (Button(_("A programme"), take_file.to()),)

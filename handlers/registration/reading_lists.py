"""Reading the list of selected people that an organiser sends: a job, whose result is what importing would do.

Nothing is imported here, nor anything offered for it while a line is wrong.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.clock import from_micros, to_micros
from bot.content.actions import Action
from bot.content.forms import Form, Upload, upload
from bot.content.texts import Listing, Name, Strong, Text, _, _n
from bot.content.views import Button, File, JobRequest, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.participants import Participant
from bot.people.roster import MOST_BYTES, REQUIRED, Rejected, Roster
from bot.people.roster_words import COLUMNS, explain
from handlers.navigation import overview
from handlers.navigation.actions import BACK
from handlers.navigation.layout import SMALLER_FILE
from handlers.navigation.tables import to_fill_in
from handlers.registration.importing import rules
from handlers.registration.importing_screen import Import, offer
from handlers.registration.invitations import ShowInvitations
from handlers.registration.jobs import read_list
from handlers.themes.store import all_themes

routes = Routes()

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ImportForm(Form):
    """The list of selected people."""

    title: ClassVar[Text] = _("Import a list")
    file: Upload = upload(  # noqa: RUF009 - declares a field, and is the same for all
        _("The list of selected people"),
        endings=(".csv", ".xlsx"),
        max_bytes=MOST_BYTES,
        hint=_("CSV or XLSX; nothing is imported before you have seen what it would do."),
    )


@routes.action(Import, who=ORGANISER, form=ImportForm)
async def take_file(request: Request, _action: Import, form: ImportForm) -> Reply:
    """Have the file read: thousands of lines take longer than a transaction may."""
    payload = {
        "content": b64encode(form.file.content).decode(),
        "name": form.file.name,
        "rules": rules(await all_themes(request.tx), request.settings),
        "reader": [request.locale, request.settings.gathering.zone],
        "sent": to_micros(request.now),
    }
    return reply(
        _("I am reading «{name}». What importing it would do comes in a moment.", name=Name(form.file.name)),
        buttons=(BACK,),
        job=JobRequest("list", payload),
        fresh=True,
    )


@dataclass(frozen=True, slots=True)
class ListToFillIn(Action):
    """The list of selected people as an empty table."""

    code: ClassVar[str] = "oml"


async def offer_lists(request: Request) -> View:
    """Invitations and the list of selected people, as a part of the organisers' screen; a model where nobody is."""
    people = await overview.turnout(request.tx)
    invite = (Button(_("Invitations"), ShowInvitations()),) if people.invited else ()
    model = () if people.selected else (Button(_("A list to fill in"), ListToFillIn()),)
    return View((), (*invite, Button(_("Import a list"), Import()), *model))


@routes.action(ListToFillIn, who=ORGANISER)
async def list_to_fill_in(request: Request, _action: ListToFillIn) -> Reply:
    """A table with every column that is understood, in the reader's language, and which of them must be filled."""
    return reply(
        _("One line a person. Must be filled: {columns}.", columns=Listing(tuple(COLUMNS[each] for each in REQUIRED))),
        file=to_fill_in(_("list.csv"), COLUMNS, request.reader),
        buttons=(Button(_("Import a list"), Import(), style="primary"), BACK),
        fresh=True,
    )


@routes.job("list", work=read_list, instead=SMALLER_FILE)
async def list_is_read(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """What importing the list would do, or everything that is wrong with it."""
    roster: Roster = result["roster"]
    if roster.rejected:
        return _rejected(roster.rejected, result["file"])
    return await offer(tx, organiser, roster, from_micros(result["sent"]))


def _rejected(rejected: tuple[Rejected, ...], file: File | None) -> View:
    return View(
        (
            Strong(
                _n(
                    "Nothing can be imported: {count} thing to correct in the list.",
                    "Nothing can be imported: {count} things to correct in the list.",
                    len(rejected),
                )
            ),
            *(_located(each) for each in rejected[:_SHOWN]),
        ),
        (
            Button(_("Send it again"), Import(), style="primary"),
            *(() if file else (Button(_("A list to fill in"), ListToFillIn()),)),
            BACK,
        ),
        attachments=(file,) if file else (),
    )


def _located(rejected: Rejected) -> Text:
    if not rejected.line:
        return explain(rejected)
    return _("Line {line}: {reason}", line=rejected.line, reason=explain(rejected))

"""A capability as an example: readers of applications, for some territories, named by offices; organisers read none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from bot.capability import Capability
from bot.content.actions import Action
from bot.content.forms import Form, text
from bot.content.roles import Role, Scope
from bot.content.territories import parse_territory
from bot.content.texts import Span, Territory, Text, _
from bot.content.views import Button, File, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation import live_screens
from bot.conversation.routes import Go, Request, Routes, menu_part
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import role_store
from bot.people.participants import Participant
from handlers.navigation import sections

MARK = "Mireille would like to come"
"""What only readers may read, wherever it stands."""


async def _territory(_tx: Transaction, scope: str) -> Span:
    return Territory(scope)


async def _offered(_tx: Transaction) -> Sequence[str]:
    return ["CA-QC", "FR", "BE"]


OFFICE = Role("office", _("Offices"), organisers_too=False)
READER = Role(
    "reader",
    _("Readers"),
    scope=Scope(takes=lambda scope: parse_territory(scope) == scope, words=_territory, offered=_offered),
    given_by=OFFICE,
    organisers_too=False,
)
HELPER = Role("helper", _("Helpers at the door"))
"""What organisers may do without being given it."""

routes = Routes()


class OpenApplications(Action, code="ux"):
    """The button that shows applications."""


class NoteForm(Form):
    """A field for readers."""

    title: ClassVar[Text] = _("Roles")
    words: str = text(_("Name"), max_length=100)


@routes.press(OpenApplications, who=READER)
async def show(request: Request) -> Reply:
    """The list of applications, for a reader's territories."""
    scopes = await role_store.scopes_of(request.tx, request.participant.id, READER.key)
    buttons = (
        Button("A note", write.to()),
        Button("A file", send_file.to()),
        Button("All of it", make_file.to()),
        Button("Follow it", follow.to()),
    )
    return reply(MARK, *(Territory(scope) for scope in scopes), buttons=buttons)


@routes.command("dossiers", _("Roles"), who=READER, plain_words=_("Readers"))
async def show_by_command(request: Request) -> Reply:
    """The same, typed."""
    return await show(request)


async def _noted(_request: Request) -> Mapping[str, str]:
    return {"words": MARK}


@routes.form("uxf", NoteForm, who=READER, prefill=_noted)
async def write(_request: Request, form: NoteForm) -> Reply:
    """What a reader writes."""
    return reply(MARK, form.words)


@routes.press("uxd", who=READER)
async def send_file(_request: Request) -> Reply:
    """An answer that holds a file."""
    return reply("A file", file=File("a.csv", MARK.encode()), fresh=True)


@routes.press("uxj", who=READER)
async def make_file(_request: Request) -> Reply:
    """A file that another process makes."""
    return reply_with_job("A moment.", job=JobRequest("applications", {}), buttons=())


def draw(_payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the job makes."""
    return {"content": MARK}


@routes.job("applications", work=draw)
async def hand_over(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """The result of the job, for whoever is a reader still."""
    return View((MARK,), attachments=(File("all.csv", result["content"].encode()),))


@routes.live_screen("applications", who=READER)
async def live(_tx: Transaction, _subject: str, _now: datetime) -> View:
    """A list that is kept up to date."""
    return View((f"{MARK}, live",))


@routes.press("uxl", who=READER)
async def follow(request: Request) -> Reply:
    """Show the list that follows."""
    await request.show_below("applications:1")
    return reply("Below.")


@routes.press("uxh", who=HELPER)
async def welcome(_request: Request) -> Reply:
    """What a helper does, and an organiser."""
    return reply("Welcome them")


async def tell_readers(tx: Transaction, people: Sequence[int], now: datetime) -> None:
    """Tell people of an application, as if they all were readers."""
    for person in people:
        await outbox.notify(tx, person, View((f"{MARK}, told",), who=READER), now, outbox.Telling.ANSWER)


async def redraw(tx: Transaction) -> None:
    """Have the list that follows drawn anew."""
    await live_screens.touch(tx, "applications:1")


APPLICATIONS = Capability(
    routes=(routes,),
    roles=(OFFICE, READER, HELPER),
    menu=(menu_part(sections.NOW, 91, Button(MARK, Go("dossiers")), who=READER),),
)
CODES = ("ux", "uxf", "uxd", "uxj", "uxl", "go-dossiers")
"""What begins the payloads of everything that is for readers."""

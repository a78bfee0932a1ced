"""Privacy: what is kept and why, seeing it, and being forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot import limits
from bot.actions import Action
from bot.clock import to_micros
from bot.erasure import erase
from bot.errors import Stale
from bot.privacy import export_person
from bot.routes import ANYONE, Go, Request, Routes
from bot.texts import Span, Strong, _
from bot.views import Button, File, Reply, reply
from handlers.joining import data_countries, retention_end
from handlers.themes import ASK, HOME

routes = Routes()

_MINUTE = 60_000_000
_MEANT_FOR = 10
"""Minutes a confirmation stays good: an old message must not erase anyone by a stray tap."""

_ERASE = Button(_("Erase everything"), Go("effacer"), style="danger")
_SEE = Button(_("See my data"), Go("mesdonnees"))


@dataclass(frozen=True, slots=True)
class Erase(Action):
    """Ask once more before erasing; with or without what one wrote."""

    code: ClassVar[str] = "er"
    texts: bool


@dataclass(frozen=True, slots=True)
class EraseNow(Action):
    """Erase, if the minute it was asked in is not long gone."""

    code: ClassVar[str] = "ery"
    texts: bool
    minute: int


@routes.command(
    "confidentialite",
    _("Your data: what, why, until when"),
    names={"en": "privacy", "de": "datenschutz"},
    who=ANYONE,
    said=_("privacy, data protection"),
)
async def show_privacy(request: Request) -> Reply:
    """What is kept, why, until when, where, and whom to ask."""
    gathering = request.settings.gathering
    if gathering.privacy_contact:
        contact: Span = _("Questions about your data: {contact}.", contact=gathering.privacy_contact)
    else:
        contact = _("Questions about your data: write to the team with /equipe.")
    return reply(
        Strong(_("Your data")),
        _("What: what you or the organisers said of you, your accounts, language, theme, questions and ideas."),
        _("Why: to prepare and run {gathering} with you, and nothing else.", gathering=gathering.name),
        _(
            "Signed or not, we store whose idea it is, so that you can change it. Unsigned, you are named nowhere"
            " others read."
        ),
        _("Until: {date}. The numbers of messages that arrive: two days.", date=retention_end(request)),
        _(
            "Where: {countries}. Telegram and Discord also keep what goes through them.",
            countries=data_countries(request),
        ),
        contact,
        buttons=(_SEE, _ERASE, ASK, HOME) if request.person else (HOME,),
    )


@routes.command(
    "mesdonnees",
    _("Everything kept about you, as a file"),
    names={"en": "mydata", "de": "meinedaten"},
    said=_("my data"),
)
async def hand_over(request: Request) -> Reply:
    """The document, at once."""
    person = request.participant
    await limits.not_too_many_documents(request.tx, person, request.now)
    content = await export_person(request.tx, person.id, request.now)
    return reply(
        _("Here is everything we keep about you."),
        file=File(f"rencontres-{person.id}.json", content, "application/json"),
        buttons=(Button(_("Privacy"), Go("confidentialite")), HOME),
        fresh=True,
    )


@routes.command(
    "effacer",
    _("Erase everything about you"),
    names={"en": "erase", "de": "loeschen"},
    said=_("erase, erase my data, delete my data, delete my account"),
)
async def ask_what_to_erase(_request: Request) -> Reply:
    """What goes, and whether what the person wrote goes too."""
    return reply(
        _("Erase everything about you, on all your accounts? Your place goes to someone else. Nobody can undo this."),
        _("What you asked the team and your ideas can stay without your name, for others to learn from, or go too."),
        buttons=(
            Button(_("Erase my texts too"), Erase(True), style="danger"),
            Button(_("Keep my texts, without my name"), Erase(False), style="danger"),
            _SEE,
            Button(_("Keep my profile"), Go("moi")),
        ),
    )


@routes.action(Erase)
async def ask_again(request: Request, action: Erase) -> Reply:
    """The second question."""
    return reply(
        _("Really erase everything now?"),
        buttons=(
            Button(_("Yes, erase me"), EraseNow(action.texts, _minute(request)), style="danger"),
            Button(_("No, keep my profile"), Go("moi")),
        ),
    )


@routes.action(EraseNow)
async def erase_now(request: Request, action: EraseNow) -> Reply:
    """Forget the person. From here on they are a stranger."""
    if not 0 <= _minute(request) - action.minute <= _MEANT_FOR:
        raise Stale
    await erase(request.tx, request.participant.id, request.now, texts=action.texts, files=request.files)
    request.person, request.account = None, replace(request.account, id=None)
    return reply(
        _("Everything about you is erased."),
        _("Thank you for having been part of it."),
    )


def _minute(request: Request) -> int:
    return to_micros(request.now) // _MINUTE

"""Screens about privacy: what is stored about the person and why, getting a copy, and being erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.config import purpose_store
from bot.config.purpose_store import is_over
from bot.config.purposes import PARTICIPATION, Purpose
from bot.content.errors import Stale, UserError, existing
from bot.content.stored_texts import encode
from bot.content.stored_views import LARGEST_FILE
from bot.content.texts import Moment, Span, Strong, _, _n
from bot.content.views import Button, File, JobRequest, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ANYONE, Go, Request, Routes, Transaction
from bot.membership import agreement_store, waiting_erasure_store
from bot.membership.erasure import erase
from bot.people import limits
from bot.people.declared import Declared
from bot.people.document import collect
from bot.people.participants import Participant
from handlers.ideas.actions import MyFiles
from handlers.ideas.store.files import files_of_author
from handlers.navigation import ends
from handlers.navigation.actions import ASK, HOME
from handlers.privacy import jobs
from handlers.privacy.jobs import make_files
from handlers.privacy.messages import until
from handlers.privacy.organiser import DATES
from handlers.registration.messages import data_countries, day_of

routes = Routes()

_MINUTE = 60_000_000
_MEANT_FOR = 10
"""How many minutes the button to erase works, so that a tap on an old message erases nobody."""

_ERASE = Button(_("Erase everything"), Go("effacer"), style="danger")
_SEE = Button(_("See my data"), Go("mesdonnees"))


@routes.command(
    "confidentialite",
    _("Your data: what, why, until when"),
    names={"en": "privacy", "de": "datenschutz"},
    who=ANYONE,
    plain_words=_("privacy, data protection"),
)
async def show_privacy(request: Request) -> Reply:
    """Show what is stored about people, why, until when and where, with buttons to get one's own data or be erased.

    People who agreed that data are kept for another purpose are told so, and can withdraw their agreement, except in a
    new browser.
    """
    gathering = request.settings.gathering
    told = request.person is not None and not request.waits
    holding = await _holding(request) if told else ()
    more = [each for each in holding if each[0] is not PARTICIPATION]
    because = await _because_of_others(request, holding) if told else ()
    part = await ends.effective_end(request.tx, request.settings, PARTICIPATION, request.now)
    if gathering.privacy_contact:
        contact: Span = _("Questions about your data: {contact}.", contact=gathering.privacy_contact)
    else:
        contact = _("Questions about your data: write to the team with /equipe.")
    return reply(
        Strong(_("Your data")),
        _("What: what you or the organisers said about you, your accounts, language, theme, questions and ideas."),
        _("Why: to prepare and run this gathering with you, and for what you agreed to besides.")
        if more
        else _("Why: to prepare and run this gathering with you, and nothing else."),
        _(
            "Signed or not, we store whose idea it is, so that you can change it. If you do not sign it, nobody else"
            " sees your name."
        ),
        *(until(each, end) for each, end in (holding if more else ())),
        *because,
        _(
            "Until: {date}. The numbers of messages that arrive: two days.",
            date=day_of(gathering, max((end for _each, end in holding), default=part)),
        ),
        *_backups(request),
        _(
            "Where: {countries}. Telegram and Discord also keep what goes through them.",
            countries=data_countries(gathering),
        ),
        contact,
        buttons=(_SEE, _ERASE, *_to_take_back(more), *((DATES,) if request.person.organises else ()), ASK, HOME)
        if request.person
        else (HOME,),
    )


@routes.command(
    "mesdonnees",
    _("Everything kept about you, as a file"),
    names={"en": "mydata", "de": "meinedaten"},
    plain_words=_("my data"),
)
async def hand_over(request: Request) -> Reply:
    """Start the job that collects everything stored about the person; its files are sent in a message afterwards.

    The reply shows the purposes with their last days, and buttons to withdraw consents. A second press within 20
    seconds starts no other job. Raises UserError after too many requests.
    """
    request.require_owner()  # nor is it told there whether a copy is on its way
    person, reader = request.participant, request.reader
    holding = await _holding(request)
    coming = reply(
        _("Your data is being gathered. It comes in a moment."),
        *[
            _(
                "{purpose}, until {date}. {basis}",
                purpose=each.words,
                basis=each.basis,
                date=day_of(request.settings.gathering, end),
            )
            for each, end in holding
        ],
        *await _because_of_others(request, holding),
        *_backups(request),
        buttons=(*_to_take_back(holding), HOME),
        fresh=True,
    )
    if await limits.document_is_coming(request.tx, person, request.now):
        return coming
    await limits.not_too_many_documents(request.tx, person, request.now)
    asked = {
        "person": person.id,
        "at": request.now.isoformat(),
        "reader": [reader.locale, reader.zone],
        "gathering": request.settings.gathering.name,
        "purposes": {purpose.key: encode(purpose.words) for purpose in request.settings.purposes},
    }
    return replace(coming, job=JobRequest("mydata", asked))


async def _holding(request: Request) -> Sequence[tuple[Purpose, datetime]]:
    """Return the purposes that hold the person, each with its end: taking part, and what they agreed to."""
    keys = {PARTICIPATION.key, *await purpose_store.of_person(request.tx, request.participant.id)}
    running = await ends.running(request.tx, request.settings, request.now)
    return [(purpose, end) for purpose, end in running if purpose.key in keys]


async def _because_of_others(request: Request, holding: Sequence[tuple[Purpose, datetime]]) -> Sequence[Span]:
    """Return the line for organisers who are kept longer than for `holding`, because others are."""
    others = await purpose_store.agreed(request.tx) if request.participant.organises else ()
    running = await ends.running(request.tx, request.settings, request.now)
    last = max((end for purpose, end in running if purpose.key in others), default=None)
    if last is None or any(end >= last for _purpose, end in holding):
        return ()
    day = day_of(request.settings.gathering, last)
    return (
        _("You organise, so your data stay until {date}, as long as others stay for what they agreed to.", date=day),
    )


def _to_take_back(holding: Sequence[tuple[Purpose, datetime]]) -> Sequence[Button]:
    return [
        Button(_("Withdraw: {purpose}", purpose=each.words), withdraw.ask.to(each.key))
        for each, _end in holding
        if each is not PARTICIPATION
    ]


def _backups(request: Request) -> Sequence[Span]:
    days = request.settings.storage.backup_days
    return (_n("In backups: {count} day longer.", "In backups: {count} days longer.", days),) if days else ()


async def _sure_to_withdraw(request: Request, key: str) -> Question:
    """Ask whether the person takes back what they agreed to, which may have been all that still held them."""
    purpose = existing(next((each for each, _date in await _holding(request) if each.key == key), None))
    if purpose is PARTICIPATION:
        raise Stale
    alone = await is_over(request.tx, request.settings, PARTICIPATION, request.now)
    return Question(
        _("Withdraw your consent: {purpose}? What is kept for it is erased.", purpose=purpose.words),
        *(
            (_("If nothing else has to be kept, everything about you is erased. Nobody can undo this."),)
            if alone
            else ()
        ),
        yes=_("Yes, withdraw my consent"),
        back=(HOME,),
    )


@routes.press("erw", first=Asks("erq", _sure_to_withdraw))
async def withdraw(request: Request, key: str) -> Reply:
    """Withdraw the person's consent to a purpose, and erase what is stored for it. Raises Stale without such a consent.

    If no other purpose needs the person's data, the person is erased soon (`bot.membership.retention`).
    """
    if not await agreement_store.withdraw(request.tx, request.declared, request.participant.id, key):
        raise Stale
    return reply(_("Done. What was kept for it is erased."), buttons=(HOME,))


async def read_person(tx: Transaction, payload: Mapping[str, Any], declared: Declared) -> Mapping[str, Any]:
    """Return the payload of the job that makes the files with a person's data, with these data added.

    What else the page needs is added too. `payload` names the person and the time of the request; `declared` says which
    personal data all capabilities store.
    """
    person_id = payload["person"]
    document = await collect(tx, declared, person_id, payload["at"], own=True)
    beside = await jobs.read(tx, person_id, declared, payload.get("purposes", {}))
    return {**payload, "document": document, "beside": beside}


@routes.job("mydata", work=make_files, read=read_person)
async def document_is_made(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the page and the JSON file of everything stored about the person.

    If the person sent files with ideas, a button opens a list of these files. On a personal page the message is deleted
    after an hour, because its files contain everything about the person. Raises UserError if the files are too large.
    """
    files = tuple(File(*each) for each in result["files"])
    if any(len(file.content) > LARGEST_FILE for file in files):
        raise UserError(_("What we keep about you is too much for one message. Ask the team for it."), buttons=(ASK,))
    said = (
        _("Here is everything we keep about you."),
        _("The page is to be read or printed. The JSON file holds the same, for programs."),
    )
    mine = (Button(_("My photos and documents"), MyFiles()),) if await files_of_author(tx, person.id) else ()
    return View(
        said,
        (*mine, Button(_("Privacy"), Go("confidentialite")), HOME),
        attachments=files,
        secret=True,
        confidential=True,  # on the page, a browser that is new does not show it
    )


@routes.command(
    "effacer",
    _("Erase everything about you"),
    names={"en": "erase", "de": "loeschen"},
    plain_words=_("erase, erase my data, delete my data, delete my account"),
)
async def ask_what_to_erase(request: Request) -> Reply:
    """Ask whether the person wants to be erased with the texts they wrote, or without them."""
    request.require_confirmed()
    return reply(
        _("Erase everything about you, on all your accounts? Your place goes to someone else. Nobody can undo this."),
        _("What you asked the team and your ideas can stay without your name, for others to learn from, or go too."),
        _("Telegram and Discord may keep what they showed: I only correct messages sent in the last two days."),
        buttons=(
            Button(_("Erase my texts too"), ask_again.to(True), style="danger"),
            Button(_("Keep my texts, without my name"), ask_again.to(False), style="danger"),
            _SEE,
            Button(_("Keep my profile"), Go("moi")),
        ),
    )


@routes.press("er")
async def ask_again(request: Request, texts: bool) -> Reply:
    """Ask for confirmation before the person is erased.

    If `texts` is True, the texts that the person wrote are erased too; otherwise they are kept without a name.
    """
    request.require_owner()  # what is erased would outlast a browser that only time opened
    return reply(
        _("Really erase everything now?"),
        buttons=(
            Button(_("Yes, erase me"), erase_now.to(texts, _minute(request)), style="danger"),
            Button(_("No, keep my profile"), Go("moi")),
        ),
    )


@routes.press("ery")
async def erase_now(request: Request, texts: bool, minute: int) -> Reply:
    """Erase the person, whom the bot then no longer knows.

    `minute` is when the button was shown, in minutes since 1970; Stale is raised if that is more than a few minutes
    ago. If `texts` is True, the texts that the person wrote are erased too; otherwise they are kept without a name. If
    registration is open and another profile was erased from this account within the last hour, the erasure is only
    planned, and the reply says for when.
    """
    request.require_owner()
    if not 0 <= _minute(request) - minute <= _MEANT_FOR:
        raise Stale
    person, account = request.participant, request.account
    if request.settings.gathering.registration == "open":
        if due := await waiting_erasure_store.free_at(request.tx, account, request.now):
            await waiting_erasure_store.put_off(request.tx, person.id, due, texts=texts)
            return reply(
                _("You erased another profile here less than an hour ago."),
                _(
                    "Everything about this one will be erased at {time}. You do not need to do anything.",
                    time=Moment(due, "time"),
                ),
                buttons=(HOME,),
            )
        await waiting_erasure_store.record(request.tx, account, request.now)
    await erase(request.tx, request.declared, person.id, request.now, texts=texts, files=request.files)
    request.person, request.account = None, replace(request.account, id=None)
    return reply(
        _("Everything about you is erased."),
        _("Thank you for having been part of it."),
    )


def _minute(request: Request) -> int:
    return to_micros(request.now) // _MINUTE

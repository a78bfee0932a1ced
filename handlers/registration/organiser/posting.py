"""Organisers' screens of invitations that are sent by e-mail: which will be sent, and whether each arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from bot.clock import to_micros
from bot.config import purpose_store, setting_store
from bot.content.errors import UserError, existing
from bot.content.forms import Form, Incomplete, text
from bot.content.i18n import locale_name, negotiate
from bot.content.reasons import Reason
from bot.content.texts import Listing, Name, Reader, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Later, Reply, View, reply
from bot.conversation.routes import ORGANISER, FormAnswers, NextStep, Request, Routes, StoredVersion
from bot.delivery import letter_store, outbox_store
from bot.files.columns import CellError
from bot.membership import letters
from bot.people import participant_store
from bot.people.naming import called
from bot.people.roster_columns import cell_readers
from handlers.announcements.messages import reason
from handlers.announcements.model import GRACE
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged
from handlers.registration import service, store
from handlers.registration.content import invitation_view
from handlers.registration.organiser.cards import CARDS_WITHOUT_ADDRESS
from handlers.registration.organiser.letter import LETTERS, example_invitation, place_button
from handlers.registration.service import letter_facts

routes = Routes()

_FAILED = ("unreachable", "failed", "dropped")
_SUBJECT = "invitations:"


@dataclass(frozen=True, slots=True)
class ToPost:
    """The ids of the `people` whose invitations can be sent by e-mail, and of those who can only get a card."""

    people: Sequence[int] = ()
    without_address: Sequence[int] = ()


async def to_post(request: Request) -> ToPost:
    """Return the people whose invitations can be sent by e-mail now; nobody if no mail server is configured."""
    if not request.settings.sends_letters:
        return ToPost()
    return ToPost(*await letters.without_letter(request.tx))


async def letter_buttons(request: Request) -> tuple[Button, ...]:
    """Return the buttons that send invitations by e-mail, and that open the report about e-mails sent before."""
    if not request.settings.sends_letters:
        return ()
    send = (SEND,) if (await to_post(request)).people else ()
    left = await letter_store.last_letters(request.tx, letters.INVITATION)
    return (*send, *((_report(),) if left else ()))


@routes.press("oil", who=ORGANISER)
async def preview_letters(request: Request) -> Reply:
    """Show how many e-mails would be sent, their text, their languages, and how many people have no address."""
    post = await to_post(request)
    if not post.people:
        return await show_letters_sent(request, 0)
    lines: list[Span] = [Strong(_n("{count} letter to send.", "{count} letters to send.", len(post.people)))]
    if count := len(post.without_address):
        lines.append(
            _n(
                "{count} person has no address: print their card.",
                "{count} people have no address: print their cards.",
                count,
            )
        )
    facts = await letter_facts(request.tx, request.settings, request.now)
    if not facts.contact:
        lines.append(_("The letters name nobody whom people can ask."))
    spoken = await _languages(request, post.people)
    if len(spoken) > 1:
        named = tuple(
            _("{language}: {count}", language=locale_name(locale, request.locale), count=spoken[locale])
            for locale in spoken
        )
        lines.append(Listing(named))
    for locale in spoken:
        lines += ["", *await _example(request, locale)]
    lines += ["", _("Letters cannot be taken back once they have left.")]
    return reply(
        *lines,
        buttons=(
            Button(_("Send"), send_letters.to(len(post.people)), style="primary"),
            *((CARDS_WITHOUT_ADDRESS,) if post.without_address else ()),
            *((place_button(facts),) if not facts.contact else ()),
            LETTERS,
            BACK,
        ),
    )


async def _languages(request: Request, people: Sequence[int]) -> Mapping[str, int]:
    """Return how many of these people are written to in each language, the most frequent first."""
    locales = request.settings.gathering.locales
    listed = await store.find_all_listed(request.tx, people)
    return dict(Counter(negotiate((each.person.locale,), locales) for each in listed).most_common())


async def _example(request: Request, locale: str) -> list[Span]:
    """Return the lines of the letter in a language, as an invented person would get it."""
    settings = request.settings
    reader = Reader(locale, settings.gathering.zone, request.now)
    username = await setting_store.telegram_username(request.tx)
    written = (await store.letter_texts(request.tx)).get(locale)
    facts = await letter_facts(request.tx, settings, request.now)
    view = invitation_view(example_invitation(settings, username, locale), settings, reader, written, facts)
    buttons = [f"[{plain(button.label, reader)}]" for button in view.buttons]
    return [Name(words) if words else "" for words in (*(plain(line, reader) for line in view.lines), *buttons)]


SEND = Button(_("Send the invitations"), preview_letters.to(), style="primary")
"""The button that shows the letters with invitations that will be sent."""


@routes.press("oils", who=ORGANISER)
async def send_letters(request: Request, count: int) -> Reply:
    """Send invitations by e-mail in a few seconds, with a button to cancel this.

    If their number is not `count` any more, they are shown again instead.
    """
    post = await to_post(request)
    if len(post.people) != count:
        return await preview_letters(request)
    await purpose_store.must_stay(request.tx, request.settings, request.now)
    stamp = to_micros(request.now)
    due = request.now + GRACE
    await letters.post_invitations(request.tx, post.people, request.now, due=due, subject=f"{_SUBJECT}{stamp}")
    leave = _n(
        "{count} letter leaves in {seconds} seconds.",
        "{count} letters leave in {seconds} seconds.",
        count,
        seconds=int(GRACE.total_seconds()),
    )
    left = _n("{count} letter has left.", "{count} letters have left.", count)
    return reply(
        leave,
        buttons=(Button(_("Cancel"), cancel_letters.to(stamp), style="danger"), _report(), BACK),
        later=Later(due, View((left,), (_report(), BACK), quiet=True)),
    )


@routes.press("oilx", who=ORGANISER)
async def cancel_letters(request: Request, stamp: int) -> Reply:
    """Cancel the e-mails that were about to be sent; if one has been sent already, show the report."""
    if not await outbox_store.call_back(request.tx, f"{_SUBJECT}{stamp}"):
        return await show_letters_sent(request, 0)
    return reply(_("Nothing was sent."), buttons=(SEND, BACK))


@routes.press("oilr", who=ORGANISER)
async def show_letters_sent(request: Request, page: int) -> Reply:
    """Show how many e-mails with invitations were handed to the mail server, came back, or wait.

    For each e-mail with a known reason why it did not arrive, buttons correct the address and send it again.
    """
    sent = await letter_store.last_letters(request.tx, letters.INVITATION)
    if not sent:
        return reply(_("No invitation has left by e-mail yet."), buttons=((await letter_buttons(request)) + (BACK,)))
    failed = [letter for letter in sent if letter.state in _FAILED]
    handed = sum(letter.state in ("sent", "withdrawn") and letter.reason != Reason.LATE for letter in sent)
    shown, pages = paged(
        sorted((letter for letter in sent if letter.reason), key=lambda letter: letter.state not in _FAILED),
        page,
        lambda number: show_letters_sent.to(number),
    )
    lines: list[Span] = [
        Strong(_n("{count} letter", "{count} letters", len(sent))),
        _n("{count} handed over to the mail server", "{count} handed over to the mail server", handed),
        *((_n("{count} came back", "{count} came back", len(failed)),) if failed else ()),
        *((_n("{count} waits", "{count} wait", wait),) if (wait := len(sent) - handed - len(failed)) else ()),
    ]
    if doubtful := sum(letter.doubtful and letter.state == "sent" for letter in sent):
        lines.append(_n("{count} letter may have arrived twice.", "{count} letters may have arrived twice.", doubtful))
    buttons: list[Button] = []
    for letter in shown:
        person = existing(await participant_store.find(request.tx, letter.participant_id))
        name, address = called(person, "full"), await participant_store.email_of(request.tx, person.id)
        lines.append(_("{name}: {reason}", name=name, reason=reason(letter.reason or "")))
        buttons += [
            # L10N: a button: the address to which a person's invitation could not be sent
            Button(
                _("Correct the address: {name}", name=name), correct_address.seeing(address).to(letter.participant_id)
            ),
            Button(_("Again: {name}", name=name), send_again.to(letter.participant_id)),
        ]
    more = (SEND,) if (await to_post(request)).people else ()
    return reply(*lines, buttons=(*buttons, *pages, *more, BACK))


async def letters_that_came_back(request: Request, by: datetime) -> Sequence[NextStep]:
    """Return the organisers' next step about letters that came back, due at `by`; empty if there are none."""
    if not request.settings.sends_letters or not (count := await letters.came_back(request.tx)):
        return ()
    line = _n("{count} letter came back", "{count} letters came back", count)
    # L10N: a button: to the letters that came back, to correct their addresses
    return (NextStep(by, line, Button(_("Correct"), show_letters_sent.to(0))),)


def _report() -> Button:
    # L10N: a button: which letters were handed over, and which came back
    return Button(_("What became of them"), show_letters_sent.to(0))


class RecipientForm(Form):
    """The form for the address to which a person's invitation is sent."""

    title: ClassVar[Text] = _("Correct the address")
    of_somebody: ClassVar[bool] = True
    address: str = text(_("E-mail"), max_length=254)


async def _address_now(request: Request, person: int) -> StoredVersion:
    address = await participant_store.email_of(request.tx, person)
    return StoredVersion((address,), FormAnswers(f"person:{person}", {"address": address}, about=person))


async def _whose(request: Request, person: int) -> Span:
    found = existing(await participant_store.find(request.tx, person))
    address = await participant_store.email_of(request.tx, person)
    name = called(found, "full")
    if not address:
        return _("{name} has no address yet.", name=name)
    # L10N: whose e-mail address is corrected, and what it was
    return _("{name}, until now: {address}", name=name, address=Name(address))


@routes.form("oila", RecipientForm, who=ORGANISER, unless_changed=_address_now, about=_whose)
async def correct_address(request: Request, form: RecipientForm, person: int) -> Reply:
    """Store a person's corrected e-mail address, and send the person's invitation to it."""
    read = cell_readers(service.list_rules((), request.settings))["email"]
    try:
        address = read(form.address)
    except CellError as error:
        raise Incomplete("address", error.reason) from None
    await service.correct_people(request.tx, request.settings, {person: {"email": address}}, {}, request.now)
    return await send_again(request, person)


@routes.press("oilg", who=ORGANISER)
async def send_again(request: Request, person: int) -> Reply:
    """Send a person another e-mail with an invitation; the person's earlier invitations work until one is used."""
    invited = existing(await participant_store.find(request.tx, person))
    if invited.status != "invited":
        raise UserError(_("{name} is in already.", name=called(invited)), buttons=(_report(), BACK))
    await letter_store.cancel(request.tx, letters.INVITATION, person, request.now)
    await letters.post_invitations(request.tx, [person], request.now, due=request.now)
    shown = await show_letters_sent(request, 0)
    return replace(shown, toast=_("It leaves again."))

"""A person's contacts, and the code of their card, by which two people exchange contact details."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import ClassVar

from bot.config import setting_store
from bot.content.addresses import TELEPHONE
from bot.content.errors import Stale, existing
from bot.content.forms import Form, Incomplete, text
from bot.content.names import collation
from bot.content.texts import Quote, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, File, Later, Option, Picture, Reply, View, reply, with_lines_first
from bot.conversation.preloading import Perform
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import Request, Routes
from bot.drawing.qr import qr_png
from bot.membership.inviting import screen_link
from bot.people import codes, participant_store, secret_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.account.messages import answer_code
from handlers.initiatives import service
from handlers.initiatives.actions import CONTACTS, DIRECTORY
from handlers.initiatives.messages import contact_line, met_line, vcard
from handlers.initiatives.model import CODE_VALID, MET, Contact, Means
from handlers.initiatives.participant.directory import block
from handlers.initiatives.store import contacts
from handlers.navigation.actions import HOME
from handlers.navigation.layout import paged

routes = Routes()

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_MINUTES = int(CODE_VALID.total_seconds()) // 60
_WORTHLESS = (
    _("This code does not work: each is for one person, and for {minutes} minutes.", minutes=_MINUTES),
    _("Ask for a new one."),
)


class ContactCodeForm(Form):
    """The form for the code that another person's card shows."""

    title: ClassVar[Text] = _("A contact's code")
    codes: ClassVar[bool] = True
    typed: str = text(_("The code below the QR code"), max_length=40, hint=_("8 characters"))


class MeansForm(Form):
    """The form for the contact details that a person gives to the people with whom they keep in touch."""

    title: ClassVar[Text] = _("My contact details")
    read_by_others: ClassVar[bool] = True
    notice: ClassVar[Text] = _("Only people with whom you want to keep in touch, and who want it too, get these.")
    mail: str = text(_("E-mail"), max_length=100, required=False)
    phone: str = text(_("Phone"), max_length=30, required=False)
    handle: str = text(_("Name in an app"), max_length=200, required=False, hint=_("For instance «Signal: awa.12»."))


@routes.press("inp")
@routes.command(
    "contacts",
    _("The people whose contact you have"),
    names={"en": "contacts", "de": "kontakte"},
    plain_words=_("my contacts, contacts"),
)
async def show_contacts(request: Request, page: int = 0) -> Reply:
    """List the person's contacts, with where they met each."""
    request.require_owner()
    found = await _sorted(request)
    shown, pages = paged(found, page, show_contacts.to)
    options = tuple(Option(str(contact.id), called(contact, "full"), MET.get(contact.met)) for contact in shown)
    line = (
        Strong(_n("{count} contact", "{count} contacts", len(found)))
        if found
        else _("You have no contacts yet: where two people both want to keep in touch, each gets the other's details.")
    )
    gives, blocked = await _gives(request), await contacts.count_blocked(request.tx, request.participant.id)
    unreachable = gives is service.ADD_DETAILS
    return reply(
        line,
        gives,
        choice=Choice(open_contact.to(), options, placeholder=_("Whose contact?"), listed=True) if options else None,
        buttons=(
            *pages,
            # L10N: a button: show the code by which somebody beside me can have my contact, and I theirs
            Button(_("My code"), show_code.to(), style="plain" if unreachable else "primary"),
            Button(_("Type a code"), take_code.to()),
            Button(_("My contact details"), give.to(), style="primary" if unreachable else "plain"),
            *((Button(_("All in one file (.vcf)"), save.to()),) if found else ()),
            *((Button(_("Unblock all ({count})", count=blocked), unblock.ask.to()),) if blocked else ()),
            HOME,
        ),
        again=show_contacts.to(page),
    )


async def _sorted(request: Request) -> list[Contact]:
    found = await contacts.contacts_of(request.tx, request.participant.id)
    return sorted(found, key=lambda contact: (collation(contact.full_name), contact.id))


async def _contact(request: Request, person: int) -> Contact:
    """Return a contact of the reader. Raises Stale for anybody else."""
    request.require_owner()
    return existing(await contacts.contact_of(request.tx, request.participant.id, person))


@routes.pick("nco", sent_with_press=False)
async def open_contact(request: Request, person: int) -> Reply:
    """Show one contact: the details that this person gave, and where the two met."""
    contact = await _contact(request, person)
    return reply(
        *_lines(request, contact),
        buttons=(
            *_save(contact),
            # L10N: a button: I no longer want to keep in touch with this person
            Button(_("Stop keeping in touch"), withdraw.ask.to(person)),
            Button(_("Block"), block.ask.to(person)),
            CONTACTS,
        ),
    )


def _lines(request: Request, contact: Contact) -> tuple[Span, ...]:
    return (Strong(called(contact, "full")), contact_line(request.participant.id, contact), *met_line(contact))


def _save(contact: Contact) -> tuple[Button, ...]:
    return (Button(_("Save (.vcf)"), save.to(contact.id), style="primary"),) if contact.means.words else ()


@routes.press("ncs")
async def save(request: Request, person: int = 0) -> Reply:
    """Send a contact (a person's id; 0 for all contacts) as a file for the address book of a telephone."""
    request.require_owner()
    found = [await _contact(request, person)] if person else await _sorted(request)
    if not found:
        raise Stale
    named = frozenset(contact.id for contact in found)
    content = vcard(found, request.settings.gathering.name, request.reader)
    file = File(_("contacts.vcf"), content, "text/vcard", named)
    return reply(_("Open the file to add it to your address book."), file=file, buttons=(CONTACTS,), fresh=True)


async def _sure_to_withdraw(request: Request, person: int) -> Question:
    contact = await _contact(request, person)
    line = _("Stop? {name} keeps what you shared, gets nothing new, and leaves your contacts.", name=called(contact))
    return Question(line, yes=_("Yes, stop"), back=(CONTACTS,))


@routes.press("ncwy", first=Asks("ncw", _sure_to_withdraw))
async def withdraw(request: Request, person: int) -> Reply:
    """Take back that the person wants to keep in touch with `person`, who keeps what they got and is not notified."""
    contact = await _contact(request, person)
    await service.answer(request.tx, request.participant.id, person, yes=False, met=contact.met, now=request.now)
    return reply(_("Done. Nobody was told."), buttons=(CONTACTS, HOME))


async def _sure_to_unblock(_request: Request) -> Question:
    return Question(
        _("Unblock all? You and these people can see each other's cards again."),
        yes=_("Yes, unblock"),
        back=(CONTACTS,),
        style="primary",
    )


@routes.press("ncuy", first=Asks("ncu", _sure_to_unblock))
async def unblock(request: Request) -> Reply:
    """Remove all blocks that the person made."""
    await service.unblock_all(request.tx, request.participant.id)
    return reply(_("Done."), buttons=(CONTACTS, DIRECTORY))


# --- the code of one's card


async def _draw_code(_perform: Perform, *, code: str, link: str | None) -> tuple[str, bytes | None]:
    """Return a new code with its link as a QR code (PNG), drawn in a thread: that takes longer than a transaction may.

    There is no picture if nothing can be opened by a link.
    """
    return code, await asyncio.to_thread(qr_png, link) if link else None


@routes.press("ncc")
async def show_code(request: Request) -> Reply:
    """Show a new code, typed or as a QR code, with which one other person can exchange contacts within ten minutes.

    Showing it is the person's own consent. The code has no data of anybody: it only opens the question to the other
    person whether to exchange contacts. An earlier code stops working.
    """
    request.require_owner()
    person = request.participant
    if not person.joined:
        raise Stale
    fresh = secret_store.new_code("contact")
    link = screen_link(request.settings, await setting_store.telegram_username(request.tx), look.to(fresh).encode())
    code, drawn = await request.preload(("contact code", person.id), partial(_draw_code, code=fresh, link=link))
    until = request.now + CODE_VALID
    await secret_store.revoke(request.tx, person.id, "contact")
    await secret_store.issue(request.tx, "contact", person.id, request.now, expires=until, code=code)
    named, spelt = frozenset({person.id}), codes.spell(code)
    picture = Picture(drawn, _("Your QR code for contacts"), _("code.png"), named) if drawn else None
    over = View((_("This code no longer works."),), (Button(_("My code"), show_code.to()), CONTACTS), quiet=True)
    return reply(
        _("Let the other person scan this, or type {code} in «My contacts», «Type a code».", code=Strong(spelt)),
        _("It works for one person, for {minutes} minutes. By showing it, you say yes.", minutes=_MINUTES),
        await _gives(request),
        buttons=(Button(_("My contact details"), give.to()), CONTACTS),
        picture=picture,
        secret=True,
        fresh=True,
        later=Later(until, over),
    )


async def _gives(request: Request) -> Span:
    """Return what the reader gives to whom they keep in touch with."""
    means = (await contacts.means_of(request.tx, request.participant.id)).words
    if not means:
        return service.ADD_DETAILS
    return _("You share: {means}", means=Quote("means", str(request.participant.id), means))


@routes.form("nct", ContactCodeForm)
async def take_code(request: Request, form: ContactCodeForm) -> Reply:
    """Show the owner of the code that the person typed, and ask whether to exchange contacts."""
    typed = codes.normalise(form.typed)
    return await look(request, typed)


@routes.press("ncl", linkable="page")
async def look(request: Request, typed: str) -> Reply:
    """Show the owner of a scanned or typed code, and what the person would give; only the first to look can use it.

    A code that is used, older than ten minutes, or unknown is refused, and counted as a guess.
    """
    request.require_owner()

    async def find() -> Reply | None:
        owner = await _owner(request, typed)
        if owner is None:
            return None
        return reply(
            _("{name} wants to exchange contacts with you.", name=Strong(called(owner))),
            await _gives(request),
            buttons=(
                # L10N: a button: give my contact to the person beside me, and get theirs
                Button(_("Exchange"), exchange.to(typed), style="primary"),
                Button(_("My contact details"), give_first.to(typed)),
                CONTACTS,
            ),
        )

    return await answer_code(request, find, again=take_code.to(), refusal=_WORTHLESS)


async def _owner(request: Request, typed: str) -> Participant | None:
    """Return whose code this is, which then works for the reader alone; None if it does not work for the reader."""
    tx, reader = request.tx, request.participant
    secret = await secret_store.find(tx, "contact", typed, request.now)
    if secret is None or secret.expired or secret.participant_id == reader.id or not reader.joined:
        return None
    if secret.used and secret.account_id != request.account.id:
        return None
    if await contacts.is_blocked(tx, reader.id, secret.participant_id):
        return None
    if not secret.used:
        await secret_store.use(tx, secret, request.account.id, request.now)
    return await participant_store.find(tx, secret.participant_id)


@routes.press("nce")
async def exchange(request: Request, typed: str) -> Reply:
    """Exchange contact details between the person and the owner of the code `typed`.

    That person agreed by showing the code, the reader agrees by this press. The code is then deleted, so that it
    cannot restore an agreement that its owner has taken back. A code that does not work is counted as a guess.
    """

    async def swap() -> Reply | None:
        owner = await _owner(request, typed)
        return await _exchange(request, owner) if owner and owner.joined else None

    return await answer_code(request, swap, again=take_code.to(), refusal=_WORTHLESS)


async def _exchange(request: Request, owner: Participant) -> Reply:
    reader = request.participant
    await service.answer(request.tx, owner.id, reader.id, yes=True, met="code", now=request.now)
    await service.answer(request.tx, reader.id, owner.id, yes=True, met="code", now=request.now, untold=[reader.id])
    await secret_store.revoke(request.tx, owner.id, "contact")
    contact, to_add = await _contact(request, owner.id), await service.to_add(request.tx, reader.id)
    own = (Button(_("My contact details"), give.to(), style="primary"),) if to_add else ()
    return reply(*_lines(request, contact), *to_add, buttons=(*_save(contact), *own, CONTACTS))


# --- what one gives


async def _means_before(request: Request, *_typed: str) -> Mapping[str, str]:
    """Return what one gives or, if that is nothing, the address that the team's list has."""
    request.require_owner()
    means = await contacts.means_of(request.tx, request.participant.id)
    if means.words:
        return asdict(means)
    return {"mail": await participant_store.email_of(request.tx, request.participant.id)}


@routes.form("inr", MeansForm, prefill=_means_before)
async def give(request: Request, form: MeansForm) -> Reply:
    """Store the person's contact details for people with whom they keep in touch. Raises Incomplete for wrong ones."""
    if form.mail and not _MAIL.fullmatch(form.mail):
        raise Incomplete("mail", _("This is not an e-mail address. Correct it, or leave it empty."))
    if form.phone and not TELEPHONE.fullmatch(form.phone):
        raise Incomplete("phone", _("Write the number with its country code, for instance +33 6 12 34 56 78."))
    means = Means(form.mail, form.phone, form.handle)
    await service.give(request.tx, request.participant.id, means)
    said = _("Saved: your contacts get these.") if means.words else _("Saved.")
    return with_lines_first(await show_contacts(request), said, "")


@routes.form("ncg", MeansForm, prefill=_means_before)
async def give_first(request: Request, form: MeansForm, typed: str) -> Reply:
    """Store the person's contact details, and continue with the code that they typed before."""
    await give(request, form)
    return await look(request, typed)

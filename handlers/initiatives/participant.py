"""A person's own card, what others see of it, and the people with whom they keep in touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Listing, Quote, Span, Strong, Territory, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import Request, Routes
from bot.people.naming import called
from handlers.initiatives.actions import CONTACTS, INITIATIVE
from handlers.initiatives.model import CONTACT, MOST, NEEDS, Contact, InitiativeCard
from handlers.initiatives.store.cards import card_of, put_card
from handlers.initiatives.store.contacts import contacts_of, put_answer
from handlers.navigation.actions import HOME
from handlers.navigation.layout import paged

routes = Routes()


class ContactForm(Form):
    """The form for how others can reach a person with whom both want to keep in touch."""

    title: ClassVar[Text] = _("How to reach you")
    read_by_others: ClassVar[bool] = True
    contact: str = text(
        _("How can people reach you?"),
        max_length=200,
        required=False,
        hint=_("A mail address, a telephone number … Leave it empty to give your name only."),
    )


async def takes_part(request: Request) -> bool:
    """Return whether the person has joined, so that their card can be of use."""
    return request.participant.joined


async def has_contacts(request: Request) -> bool:
    """Return whether the person keeps in touch with anybody."""
    return bool(await contacts_of(request.tx, request.participant.id))


# --- the card


@routes.press("ini")
@routes.command(
    "initiative",
    _("What you look for and bring, and how to reach you"),
    plain_words=_("my initiative, my card, what I look for"),
)
async def show_card(request: Request, *lines: Span) -> Reply:
    """Show a person their own card as others see it, after `lines` on what has just been done."""
    me = request.participant.id
    card = await card_of(request.tx, me)
    who = (
        _(
            "Whom you keep in touch with reads: {contact}",
            contact=Quote(CONTACT, str(me), card.contact),
        )
        if card.contact
        else _("Whom you keep in touch with reads your name only.")
    )
    if card.shown:
        who_sees = _("Others read what you look for and bring when they sit with you.")
        show = Button(_("Hide my card"), set_shown.to(visible=False))
    else:
        who_sees = _("Nobody sees this card yet.")
        show = Button(_("Yes, show it"), set_shown.to(visible=True), style="primary")
    return reply(
        *lines,
        Strong(_("Your initiative")),
        *_needs_lines(card),
        who,
        who_sees,
        buttons=(
            *((show,) if card.seeks or card.offers else ()),
            Button(_("What I look for and bring"), ask_what_they_seek.to()),
            Button(_("How to reach me"), set_contact.to()),
            CONTACTS,
            HOME,
        ),
        again=show_card.to(),
    )


def _needs_lines(card: InitiativeCard) -> Sequence[Span]:
    seeks, offers = ([NEEDS[code] for code in codes if code in NEEDS] for codes in (card.seeks, card.offers))
    return (
        _("You look for {needs}.", needs=Listing(tuple(seeks))) if seeks else _("You have not said what you look for."),
        _("You bring {needs}.", needs=Listing(tuple(offers))) if offers else _("You have not said what you bring."),
    )


def _needs(ask: Choice, chosen: Sequence[str]) -> Choice:
    options = tuple(Option(code, words) for code, words in NEEDS.items())
    return replace(ask, options=options, selected=tuple(chosen), at_least=0, at_most=MOST)


@routes.press("ins")
async def ask_what_they_seek(request: Request) -> Reply:
    """Ask what the person's initiative looks for: at most three things."""
    card = await card_of(request.tx, request.participant.id)
    choice = _needs(Choice(set_seeks.to(), (), sends=_("Next"), none=_("Nothing")), card.seeks)
    return reply(_("What do you look for? Three things at most."), choice=choice, buttons=(INITIATIVE,))


@routes.pick("inc")
async def set_seeks(request: Request, wanted: tuple[str, ...]) -> Reply:
    """Store what the person's initiative looks for (codes of `NEEDS`), and ask what it brings."""
    card = await _change(request, seeks=wanted)
    choice = _needs(Choice(set_offers.to(), (), none=_("Nothing")), card.offers)
    return reply(_("And what do you bring? Three things at most."), choice=choice, buttons=(INITIATIVE,))


@routes.pick("ino")
async def set_offers(request: Request, brought: tuple[str, ...]) -> Reply:
    """Store what the person's initiative brings (codes of `NEEDS`), and show the card."""
    await _change(request, offers=brought)
    return await show_card(request)


async def _change(
    request: Request, *, seeks: tuple[str, ...] | None = None, offers: tuple[str, ...] | None = None
) -> InitiativeCard:
    """Store a side of the person's card (None keeps it), and return the card. Raises Stale for unknown codes."""
    if not {*(seeks or ()), *(offers or ())} <= set(NEEDS):
        raise Stale
    card = await card_of(request.tx, request.participant.id)
    card = replace(card, seeks=card.seeks if seeks is None else seeks, offers=card.offers if offers is None else offers)
    await put_card(request.tx, request.participant.id, card)
    return card


async def _contact_before(request: Request) -> dict[str, str]:
    return {"contact": (await card_of(request.tx, request.participant.id)).contact}


@routes.form("inr", ContactForm, prefill=_contact_before)
async def set_contact(request: Request, form: ContactForm) -> Reply:
    """Store how to reach the person, for those with whom both want to keep in touch."""
    card = await card_of(request.tx, request.participant.id)
    await put_card(request.tx, request.participant.id, replace(card, contact=form.contact))
    kept = _("Only people whom you want to keep in touch with, and who want it too, read it. They may note it down.")
    return await show_card(request, kept)


@routes.press("inv")
async def set_shown(request: Request, visible: bool) -> Reply:
    """Show what the person looks for and brings to those who sit with them or, if `visible` is False, hide it."""
    card = await card_of(request.tx, request.participant.id)
    await put_card(request.tx, request.participant.id, replace(card, shown=visible))
    return await show_card(request)


# --- contacts


@routes.press("inp")
@routes.command(
    "contacts",
    _("The people you keep in touch with"),
    names={"de": "kontakte"},
    plain_words=_("my contacts, contacts"),
)
async def show_contacts(request: Request, page: int = 0) -> Reply:
    """Show the people with whom the person keeps in touch, with how to reach them; one of them can be removed."""
    found = await contacts_of(request.tx, request.participant.id)
    if not found:
        line = _("You have no contacts yet. They come when two people who met both want to keep in touch.")
        return reply(line, buttons=(INITIATIVE, HOME))
    shown, pages = paged(found, page, show_contacts.to)
    options = tuple(Option(str(contact.id), called(contact)) for contact in shown)
    return reply(
        Strong(_("Your contacts")),
        *map(_contact_line, shown),
        choice=Choice(drop_contact.to(), options, placeholder=_("No longer keep in touch with …")),
        buttons=(*pages, INITIATIVE, HOME),
    )


def _contact_line(contact: Contact) -> Span:
    name: Span = called(contact, "full")
    if contact.territory:
        name = _("{name} ({territory})", name=name, territory=Territory(contact.territory))
    if not contact.contact:
        return name
    return _("{name}: {contact}", name=name, contact=Quote(CONTACT, str(contact.id), contact.contact))


@routes.pick("inx")
async def drop_contact(request: Request, other: int) -> Reply:
    """End keeping in touch with a person (an id), so that neither finds the other among their contacts any more."""
    if other not in [contact.id for contact in await contacts_of(request.tx, request.participant.id)]:
        raise Stale
    await put_answer(request.tx, request.participant.id, other, yes=False, met="")
    return with_lines_first(await show_contacts(request), _("Removed. They are not told."))

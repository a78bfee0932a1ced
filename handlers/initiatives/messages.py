"""What people read of cards and contacts: on screens, in files, and on paper."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Listing, Quote, Span, Strong, Territory, Text, _
from bot.people.naming import called
from handlers.initiatives.model import NEEDS, Contact, InitiativeCard, Side

_SIDES: dict[Side, Text] = {
    # L10N: on a card: what somebody's initiative looks for: «Looks for: a place, volunteers»
    "seeks": _("Looks for:"),
    # L10N: on a card: what somebody's initiative can give to others
    "offers": _("Brings:"),
}


def quote(card: InitiativeCard, column: str, words: str, most: int = 0) -> Quote:
    """Return words of a card (its title, sentence or own words) by reference, so that they go with their author."""
    return Quote("card", f"{column}.{card.id}", words, most)


def card_lines(card: InitiativeCard) -> Sequence[Span]:
    """Return a card as others see it."""
    lines: list[Span] = [Strong(quote(card, "title", card.written.title))]
    who: Span = called(card)
    if card.territory:
        who = _("{name}, {territory}", name=who, territory=Territory(card.territory))
    lines.append(who)
    if card.written.sentence:
        lines.append(quote(card, "sentence", card.written.sentence))
    sides = [(title, side_words(card, side)) for side, title in _SIDES.items()]
    # L10N: a title and what it is about: «Looks for: a place and volunteers»
    lines += [_("{what} {words}", what=Strong(title), words=Listing(words)) for title, words in sides if words]
    if card.written.link:
        lines.append(quote(card, "link", card.written.link))
    return lines


def side_words(card: InitiativeCard, side: Side) -> tuple[Span, ...]:
    """Return what an initiative looks for (or brings): words for each need, then the author's own."""
    chips = [NEEDS[need] for need in card.needs(side) if need in NEEDS]
    own = card.own_words(side)
    return (*chips, *((quote(card, f"{side}_words", own),) if own else ()))


def card_label(card: InitiativeCard) -> Span:
    """Return one line about a card: «Awa D., Senegal: looks for a place»."""
    name: Span = called(card)
    if card.territory:
        name = _("{name}, {territory}", name=name, territory=Territory(card.territory))
    if words := side_words(card, "seeks"):
        return _("{name}: looks for {needs}", name=name, needs=Listing(words))
    if words := side_words(card, "offers"):
        return _("{name}: brings {needs}", name=name, needs=Listing(words))
    return name


def contact_line(reader: int, contact: Contact) -> Span:
    """Return what a person gave of themselves to a reader (an id)."""
    if not contact.means.given:
        return _("{name} has not given anything yet. It will stand here.", name=called(contact))
    return Quote("contact", f"{reader}.{contact.id}", " · ".join(contact.means.given))


def vcard(contacts: Sequence[Contact]) -> bytes:
    """Return contacts as a file (vCard 3.0) that every telephone and mail program reads."""
    return "".join(_vcard(contact) for contact in contacts).encode()


def _vcard(contact: Contact) -> str:
    means = contact.means
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escaped(contact.family_name)};{_escaped(contact.given_name)};;;",
        f"FN:{_escaped(contact.full_name)}",
        *((f"EMAIL:{_escaped(means.mail)}",) if means.mail else ()),
        *((f"TEL:{_escaped(means.phone)}",) if means.phone else ()),
        *((f"NOTE:{_escaped(means.handle)}",) if means.handle else ()),
        "END:VCARD",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _escaped(words: str) -> str:
    """Return words in which the signs that separate the parts of a vCard stand for themselves."""
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return " ".join(words.split())

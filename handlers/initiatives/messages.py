"""The words of cards and contacts: on screens, in files, and on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.content.texts import Listing, Quote, Reader, Span, Strong, Territory, Text, _, plain
from bot.people.naming import called
from handlers.initiatives.model import MET, NEEDS, Contact, InitiativeCard, Side

_SIDES: dict[Side, Text] = {
    # L10N: on a card: what somebody's initiative looks for: «Looks for: a place, volunteers»
    "seeks": _("Looks for:"),
    # L10N: on a card: what somebody's initiative can give to others
    "offers": _("Brings:"),
}

_LINE_BYTES = 75
"""The longest line of a vCard (RFC 2426), without its end."""


def quote(card: InitiativeCard, column: str, words: str, most: int = 0) -> Quote:
    """Return words of a card as a quote, by reference: if its author is erased, nobody can read them any more.

    `column` says which words they are: the title, the sentence, or words of the author's own.
    """
    return Quote("card", f"{column}.{card.id}", words, most)


def _author(card: InitiativeCard) -> Span:
    """Return the name of a card's author, with the territory if it is known."""
    if not card.territory:
        return called(card)
    return _("{name}, {territory}", name=called(card), territory=Territory(card.territory))


def card_lines(card: InitiativeCard) -> Sequence[Span]:
    """Return the lines that show a card to other people."""
    sides = [(title, side_words(card, side)) for side, title in _SIDES.items()]
    return (
        Strong(quote(card, "title", card.title)),
        _author(card),
        *((quote(card, "sentence", card.sentence),) if card.sentence else ()),
        # L10N: a title and what it is about: «Looks for: a place and volunteers»
        *(_("{what} {words}", what=Strong(title), words=Listing(words)) for title, words in sides if words),
        *((quote(card, "link", card.link),) if card.link else ()),
    )


def side_words(card: InitiativeCard, side: Side) -> tuple[Span, ...]:
    """Return what an initiative looks for or brings, as `side` says: the words of each need, then the author's own."""
    chips = [NEEDS[need] for need in card.needs(side) if need in NEEDS]
    own = card.own_words(side)
    return (*chips, *((quote(card, f"{side}_words", own),) if own else ()))


def card_label(card: InitiativeCard) -> Span:
    """Return one line about a card: «Awa D., Senegal: looks for a place»."""
    name = _author(card)
    if words := side_words(card, "seeks"):
        return _("{name}: looks for {needs}", name=name, needs=Listing(words))
    if words := side_words(card, "offers"):
        return _("{name}: brings {needs}", name=name, needs=Listing(words))
    return name


def contact_line(reader: int, contact: Contact) -> Span:
    """Return the line that shows the reader, a participant id, how a contact can be reached."""
    if not contact.means.words:
        return _("{name} has not added contact details yet. They will appear here.", name=called(contact))
    return Quote("contact", f"{reader}.{contact.id}", contact.means.words)


def met_line(contact: Contact) -> tuple[Text, ...]:
    """Return the line that says where the reader met a contact; () if that is unknown."""
    return (_("Met {where}", where=MET[contact.met]),) if contact.met in MET else ()


def vcard(contacts: Sequence[Contact], gathering: str, reader: Reader) -> bytes:
    """Return contacts as a file (vCard 3.0) that address books of telephones and mail programs can read.

    A note says where the `reader` met each, in their language, and the name of the `gathering`.
    """
    lines = []
    for contact in contacts:
        met = [plain(line, reader) for line in met_line(contact)]
        note = " · ".join(filter(None, (contact.means.handle, *met, gathering)))
        family, given, full = map(_escaped, (contact.family_name, contact.given_name, contact.full_name))
        lines += ["BEGIN:VCARD", "VERSION:3.0", f"N:{family};{given};;;", f"FN:{full}"]
        means = (("EMAIL", contact.means.mail), ("TEL", contact.means.phone), ("NOTE", note))
        lines += [*(f"{name}:{_escaped(words)}" for name, words in means if words), "END:VCARD"]
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    """Return a line of a vCard with its end; one over 75 bytes goes on in lines that begin with a blank."""
    parts = [b""]
    for sign in map(str.encode, line):
        if len(parts[-1]) + len(sign) > _LINE_BYTES:
            parts.append(b" ")
        parts[-1] += sign
    return b"".join(part + b"\r\n" for part in parts)


def _escaped(words: str) -> str:
    """Return words in which the signs that separate the parts of a vCard stand for themselves."""
    return " ".join(re.sub(r"([\\;,])", r"\\\1", words).split())

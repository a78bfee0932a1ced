"""What people read of practical information: sections, and the words by which the usual sections are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.content.i18n import LOCALES, locale_name
from bot.content.texts import Reader, Span, Strong, Text, _, plain
from bot.content.views import Attachment, Button, Picture, View
from handlers.practical.model.search import KnownBy
from handlers.practical.model.sections import EVERY_LANGUAGE, Section


@dataclass(frozen=True, slots=True)
class UsualSection:
    """A section that most gatherings have: its title, and the words by which people ask for it, with commas."""

    title: Text
    words: Text


USUAL: Mapping[str, UsualSection] = {
    "address": UsualSection(
        # L10N: the title of a section of practical information
        _("Address and directions"),
        # L10N: long
        _(
            "where, where is it, address, how to get there, get there, way, directions, route, metro, subway,"
            " underground, tube, train station, station, bus, tram, stop, airport, shuttle, venue, building,"
            " entrance, door, map, location, parking, bike, get off, street, taxi, exit"
        ),
    ),
    "wifi": UsualSection(
        # L10N: the title of a section of practical information
        _("Wifi"),
        # L10N: long
        _(
            "wifi, wi-fi, wireless, internet, network, password, wifi code, hotspot, connection, connect, online,"
            " mobile data, log in, internet access, signal"
        ),
    ),
    "meals": UsualSection(
        # L10N: the title of a section of practical information
        _("Meals"),
        # L10N: long
        _(
            "meal, lunch, dinner, breakfast, eat, food, hungry, snack, coffee, tea, drink, thirsty, water,"
            " vegetarian, vegan, halal, kosher, pork, meat, fish, milk, lactose, gluten, allergy, allergic,"
            " intolerance, diet, canteen, restaurant, buffet, catering, dish, menu, picnic, brunch"
        ),
    ),
    "health": UsualSection(
        # L10N: the title of a section of practical information
        _("Health"),
        # L10N: long
        _(
            "health, doctor, dentist, sick, ill, unwell, not feeling well, feel bad, dizzy, fainted, vomit, headache,"
            " pain, hurt, injured, injury, bleeding, cough, flu, medicine, medical, pill, painkiller,"
            " prescription, pharmacy, chemist, hospital, emergency, ambulance, first aid, nurse, fever, plaster,"
            " covid, insurance, tampon, pad, condom"
        ),
    ),
    "rooms": UsualSection(
        # L10N: the title of a section of practical information
        _("Accommodation"),
        # L10N: long
        _(
            "room, bedroom, roommate, sleep, hotel, hostel, dorm, accommodation, bed, night, check in, check out,"
            " key, towel, sheets, pillow, blanket, heating, luggage, suitcase, shower, share a room"
        ),
    ),
    "reimbursement": UsualSection(
        # L10N: the title of a section of practical information
        _("Reimbursement"),
        # L10N: long
        _(
            "reimbursement, reimburse, refund, money, money back, pay, pay back, paid, claim, expense,"
            " travel costs, petrol, receipt, invoice, ticket, bank details, bank transfer, cost, amount"
        ),
    ),
    "contacts": UsualSection(
        # L10N: the title of a section of practical information
        _("Contacts"),
        # L10N: long
        _(
            "contact, phone number, telephone number, number, call, email, mail, e-mail, whatsapp, reach,"
            " reach the team, who can I talk to, organiser, organizer, responsible, late, on call"
        ),
    ),
    "lost": UsualSection(
        # L10N: the title of a section of practical information
        _("Lost and found"),
        # L10N: long
        _(
            "lost, I lost, lost and found, lost property, found, has anyone seen, left my, left behind, forgot,"
            " forgotten, stolen, bag, backpack, wallet, purse, jacket, coat, hat, scarf, gloves, umbrella,"
            " charger, headphones, laptop, notebook, water bottle, glasses, lost suitcase, suitcase found"
        ),
    ),
}
"""The usual sections by key. Their titles are for sections that were imported without one."""


def known_by(section: Section) -> KnownBy:
    """Return the words by which a section is known: its titles, organisers' words, those of a usual section."""
    phrases = [*section.titles.items(), *(("", phrase) for phrase in section.words.split(","))]
    if usual := USUAL.get(section.key):
        for locale in LOCALES:
            reader = Reader(locale, "UTC")
            phrases += [(locale, plain(usual.title, reader))]
            phrases += [(locale, phrase) for phrase in plain(usual.words, reader).split(",")]
    return KnownBy(section.key, tuple((locale, phrase.strip()) for locale, phrase in phrases if phrase.strip()))


def draw_section(section: Section, locale: str, attachments: Sequence[Attachment] = ()) -> View:
    """Return a section as readers with a locale get it, with these attachments (see `Section.files`).

    What is there only in another language is shown in that language, with a line that says so.
    """
    lines: list[Span] = [Strong(section.title)]
    written = section.language(locale)
    if written:
        lines += section.lines(written)
        if written != locale:
            lines.append(_("(Only in {language} so far.)", language=locale_name(written, locale)))
    if section.address:
        lines.append(_("Address: {address}", address=section.address))
    files, _ids = section.files(locale)
    if attachments and files not in (locale, EVERY_LANGUAGE) and files != written:
        lines.append(_("(What is attached is in {language}.)", language=locale_name(files, locale)))
    buttons = []
    if section.link:
        label, url = section.link
        buttons.append(Button(label or _("Open the link"), url=url))
    if section.map_url:
        buttons.append(Button(_("On the map"), url=section.map_url))
    described = [
        replace(attachment, alt=section.title) if isinstance(attachment, Picture) else attachment
        for attachment in attachments
    ]
    return View(tuple(lines), tuple(buttons), attachments=tuple(described), place=section.place)

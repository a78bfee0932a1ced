"""What people read about practical information: its sections, and the usual sections with words that find them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.content.i18n import LOCALES, locale_name
from bot.content.ranking import KnownBy, split
from bot.content.texts import Reader, Span, Strong, Text, _, plain
from bot.content.views import Attachment, Button, Picture, View
from handlers.practical.model.sections import EVERY_LANGUAGE, Section


@dataclass(frozen=True, slots=True)
class UsualSection:
    """A section that most gatherings have: its title, and the words by which people ask for it, separated by commas.

    Words separated by «/» are interchangeable. If a gathering lacks the section, its words find the section with the
    key `within` instead; '' stands for no section.
    """

    title: Text
    words: Text
    within: str = ""


ADDRESS = "address"
"""The key of the usual section that says where the gathering takes place."""
USUAL: Mapping[str, UsualSection] = {
    ADDRESS: UsualSection(
        _("Address and directions"),
        # L10N: long
        _(
            "where, where is it, address, how to get there, get there, way, directions, route, metro, subway,"
            " underground, tube, train station, station, bus, tram, bus stop, airport, shuttle, venue, building,"
            " entrance, which entrance, which door, door, map, location, parking, park, bike, get off, street, taxi,"
            " exit, how do I get, how far, walking distance, far from metro/station, which line/stop/station, coach,"
            " drop off"
        ),
    ),
    "access": UsualSection(
        _("Accessibility"),
        # L10N: long
        _(
            "lift, elevator, wheelchair, crutches, ramp, step free, stairs, accessible, accessibility, disabled,"
            " disability, reduced mobility, hearing loop, sign language, pram, buggy, blind, deaf, cane, captions,"
            " guide dog, bad knee"
        ),
        within="address",
    ),
    "wifi": UsualSection(
        _("Wifi"),
        # L10N: long
        _(
            "wifi, wi-fi, wireless, internet, network, password, wifi code, hotspot, connection, connect, online,"
            " mobile data, log in, internet access, signal, router, ssid, eduroam, sim card, sim, roaming, 4G, 5G"
        ),
    ),
    "meals": UsualSection(
        _("Meals"),
        # L10N: long
        _(
            "meal, lunch, dinner, breakfast, brekkie, eat, eating, food, hungry, starving, snack, coffee, tea, drink,"
            " thirsty, water, bottle of water, canteen, restaurant, buffet, catering, dish, menu, picnic, brunch,"
            " supper, sandwich, lunch included, dinner included, supermarket, grocery, bakery, beer, fountain,"
            " dessert, packed lunch"
        ),
    ),
    "diet": UsualSection(
        _("Diets and allergies"),
        # L10N: long
        _(
            "vegetarian, vegan, halal, kosher, pork, meat, fish, milk, dairy, lactose, gluten, gluten free, celiac,"
            " coeliac, allergy, allergic, intolerance, intolerant, diet, dietary, nut, nuts, nut free, peanut/peanuts,"
            " shellfish, egg, soy, sesame, ingredients, contains, gelatine, alcohol free, fasting, fast, veggie"
        ),
        within="meals",
    ),
    "health": UsualSection(
        _("Health"),
        # L10N: long
        _(
            "health, doctor, dentist, sick, ill, unwell, not feeling well, feel bad, dizzy, fainted, vomit, headache,"
            " migraine, pain, hurt, hurts, sore throat, throat, tooth, injured, injury, ankle, bleeding, cough, flu,"
            " cold medicine, medicine, medical, pill, painkiller/painkillers, paracetamol, ibuprofen, aspirin,"
            " prescription, pharmacy, chemist, hospital, emergency, ambulance, first aid, nurse, fever,"
            " plaster/plasters, bandaid, band aid, blister, ice pack, lozenge, covid, covid test, mask, insurance,"
            " tampon, pad, period, condom, contact lens, optician, hungover, insulin, hay fever"
        ),
    ),
    "rooms": UsualSection(
        _("Accommodation"),
        # L10N: long
        _(
            "bedroom, hotel room, room key, key card, roommate, sleep, where sleep, hotel, hostel, dorm,"
            " accommodation, bed, bunk, night, check in, check out, checkin, checkout, key, towel, sheets, pillow,"
            " blanket, heating, aircon, shower, hot water, share a room, sharing room, hotel/hostel address, get to"
            " hotel/hostel, reception number, reception, curfew, snoring, leave the hotel, vacate, hair dryer, bed"
            " bugs"
        ),
    ),
    "luggage": UsualSection(
        _("Luggage"),
        # L10N: long
        _(
            "luggage, suitcase/suitcases, leave bag/bags/suitcase/luggage/backpack, put bag/bags/suitcase/luggage,"
            " store bag/bags/luggage, storage, bags, locker/lockers, cloakroom, baggage, drop bag/bags, left luggage,"
            " luggage room"
        ),
        within="rooms",
    ),
    "laundry": UsualSection(
        _("Laundry"),
        # L10N: long
        _(
            "laundry, washing machine, wash, wash clothes/shirt, washer, dryer, tumble dryer, laundromat,"
            " launderette, iron, ironing, dry cleaning, detergent, stain, clean clothes"
        ),
        within="rooms",
    ),
    "reimbursement": UsualSection(
        _("Reimbursement"),
        # L10N: long
        _(
            "reimbursement, reimburse, reimbursed, refund, refunded, money back, pay back, paid back, pay, paid,"
            " claim, claiming, expense/expenses, travel costs, petrol, receipt/receipts, invoice, ticket/tickets,"
            " train ticket, bank details, bank transfer, iban, cost, costs, amount, per diem, uber refund"
        ),
    ),
    "money": UsualSection(
        _("Money"),
        # L10N: long
        _(
            "atm, cash, cash machine, withdraw, withdraw cash/money, money, bank, exchange money/francs, exchange,"
            " currency, pay card/cash, card accepted, card payment, take card/cards, credit card, visa card, change"
            " money, coins, tip, tips, apple pay, per diem"
        ),
        within="reimbursement",
    ),
    "contacts": UsualSection(
        _("Contacts"),
        # L10N: long
        _(
            "contact, phone number, telephone number, number, number team/staff/organiser/organisers, phone"
            " staff/team, call, who call, email, mail, e-mail, whatsapp, reach, reach the team, reach someone, who can"
            " I talk to, organiser, organizer, organisers, organizers, staff, responsible, in charge, late, running"
            " late, on call, hotline, talk to a human"
        ),
    ),
    "lost": UsualSection(
        _("Lost and found"),
        # L10N: long
        _(
            "lost, I lost, lost and found, lost property, found, found a, anyone found/find, someone found, has"
            " anyone seen, anyone seen, seen my, left my, left behind, got left, i left, forgot, forgotten, forgot my,"
            " stolen, missing bag/wallet/phone, is gone, handed in, picked my, wallet, purse, lost suitcase, suitcase"
            " found"
        ),
    ),
    "charging": UsualSection(
        _("Charging"),
        # L10N: long
        _(
            "charge, charging, charge phone/laptop, charger, socket/sockets, plug/plugs, outlet/outlets, power strip,"
            " adapter, adaptor, converter, battery, powerbank, power bank, usb, cable, usb c, lightning, out of"
            " battery, phone dying, phone dead"
        ),
    ),
    "prayer": UsualSection(
        _("Prayer and quiet"),
        # L10N: long
        _(
            "pray, prayer, prayer room, mosque, church, chapel, mass, synagogue, temple, quiet room, quiet place,"
            " quiet space, quiet corner, meditation, meditate, qibla, mecca, prayer mat, prayer rug, friday prayer,"
            " ablution, shabbat, worship, jummah, maghrib"
        ),
    ),
    "smoking": UsualSection(
        _("Smoking"),
        # L10N: long
        _("smoke, smoking, smoking area, cigarette/cigarettes, ashtray, vape, vaping, lighter, tobacco, cigs, smokers"),
    ),
    "toilets": UsualSection(
        _("Toilets"),
        # L10N: long
        _(
            "toilet/toilets, bathroom, restroom, loo, jacks, washroom, ladies, gents, wc, toilet paper, gender"
            " neutral, pee, urinal, soap"
        ),
        within="address",
    ),
    "weather": UsualSection(
        _("Weather"),
        # L10N: long
        _(
            "weather, rain, raining, gonna rain, umbrella, cold, hot, roasting, freezing, lashing, cold outside, hot"
            " outside, snow, sunny, sun, forecast, temperature, degrees, warm, storm, coat, jacket"
        ),
    ),
}
"""The usual sections by key. Their titles are used for sections that were imported without a title."""


def known_by(section: Section, others: Collection[str] = ()) -> KnownBy:
    """Return the phrases that find a section: its titles, organisers' words, and the words of a usual section.

    `others` are the keys of all sections. If a usual section is not among them, its words find the section that its
    `within` names.
    """
    within = (key for key, usual in USUAL.items() if usual.within == section.key and key not in others)
    return _known_by(section.key, tuple(section.titles.items()), section.words, (section.key, *within))


@lru_cache(maxsize=128)
def _known_by(key: str, titles: Sequence[tuple[str, str]], words: str, usual_keys: Sequence[str]) -> KnownBy:
    phrases: list[tuple[str, str]] = []
    for usual in (USUAL[each] for each in usual_keys if each in USUAL):
        for locale in LOCALES:
            reader = Reader(locale, "UTC")
            phrases += [(locale, phrase) for phrase in (plain(usual.title, reader), *split(plain(usual.words, reader)))]
    own = [*titles, *((EVERY_LANGUAGE, phrase) for phrase in split(words))]
    return KnownBy(key, tuple(phrases), tuple((locale, phrase) for locale, phrase in own if phrase.strip()))


def draw_section(section: Section, locale: str, attachments: Sequence[Attachment] = ()) -> View:
    """Return a section as people with the language `locale` see it, with these attachments (see `Section.files`).

    If the text is missing in this language, another language is shown, and a line says so.
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
        lines.append(_("(The files are in {language}.)", language=locale_name(files, locale)))
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

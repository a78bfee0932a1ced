"""The demo's invented gathering: its configuration, a hundred invented participants, and one organiser."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.capability import load
from bot.config.example import example
from bot.config.settings import Settings, compose, load_sections
from bot.content.platforms import email
from bot.database.engine import Store, Transaction
from bot.delivery import letter_store
from bot.people import participant_store
from bot.people.listed import RosterPerson
from bot.people.participants import Account, Participant
from bot.platforms.web.sessions import PLATFORM, sender_of
from bot.rehearsal.contributions import Configuration, rehearsals, wishes
from bot.rehearsal.people import invent
from bot.rehearsal.suggestions import Suggestion, suggest_moves
from handlers import CAPABILITIES

PEOPLE = 100
MAIL = email.FEATURES.name
"""The platform whose phone is a mailbox."""
_SEED = 8
_JOINED_OF_TEN = 8
_UNDECIDED_OF = 9
"""One in this many people has not chosen a theme yet."""
_DEADLINE_IN = timedelta(days=21)
_JOINED_AGO = timedelta(days=2)
_MORNING = time(8, 0)
_ORGANISER = ("Inès", "Marchand")
_ORGANISERS_ADDRESS = "ines.marchand@example.org"
_BY_MAIL = 10
"""The place in the list of the person who has e-mail alone: one who joined."""


@dataclass(frozen=True, slots=True)
class DemoGathering:
    """What the demo begins with: the organiser, an invited person who has not joined, and suggestions of what to try.

    `newcomer` is the id of the invited person, and `addresses` are all people's e-mail addresses by participant id.
    """

    organiser: Participant
    newcomer: int
    moves: Sequence[Suggestion]
    addresses: Mapping[int, str]


_AT_ONCE = 1_000_000
"""How much an invented person may send at a time: some do in seconds what people do in days."""


def demo_settings(folder: Path, port: int, now: datetime) -> Settings:
    """Return the settings of the demo: its database is in `folder`, and its web server listens on `port`.

    They are the settings of config.example.toml, with all dates moved so that the deadline for choosing is in three
    weeks, and with what capabilities add, such as a programme.
    """
    return compose(load_sections(CAPABILITIES)).model_validate(demo_configuration(folder, port, now))


def demo_configuration(folder: Path, port: int, now: datetime) -> Configuration:
    """Return the values of the demo's settings, by section and key of config.toml.

    The database is in `folder`, and the web server listens on `port`.
    """
    values = tomllib.loads(example())
    values["web"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    values["storage"]["url"] = f"sqlite:///{folder / 'rencontres.db'}"
    values["limits"]["presses"] = _AT_ONCE
    gathering = values["gathering"]
    today = now.astimezone(ZoneInfo(gathering["zone"])).date()
    moved = today + _DEADLINE_IN - gathering["theme_deadline"].date()
    for day in ("starts", "ends", "theme_deadline", "retention_ends"):
        gathering[day] += moved
    for rehearsal in rehearsals().values():
        if rehearsal.configure:
            rehearsal.configure(values, moved)
    return values


async def populate(store: Store, settings: Settings, now: datetime, *, mail: bool = False) -> DemoGathering:
    """Add invented people to a new database for the demo; return the organiser and one person who has not joined.

    Eight in ten joined two days before `now`, and most of these have chosen a theme. With `mail`, one person has no
    account but e-mail.
    """
    load(CAPABILITIES)  # other capabilities act when people choose
    people = _listed(settings)
    then = now - _JOINED_AGO

    async def unit(tx: Transaction) -> DemoGathering:
        for rehearsal in rehearsals().values():
            if rehearsal.populate:
                await rehearsal.populate(tx, people, then)
        addresses = {}
        for number, person in enumerate(people, start=1):
            listed = await _selected(tx, person)
            addresses[listed.id] = person.email
            if _came_in(person):
                await _take_in(tx, listed.id, then, person.email if mail and number == _BY_MAIL else "")
        organiser = await participant_store.add(
            tx,
            ref="O-0001",
            given_name=_ORGANISER[0],
            family_name=_ORGANISER[1],
            now=then,
            attends=False,
            organises=True,
        )
        await _take_in(tx, organiser.id, then)
        newcomer = await _selected(tx, next(person for person in people if not _came_in(person)))
        addresses[organiser.id] = _ORGANISERS_ADDRESS
        return DemoGathering(organiser, newcomer.id, await suggest_moves(tx), addresses)

    return await store.transact(unit)


def _listed(settings: Settings) -> tuple[RosterPerson, ...]:
    keys = wishes(settings)
    weights = {key: 1 / rank for rank, key in enumerate(keys, start=1)}
    invented = invent(PEOPLE, _SEED, wishes=weights, year=settings.gathering.starts.year)
    in_turn = cycle(keys)
    people = []
    for number, person in enumerate((invented_person.person for invented_person in invented), start=1):
        if not _came_in(person) or number % _UNDECIDED_OF == 0:
            people.append(replace(person, theme=None, second_theme=None))
        elif person.theme is None:
            people.append(replace(person, theme=next(in_turn)))
        else:
            people.append(person)
    return tuple(people)


def gathering_opens(settings: Settings) -> datetime:
    """Return the instant (UTC) of 8 o'clock at the gathering's place on its first day, before anything begins."""
    return settings.gathering.instant(datetime.combine(settings.gathering.starts, _MORNING))


def _came_in(person: RosterPerson) -> bool:
    return int(person.ref[-1]) < _JOINED_OF_TEN


async def _selected(tx: Transaction, person: RosterPerson) -> Participant:
    """Return the participant with a listed person's reference."""
    selected = await participant_store.find_by_ref(tx, person.ref)
    assert selected is not None
    return selected


async def _take_in(tx: Transaction, participant_id: int, then: datetime, address: str = "") -> None:
    """Let a participant join at `then`, as if they had opened their page, or proved the e-mail `address` alone."""
    person = await participant_store.find(tx, participant_id)
    assert person is not None
    sender = sender_of(person, person.locale)
    account = Account(PLATFORM, sender.native_id, sender.chat, sender.name, sender.language)
    if address:
        account = Account(MAIL, address, address, address, None)
    attached = await participant_store.attach(tx, account, person.id, then)
    if address and attached.id is not None:
        await letter_store.subscribe(tx, attached.id)
    await participant_store.join(tx, person.id, then)

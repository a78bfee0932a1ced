"""Plenaries made straight in a store: people in groups, presenters, questions to each group, a session, a conductor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.stems import stems
from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.participants import Account
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import find_round, mark_round_published
from handlers.plenary.model.turns import Lengths
from handlers.plenary.service.preparing import groups_to_present, prepare
from handlers.plenary.service.presenting import MOST_PRESENTERS, set_presenters
from handlers.plenary.store.plenaries import find_state
from handlers.plenary.store.questions import add_question
from handlers.programme.model import Plan
from handlers.programme.store import add_session

_QUESTION = "Question {number}: who pays for it, and from when on?"


@dataclass(frozen=True, slots=True)
class Listener:
    """Someone in the room: their id and account (`native_id` is '' where it will be a page), and their group's id."""

    id: int
    platform: str
    native_id: str
    group: int


@dataclass(frozen=True, slots=True)
class PreparedPlenary:
    """A plenary that has not begun: its id, its groups in their order, with their titles in English, and the people."""

    id: int
    groups: Sequence[int]
    titles: Mapping[int, str]
    listeners: Sequence[Listener]
    presenters: Mapping[int, Sequence[Listener]]


async def prepare_plenary(
    tx: Transaction,
    accounts: Sequence[tuple[str, str]],
    conductor: str,
    themes: Sequence[str],
    now: datetime,
    *,
    groups: int,
    questions: int,
    lengths: Lengths,
) -> PreparedPlenary:
    """Put everybody into that many groups, publish them, and prepare their plenary, which may begin now.

    `accounts` are pairs of platform and native id, the latter '' for who gets a page. `conductor` is the Telegram id of
    the organiser. Everybody reads English. Each group gets so many `questions`, of who is in the next one.
    """
    await _add(tx, "Conductor", ("telegram", conductor), now, attends=False, organises=True)
    made = [await add_group(tx, 1, themes[place % len(themes)], place // len(themes) + 1) for place in range(groups)]
    listeners: list[Listener] = []
    for place, account in enumerate(accounts):
        group = made[place % groups]
        person = await _add(tx, f"P{place}", account, now)
        await tx.run(
            "INSERT INTO choices (participant_id, theme, chosen_at) VALUES (:id, :theme, :now)",
            id=person,
            theme=group.theme,
            now=to_micros(now),
        )
        await put_in_group(tx, person, group)
        listeners.append(Listener(person, *account, group.id))
    await tx.run("UPDATE accounts SET private_pushes = 1")  # Discord sends nothing unasked to who did not want it
    await mark_round_published(tx, 1, now)
    members = {group.id: [listener for listener in listeners if listener.group == group.id] for group in made}
    for place, group in enumerate(made):
        others = members[made[(place + 1) % groups].id]
        for number in range(questions):
            words = _QUESTION.format(number=number + 1)
            await add_question(tx, group.id, others[number % len(others)].id, words, stems(words, "en"), now)
    starts = now - timedelta(minutes=1)
    plan = Plan("plenary", {"en": "Plenary"}, starts, starts + timedelta(hours=2), "Europe/Paris", kind="plenary")
    round_ = await find_round(tx, 1)
    assert round_ is not None
    plenary_id = await prepare(tx, round_, await add_session(tx, plan), lengths)
    presenters = {}
    for place, group in enumerate(made):
        first = place % max(1, len(members[group.id]) - 1)  # so that presenters are on all platforms
        presenters[group.id] = members[group.id][first : first + MOST_PRESENTERS]
        await set_presenters(tx, group.id, [listener.id for listener in presenters[group.id]])
    state = await find_state(tx, plenary_id)
    assert state is not None
    titles = (await groups_to_present(tx, 1)).titles
    english = Reader("en", "Europe/Paris")
    return PreparedPlenary(
        plenary_id,
        [turn.group_id for turn in state.turns],
        {group_id: plain(title, english) for group_id, title in titles.items()},
        listeners,
        presenters,
    )


async def _add(
    tx: Transaction,
    name: str,
    account: tuple[str, str],
    now: datetime,
    *,
    attends: bool = True,
    organises: bool = False,
) -> int:
    """Add someone who joined, with an account unless its native id is ''; their id."""
    person = await participant_store.add(
        tx,
        ref=f"R-{name}",
        given_name=name,
        family_name="Dupont",
        now=now,
        territory="FR",
        locale="en",
        attends=attends,
        organises=organises,
    )
    platform, native_id = account
    if native_id:
        await participant_store.attach(tx, Account(platform, native_id, native_id, name, "en"), person.id, now)
    await participant_store.join(tx, person.id, now)
    return person.id

"""What the programme holds for each person: the sessions that are for them, their group's room, and its first meeting.

    visible, mine = await seen_by(tx, participant.id, gathering.zone)

In a workshop people sit where their group does, so its session shows them that room. The first meeting of a round's
groups is an entry like a session, unless a workshop of theirs begins at that very time: then that stands for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.content.i18n import LOCALES
from bot.content.texts import Reader, _, plain
from bot.database.engine import Transaction
from bot.people import audience_store
from bot.people.audiences import EVERYONE, Audience
from bot.people.participants import Participant
from handlers.groups import store as groups
from handlers.groups.model import Group, Round
from handlers.programme import store
from handlers.programme.model import Plan, Session, Words

_FIRST_MEETING = _("First meeting of your group")

Placed = Sequence[tuple[Round, Group]]
"""The groups someone is in, of the rounds that are published, in their order."""


async def of_people(tx: Transaction, people: Collection[int], zone: str) -> Mapping[int, Sequence[Session]]:
    """What is for each of these people, in order; `zone` is the gathering's."""
    return await _of_people(tx, await store.all_sessions(tx), people, zone)


async def _of_people(
    tx: Transaction, planned: Sequence[Session], people: Collection[int], zone: str
) -> Mapping[int, Sequence[Session]]:
    listeners = {
        audience: await audience_store.among(tx, audience, people)
        for audience in {each.plan.audience for each in planned}
    }
    placed = await groups.published_of(tx, people)
    return {
        person: personal(
            [each for each in planned if person in listeners[each.plan.audience]], placed.get(person, ()), zone
        )
        for person in people
    }


async def seen_by(tx: Transaction, participant_id: int, zone: str) -> tuple[Sequence[Session], Sequence[Session]]:
    """What someone may know of, all but sessions for the team or for another person, and what is for them; in order."""
    planned = await store.all_sessions(tx)
    mine = (await _of_people(tx, planned, (participant_id,), zone))[participant_id]
    known = {each.id for each in mine}
    others = [each for each in planned if each.id not in known and not each.plan.audience.personal]
    return _in_order([*mine, *others]), mine


async def at_hand(tx: Transaction, person: Participant, placed: Placed, now: datetime, zone: str) -> Sequence[Session]:
    """What takes place for someone now, and what begins next; in order, with their group's room and first meeting.

    For the team, who take part in nothing themselves, that is all that is for more people than one. Of sessions after
    the next one nobody asks for whom they are.
    """
    found: list[Session] = []
    following: datetime | None = None
    theirs: dict[Audience, bool] = {}
    for session in await store.still_to_come(tx, now):
        audience, starts = session.plan.audience, session.plan.starts
        if following is not None and starts > following:
            break
        if audience not in theirs:
            theirs[audience] = await _is_for(tx, audience, person)
        if theirs[audience]:
            found.append(session)
            following = starts if starts > now else None
    return personal(found, placed, zone)


async def _is_for(tx: Transaction, audience: Audience, person: Participant) -> bool:
    """Whether a session for this audience is shown to someone as theirs."""
    if not person.attends and not audience.personal:
        return True
    if audience == EVERYONE:
        return person.attends and person.joined
    return await audience_store.includes(tx, audience, person.id)


def personal(planned: Sequence[Session], placed: Placed, zone: str) -> Sequence[Session]:
    """Someone's sessions as they concern them: where their group sits in a workshop, and when it first meets."""
    mine = [with_room(each, placed, zone) for each in planned]
    begin = {each.plan.starts for each in mine if each.plan.kind == "workshop" and not each.plan.cancelled}
    meetings = [
        _meeting(round_, group, round_.meets_at, zone)
        for round_, group in placed
        if round_.meets_at is not None and round_.meets_at not in begin
    ]
    return _in_order([*mine, *meetings])


async def in_rooms(tx: Transaction, session: Session, people: Collection[int], zone: str) -> Mapping[int, Session]:
    """A session as each of these people sees it: a workshop is in the room of their group."""
    placed = await groups.published_of(tx, people)
    return {person: with_room(session, placed.get(person, ()), zone) for person in people}


def with_room(session: Session, placed: Placed, zone: str) -> Session:
    """A session as someone in these groups sees it: a workshop is in the room of the group they have that day."""
    if session.plan.kind != "workshop" or not placed:
        return session
    group = _on_day(placed, session.plan.starts.astimezone(ZoneInfo(zone)).date())
    place = _in_room(session.plan.place, group.room)
    return session if place == session.plan.place else replace(session, plan=replace(session.plan, place=place))


def _meeting(round_: Round, group: Group, at: datetime, zone: str) -> Session:
    title = {locale: plain(_FIRST_MEETING, Reader(locale, zone)) for locale in LOCALES}
    audience = Audience("group", str(group.id))
    # Nobody says how long it lasts: it ends when it begins. Its id is no session's.
    plan = Plan(f"first-meeting-{round_.number}", title, at, at, zone, _in_room({}, group.room), "workshop", audience)
    return Session(-round_.number, plan)


def _on_day(placed: Placed, day: date) -> Group:
    """The group of a day: that of the last round which has begun by then, else of the first."""
    return next((group for round_, group in reversed(placed) if round_.day <= day), placed[0][1])


def _in_room(place: Words, room: str) -> Words:
    if not room:
        return place
    return {locale: words if room in words else f"{words}, {room}" for locale, words in place.items()} or {"": room}


def _in_order(found: Sequence[Session]) -> Sequence[Session]:
    return sorted(found, key=lambda each: (each.plan.starts, each.plan.ends, each.id))

"""The rules of the programme: changing sessions, notifying people, importing, and each person's own programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.background import reminding
from bot.background.reminder_store import call_back
from bot.background.reminding import day_subject
from bot.config.settings import Settings
from bot.content.i18n import LOCALES
from bot.content.names import fold
from bot.content.texts import Reader, Span, _, plain
from bot.conversation.preloading import Perform
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.files.pending_import_store import digest_of
from bot.people import audience_store, participant_store, presence_store
from bot.people.audiences import EVERYONE, Audience
from bot.people.participant_store import IdRange
from bot.people.participants import Participant
from bot.people.quiet import Hours
from handlers.groups.messages.cards import short_title
from handlers.groups.model import Group, Round
from handlers.groups.store.groups import groups_with_themes
from handlers.groups.store.members import published_groups_of
from handlers.groups.store.rounds import all_rounds
from handlers.programme import hooks, store
from handlers.programme.files.parsing import ProgrammeRules
from handlers.programme.messages import change_notice, difference, not_for_you, now_for_you
from handlers.programme.model import (
    ChangedSession,
    Plan,
    ProgrammeDifference,
    Session,
    Words,
    beside_workshops,
    compare,
    local_day,
    must_be_told,
    session_subject,
)
from handlers.themes.store import all_themes

_SOON = timedelta(days=1)
"""Changes of sessions that begin within this time are also sent during a recipient's night."""
AT_ONCE = 1_000
"""How many people (by id) are checked in one transaction, to notify those whom a change concerns."""
_COUNTED_AT_ONCE = 5_000
"""How many ids of people one transaction goes through to count those whom a change concerns."""
_CHANGED = _("This has changed since: see below.")
_FIRST_MEETING = _("First meeting of your group")

Placed = Sequence[tuple[Round, Group]]
"""The groups that a person is in, each with its round (a set of groups), in the order of the published rounds."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a change: changed sessions (before, after), added sessions, and how many people were notified.

    If `more` is True, further people will be notified within minutes, because they are too many to notify at once.
    """

    sessions: Sequence[ChangedSession]
    told: int
    added: Sequence[Session] = ()
    more: bool = False


async def follow_change(tx: Transaction, before: Session | None, after: Session | None, now: datetime) -> None:
    """Update the reminders of a session that was added (`before` None), changed, or deleted (`after` None)."""
    if session := after or before:
        moved = before is not None and before.plan.starts != session.plan.starts
        await plan_reminders(tx, session, now, gone=after is None, moved=moved)


async def plan_reminders(
    tx: Transaction, session: Session, now: datetime, *, gone: bool = False, moved: bool = False
) -> None:
    """Plan the reminders of a session; delete them if the session is cancelled, unconfirmed or deleted (`gone`).

    If `moved` is true, reminders with the old time that are already in the outbox are deleted first.
    """
    subject = session_subject(session.id)
    plan = session.plan
    if moved:
        await call_back(tx, subject)  # what has not left names the old time
    if gone or not plan.takes_place:
        await reminding.unschedule(tx, subject)
    else:
        configuration = await reminding.configured(tx)
        await reminding.schedule(tx, subject, plan.starts, plan.zone, configuration.leads_of(plan.kind), now)
        await reminding.schedule_day(tx, plan.starts, now)


async def change_sessions(
    tx: Transaction, changes: Iterable[tuple[Session, Plan]], now: datetime, hours: Hours, *, by: int | None = None
) -> Changed:
    """Change the plans of sessions, and notify the people concerned; of very many, `tell_more` notifies the rest later.

    `by` is the id of the participant who made the change and is not notified; None for nobody. At night, as `hours`
    defines it for each person, notices about sessions that are more than a day away wait until morning.
    """
    done: list[ChangedSession] = []
    for before, plan in changes:
        after = await store.rewrite_session(tx, before, plan)
        await follow_change(tx, before, after, now)
        await hooks.session_changed(tx, after, now)
        if not plan.takes_place:
            await hooks.session_dropped(tx, after)
        done.append((before, after))
    if not any(_audiences_of(change, now) for change in done):
        return Changed(done, 0)
    first, last = await participant_store.next_ids(tx, 0, AT_ONCE), await participant_store.last_id(tx)
    if first is None:
        return Changed(done, 0)
    told = await _tell(tx, done, first, now, hours, by=by)
    if more := first.last < last:
        await store.add_news(tx, done, by, IdRange(first.last, last))
    return Changed(done, told, more=more)


async def tell_more(tx: Transaction, now: datetime, hours: Hours) -> int | None:
    """Notify some more people of the oldest changes of which not everybody concerned has been notified.

    Returns how many people were notified; None if there are no such changes.
    """
    news = await store.first_news(tx)
    if news is None:
        return None
    after, last = news.left
    part = await participant_store.next_ids(tx, after, AT_ONCE) or news.left  # the others were erased meanwhile
    part = IdRange(after, min(part.last, last))  # who came since then knows no other programme
    told = await _tell(tx, news.changes, part, now, hours, by=news.author_id)
    await store.shorten_news(tx, news.id, IdRange(part.last, last))
    return told


async def _tell(
    tx: Transaction, changes: Iterable[ChangedSession], ids: IdRange, now: datetime, hours: Hours, *, by: int | None
) -> int:
    """Notify which of these people changes of sessions concern. Returns how many are notified."""
    lines: list[Span] = []
    concerned: dict[int, list[int]] = defaultdict(list)  # the places of a person's lines, by participant id
    by_day: dict[str, set[int]] = defaultdict(set)
    soon: set[int] = set()
    for before, after in changes:
        found = await _news(tx, before, after, now, ids)
        people = frozenset().union(*(people for _line, people in found))
        for line, whom in found:
            for person in whom:
                concerned[person].append(len(lines))
            lines.append(line)
        if people:
            await message_updates.close_messages(tx, session_subject(before.id), _CHANGED, now, people=people)
        by_day[day_subject(before.plan.starts.astimezone(ZoneInfo(hours.zone)).date())] |= people
        if min(before.plan.starts, after.plan.starts) - now < _SOON:
            soon |= people
    for day in sorted(day for day, people in by_day.items() if people):
        await message_updates.add_line(tx, day, _CHANGED, now, people=by_day[day])
    awake = await presence_store.awake_at(tx, concerned.keys() - soon, hours, now)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)  # people who read the same lines
    for person, places in concerned.items():
        if person != by:
            alike[tuple(places)].append(person)
    told = 0
    for read, readers in alike.items():
        told += await outbox.notify_many(
            tx, readers, change_notice([lines[place] for place in read]), now, outbox.Telling.NEWS, due=awake
        )
    return told


async def groups_in_rooms(tx: Transaction, plans: Iterable[Plan]) -> Sequence[tuple[Plan, Sequence[Span]]]:
    """Return the plans that use a group's room while groups work, each with the short titles of the room's groups."""
    by_day = {round_.day: round_ for round_ in await all_rounds(tx)}
    stored = [session.plan for session in await store.confirmed_sessions(tx)]
    taken = list[tuple[Plan, Sequence[Span]]]()
    for plan in plans:
        day = local_day(plan, plan.starts)
        if day not in by_day or plan not in beside_workshops([plan, *stored], day):
            continue
        venues = {fold(venue) for venue in plan.venue.values()}
        groups = [
            short_title(group, theme)
            for group, theme in await groups_with_themes(tx, by_day[day].number)
            if group.room and fold(group.room) in venues
        ]
        taken += [(plan, groups)] if groups else []
    return taken


async def count_concerned(
    perform: Perform, *, changes: Sequence[tuple[Session, Plan]], now: datetime, by: int | None
) -> int:
    """Return how many people `change_sessions` would notify of these changes, not counting the participant `by`."""
    changed = [(before, replace(before, plan=plan)) for before, plan in changes]
    if not any(_audiences_of(change, now) for change in changed):
        return 0
    parts = await perform(partial(participant_store.id_ranges, size=_COUNTED_AT_ONCE))
    return sum(await perform.each([partial(_count_some, changes=changed, now=now, ids=ids, by=by) for ids in parts]))


async def _count_some(
    tx: Transaction, *, changes: Iterable[ChangedSession], now: datetime, ids: IdRange, by: int | None
) -> int:
    people: set[int] = set()
    for before, after in changes:
        people.update(*(whom for _line, whom in await _news(tx, before, after, now, ids)))
    return len(await outbox.notifiable(tx, people - {by}))


async def count_moved(perform: Perform, *, before: Audience, after: Audience) -> tuple[int, int]:
    """Return how many people enter and how many leave a session's audience if it changes from `before` to `after`."""
    parts = await perform(partial(participant_store.id_ranges, size=_COUNTED_AT_ONCE))
    counted = await perform.each([partial(_count_moved, before=before, after=after, ids=ids) for ids in parts])
    return sum(gained for gained, _lost in counted), sum(lost for _gained, lost in counted)


async def _count_moved(tx: Transaction, *, before: Audience, after: Audience, ids: IdRange) -> tuple[int, int]:
    was = {*await audience_store.people(tx, before, ids)}
    becomes = {*await audience_store.people(tx, after, ids)}
    return len(becomes - was), len(was - becomes)


def _audiences_of(change: ChangedSession, now: datetime) -> Collection[Audience]:
    """Return the audiences of which somebody must be notified of a change of a session; empty if nobody must be."""
    before, after = (session.plan for session in change)
    return {before.audience, after.audience} if must_be_told(before, after, now) else ()


async def _news(
    tx: Transaction, before: Session, after: Session, now: datetime, ids: IdRange
) -> Sequence[tuple[Span, frozenset[int]]]:
    """Return the lines that notify people of a change, each with the ids of the people whom it notifies."""
    if not _audiences_of((before, after), now):
        return ()
    was = frozenset(await audience_store.people(tx, before.plan.audience, ids))
    now_in = was
    if before.plan.audience != after.plan.audience:
        now_in = frozenset(await audience_store.people(tx, after.plan.audience, ids))
    lines: list[tuple[Span, frozenset[int]]] = []
    if not before.plan.cancelled and (left := was - now_in):
        lines.append((not_for_you(before.plan), left))
    if not after.plan.cancelled and (new := now_in - was):
        lines.append((now_for_you(after.plan), new))
    same_people = replace(after.plan, audience=before.plan.audience)
    if must_be_told(before.plan, same_people, now) and (stay := was & now_in):
        lines.append((difference(before.plan, same_people), stay))
    return lines


# --- importing


async def file_rules(tx: Transaction, settings: Settings) -> ProgrammeRules:
    """Return the rules for a programme's file in this gathering, such as its themes and languages."""
    gathering = settings.gathering
    themes_known = {theme.key: list(theme.title.values()) for theme in await all_themes(tx)}
    return ProgrammeRules(themes_known, gathering.locales, gathering.zone, gathering.starts.year)


async def preview_import(tx: Transaction, plans: Iterable[Plan], now: datetime) -> ProgrammeDifference:
    """Return what importing these plans would change in the stored sessions."""
    return compare(plans, await store.all_sessions(tx), now)


def digest_import(found: ProgrammeDifference) -> str:
    """Return a digest of the changes that an import would make.

    If the digest differs from the one that was stored at the preview, sessions changed since.
    """
    return digest_of(found.new, found.changed, found.missing)


async def apply_programme(
    tx: Transaction,
    plans: Iterable[Plan],
    now: datetime,
    hours: Hours,
    *,
    cancel_missing: bool = False,
    by: int | None = None,
) -> Changed:
    """Add and change sessions as the plans say, and notify the people concerned, except the participant `by`.

    `cancel_missing` cancels stored sessions that are not among the plans.
    """
    found = await preview_import(tx, plans, now)
    added = [await _add(tx, plan, now) for plan in found.new]
    changes = [(each.before, each.after) for each in found.changed]
    if cancel_missing:
        changes += [(session, replace(session.plan, cancelled=True)) for session in found.missing]
    return replace(await change_sessions(tx, changes, now, hours, by=by), added=added)


async def add_session(tx: Transaction, plan: Plan, now: datetime) -> Changed:
    """Store a new session and plan its reminders. Nobody is notified."""
    return Changed([], 0, added=[await _add(tx, plan, now)])


async def _add(tx: Transaction, plan: Plan, now: datetime) -> Session:
    session = await store.add_session(tx, plan)
    await follow_change(tx, None, session, now)
    return session


async def undo_changes(
    tx: Transaction,
    altered: Sequence[tuple[int, Plan, Plan]],
    added: Sequence[tuple[int, Plan]],
    now: datetime,
    hours: Hours,
    *,
    by: int | None = None,
) -> Changed | None:
    """Undo changes and additions of sessions, and notify the people concerned, except the participant `by`.

    `altered` has (id, plan before, plan after), `added` has (id, plan). Returns None, and changes nothing, if one of
    the sessions was changed again since.
    """
    stored = {session.id: session for session in await store.all_sessions(tx)}
    for each, plan in [*((each, after) for each, _before, after in altered), *added]:
        if each not in stored or stored[each].plan != plan:
            return None
    back = await change_sessions(tx, [(stored[each], before) for each, before, _after in altered], now, hours, by=by)
    for each, _plan in added:
        await follow_change(tx, stored[each], None, now)
        await hooks.session_dropped(tx, stored[each])
        await store.remove_session(tx, each)
    return back


# --- what the programme holds for each person
#
# In a workshop people sit where their group does, so its session shows them that room. The first meeting of a round's
# groups is an entry like a session, unless a workshop of theirs begins at that very time: then that stands for it.


async def programmes_of(tx: Transaction, people: Collection[int], zone: str) -> Mapping[int, Sequence[Session]]:
    """Return the sessions that are for each of these people, in order, by participant id.

    `zone` is the gathering's time zone. A workshop's venue is the room of the person's group.
    """
    return await _programmes_of(tx, await store.confirmed_sessions(tx), people, zone)


async def _programmes_of(
    tx: Transaction, planned: Sequence[Session], people: Collection[int], zone: str
) -> Mapping[int, Sequence[Session]]:
    listeners = {
        audience: await audience_store.among(tx, audience, people)
        for audience in {session.plan.audience for session in planned}
    }
    placed = await published_groups_of(tx, people)
    return {
        person: personal(
            [session for session in planned if person in listeners[session.plan.audience]], placed.get(person, ()), zone
        )
        for person in people
    }


async def seen_by(tx: Transaction, participant_id: int, zone: str) -> tuple[Sequence[Session], Sequence[Session]]:
    """Return the sessions that a person may see, and the sessions that are for the person, both in order.

    `zone` is the gathering's time zone.
    """
    planned = await store.confirmed_sessions(tx)
    mine = (await _programmes_of(tx, planned, (participant_id,), zone))[participant_id]
    known = {session.id for session in mine}
    others = [session for session in planned if session.id not in known and not session.plan.audience.personal]
    return _in_order([*mine, *others]), mine


async def at_hand(tx: Transaction, person: Participant, placed: Placed, now: datetime, zone: str) -> Sequence[Session]:
    """Return the sessions for a person that take place now, and the next ones, in order.

    `placed` are the person's groups: a workshop has the room of the group as venue, and first meetings of groups that
    are not over are included. An organiser who does not attend also gets the sessions of all themes, groups and
    territories. `zone` is the gathering's time zone.
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
    return [session for session in personal(found, placed, zone) if session.plan.over_at > now]


async def _is_for(tx: Transaction, audience: Audience, person: Participant) -> bool:
    """Return whether a person's current and next sessions include one for this audience."""
    if not person.attends and not audience.personal:
        return True
    if audience == EVERYONE:
        return person.joined
    return await audience_store.includes(tx, audience, person.id)


def personal(planned: Sequence[Session], placed: Placed, zone: str) -> Sequence[Session]:
    """Return sessions as they are for one person: a workshop's venue is the room of the person's group of that day.

    The first meetings of the person's groups (`placed`) are added. `zone` is the gathering's time zone.
    """
    mine = [with_room(session, placed, zone) for session in planned]
    begin = {session.plan.starts for session in mine if session.plan.kind == "workshop" and not session.plan.cancelled}
    meetings = [
        _meeting(round_, group, round_.meets_at, zone)
        for round_, group in placed
        if round_.meets_at is not None and round_.meets_at not in begin
    ]
    return _in_order([*mine, *meetings])


async def in_rooms(tx: Transaction, session: Session, people: Collection[int], zone: str) -> Mapping[int, Session]:
    """Return a session as it is for each of these people, by participant id.

    A workshop's venue is the room of the person's group of that day; any other session is unchanged.
    """
    placed = await published_groups_of(tx, people)
    return {person: with_room(session, placed.get(person, ()), zone) for person in people}


def with_room(session: Session, placed: Placed, zone: str) -> Session:
    """Return a workshop with the room of the person's group of that day as venue; return any other session unchanged.

    `placed` are the person's groups; `zone` is the gathering's time zone.
    """
    group = group_on_day(session, placed, zone)
    if group is None:
        return session
    venue = _in_room(session.plan.venue, group.room)
    return session if venue == session.plan.venue else replace(session, plan=replace(session.plan, venue=venue))


def group_on_day(session: Session, placed: Placed, zone: str) -> Group | None:
    """Return the person's group on the day of a workshop; None for other sessions, and for a person without a group."""
    if session.plan.kind != "workshop" or not placed:
        return None
    return _on_day(placed, session.plan.starts.astimezone(ZoneInfo(zone)).date())


def _meeting(round_: Round, group: Group, at: datetime, zone: str) -> Session:
    title = {locale: plain(_FIRST_MEETING, Reader(locale, zone)) for locale in LOCALES}
    audience = Audience("group", str(group.id))
    # Nobody says how long it lasts: it ends when it begins. Its id is no session's.
    plan = Plan(f"first-meeting-{round_.number}", title, at, at, zone, _in_room({}, group.room), "workshop", audience)
    return Session(-round_.number, plan)


def _on_day(placed: Placed, day: date) -> Group:
    """Return the person's group on a day: their group in the last round begun by then, else in the first round."""
    return next((group for round_, group in reversed(placed) if round_.day <= day), placed[0][1])


def _in_room(venue: Words, room: str) -> Words:
    if not room:
        return venue
    return {locale: words if room in words else f"{words}, {room}" for locale, words in venue.items()} or {"": room}


def _in_order(found: Sequence[Session]) -> Sequence[Session]:
    return sorted(found, key=lambda session: (session.plan.starts, session.plan.ends, session.id))


# --- a day


def from_here_on(found: Iterable[Session], first: Session) -> Sequence[Session]:
    """Return the session `first`, and the sessions among `found` that begin later on the same day.

    Cancelled sessions are left out. The day is the date in the first session's time zone.
    """
    day = local_day(first.plan, first.plan.starts)
    return [
        session
        for session in found
        if session.plan.starts >= first.plan.starts
        and local_day(first.plan, session.plan.starts) == day
        and not session.plan.cancelled
    ]


def shifted(plan: Plan, by: timedelta) -> Plan:
    """Return a copy of a plan with start and end moved by the duration `by`."""
    return replace(plan, starts=plan.starts + by, ends=plan.ends + by)

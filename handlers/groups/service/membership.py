"""Changes who is in which group, and notifies the people concerned once the groups are published.

A round is the set of groups of one day. Until it is published, nobody is notified of changes; `publish_round` notifies
everyone, once. After that, whoever moves gets the card of their new group, and the other members of the groups a line
about who arrived and left. Everyone gets one message per change, however many people move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.background import reminding
from bot.background.reminder_store import call_back
from bot.content.roles import FACILITATES
from bot.content.stored_texts import people_in
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import channel_store, message_updates, outbox
from bot.people import participant_store
from bot.people.naming import called
from handlers.groups import hooks
from handlers.groups.messages.cards import (
    MY_GROUP,
    came_and_went,
    card_buttons,
    card_lines,
    day,
    icebreaker,
    introduced,
    title,
    told_lines,
)
from handlers.groups.model import Group, Member, Round, due, meeting_subject
from handlers.groups.service.forming import limits_now
from handlers.groups.store import reach, rounds
from handlers.groups.store.groups import find_group, groups_of_round, groups_of_theme, remove_empty_groups
from handlers.groups.store.members import (
    group_of,
    groups_of_person,
    members_of,
    people_with_theme,
    person_with_theme,
    put_in_group,
    sorted_by_name,
    take_out_of_group,
)
from handlers.groups.store.pairs import pairs_of
from handlers.navigation import people_store
from handlers.themes.model import Theme
from handlers.themes.store import all_themes, find_theme

_OVER_AFTER = timedelta(hours=36)
"""How long after the beginning of a round's day in UTC that day has ended everywhere."""
_TO_GROUPS = (Button(_("Groups"), Go("groupes")),)


async def change_groups(
    tx: Transaction,
    round_: Round,
    moves: Mapping[int, Group | None],
    now: datetime,
    *,
    by: int | None = None,
    untold: Collection[int] = (),
) -> int:
    """Move people into or out of groups of a round (one day), and return how many people are notified.

    `moves` maps participant ids to groups, None to take a person out. People who are already in that group, or no
    longer attend, are skipped. If the round is published, the people moved and the members of the groups are notified,
    except the organiser `by` (an id), who makes the change, and the people `untold` (ids).
    """
    return await _change(tx, round_, moves, now, untold={*untold, *((by,) if by else ())})


async def count_concerned(
    tx: Transaction, round_: Round, moves: Mapping[int, Group | None], untold: Collection[int] = ()
) -> int:
    """Return how many people would be notified of moves in a round (one day); 0 before its groups are published.

    `moves` maps participant ids to groups, None to take a person out. People in `untold` (ids) are not counted.
    """
    touched: set[int] = set()
    people: dict[int, bool] = {}
    for person_id, target in moves.items() if round_.published else ():
        former = await group_of(tx, person_id, round_.number)
        if _id(former) != _id(target):
            touched |= {group.id for group in (former, target) if group}
            person = await person_with_theme(tx, round_.number, person_id)
            people[person_id] = person is not None and person.joined
    for group in await groups_of_round(tx, round_.number):
        if group.id in touched:
            people |= {member.id: member.joined for member in await members_of(tx, group)}
    reached = await reach.platforms_reached(tx) if people else {}
    return sum(joined for person_id, joined in people.items() if person_id in reached and person_id not in untold)


async def card_of(
    tx: Transaction, participant_id: int, round_: Round, now: datetime, *, over: bool = False
) -> View | None:
    """Return the message with the card of a participant's group in a round (one day).

    Until the group first meets, it tells when, and whom to say hello to. Once the gathering is `over`, it does not tell
    where it meets. Returns None if the round is not published or the participant has no group in it.
    """
    group = await group_of(tx, participant_id, round_.number) if round_.published else None
    if group is None:
        return None
    links = await channel_store.links(tx, group.id, (participant_id,))
    members = await members_of(tx, group)
    met = round_.meets_at is not None and round_.meets_at <= now
    lines = card_lines(group, await theme_of(tx, group), round_, members, met=met, over=over, reader=participant_id)
    own = next(member for member in members if member.id == participant_id)
    hello = () if met or over else icebreaker(own, members)
    return View((*lines, *hello), card_buttons(round_, links[participant_id]))


async def publish_round(tx: Transaction, round_: Round, now: datetime) -> int:
    """Publish the groups of a round (one day), and return how many people are notified.

    Everyone gets the card of their group, and later reminders of the first meeting. People who have a theme but no
    group are told that organisers will find one. Returns 0 if the round was published before.
    """
    if not await rounds.mark_round_published(tx, round_.number, now):
        return 0
    placed: dict[int | None, list[Member]] = defaultdict(list)
    for person in await people_with_theme(tx, round_.number):
        placed[person.group_id].append(person)
    await remind_of_meeting(tx, replace(round_, published=True), now)
    reached = await reach.platforms_reached(tx)
    unplaced = [person.id for person in placed.pop(None, ())]
    await outbox.notify_many(tx, unplaced, no_group_view(round_), now, outbox.Telling.NEWS)
    notified = sum(person_id in reached for person_id in unplaced)
    themes = {theme.key: theme for theme in await all_themes(tx)}
    groups = await groups_of_round(tx, round_.number)
    # Only published groups have channels.
    await outbox.refresh_channels(tx, [group.id for group in groups if placed[group.id]], now)
    facilitators = await _facilitators(tx)
    for group in groups:
        members = sorted_by_name(placed[group.id])
        glance, lines = told_lines(group, themes[group.theme], round_, members)
        links = await channel_store.links(tx, group.id, [member.id for member in members])
        for member in members:
            card = introduced(glance, (*lines, *icebreaker(member, members)), card_buttons(round_, links[member.id]))
            view = replace(card, pinned=member.id not in facilitators)
            await outbox.notify(tx, member.id, view, now, outbox.Telling.NEWS, subject=_card(group.id))
        notified += sum(member.id in reached for member in members)
    return notified


async def follow_cards(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Update the cards of groups in messages already sent, after something on the cards has changed.

    Chats pin a person's last card and show its first line: once it is updated, that is what is on for them, or next.
    """
    published = [each.number for each in await rounds.all_rounds(tx) if each.published]
    unpinned = await _facilitators(tx)
    for group_id in group_ids:
        group = await find_group(tx, group_id)
        round_ = await rounds.find_round(tx, group.round) if group else None
        if group is None or round_ is None:
            continue
        theme = await theme_of(tx, group)
        members = await members_of(tx, group)
        glance, card = told_lines(group, theme, round_, members, met=has_met(round_, now))
        here = frozenset(member.id for member in members)
        on_now: dict[int, Span] = {}
        if group.round in published[-1:]:
            for person, told in await hooks.on_now(tx, here - unpinned, now):
                on_now.setdefault(person, told)
        lines = [on_now.get(member.id) for member in members]
        for line in (line for place, line in enumerate(lines) if line not in lines[:place]):
            people = [member.id for member in members if on_now.get(member.id) == line]
            change = partial(_with_card, line or glance, (glance, *card) if line else card, here)
            await outbox.follow(tx, _card(group.id), change, now, people=people)


async def follow_pinned_cards(tx: Transaction, group_id: int, now: datetime) -> None:
    """Update the cards that the members of a group have pinned, after what is on for the group has changed.

    They are of the last published groups, which may be of a later day than the group.
    """
    published = [each for each in await rounds.all_rounds(tx) if each.published]
    group = await find_group(tx, group_id)
    if group and published:
        last = [await group_of(tx, member.id, published[-1].number) for member in await members_of(tx, group)]
        await follow_cards(tx, {each.id for each in last if each}, now)


async def follow_met_cards(tx: Transaction, now: datetime) -> int:
    """Remove the time of the first meeting from the cards of groups that met within the last 24 hours.

    Chats pin the cards and keep showing their first line, which has the time. This is a chore, run every hour; it
    returns the number of these groups.
    """
    met = [each for each in await rounds.all_rounds(tx) if each.published and has_met(each, now)]
    recent = [each for each in met if not has_met(each, now - timedelta(days=1))]
    group_ids = [group.id for each in recent for group in await groups_of_round(tx, each.number)]
    await follow_cards(tx, group_ids, now)
    return len(group_ids)


def _with_card(glance: Span, card: tuple[Span, ...], here: frozenset[int], view: View) -> View:
    """Return a card that was sent, with new lines. A card without buttons, of a former group, stays as it is.

    Below a second empty line stands the icebreaker, which stays as long as the person it names is `here`.
    """
    if not view.buttons or "" not in view.lines:
        return view
    first = view.lines.index("")
    intro, below = view.lines[1:first], view.lines[first + 1 :]  # in cards sent before, the intro is the first line
    last = below[below.index("") :] if "" in below else ()
    kept = last if all(people_in(line) <= here for line in last) else ()
    return replace(view, lines=(glance, *intro, "", *card, *kept))


async def _facilitators(tx: Transaction) -> frozenset[int]:
    """Return the ids of those in whose chats no card is pinned, because a facilitator's panel is pinned there."""
    return frozenset(holder.id for holder in await people_store.holders(tx, FACILITATES))


def _card(group_id: int) -> str:
    """Return the subject of the messages that show a group's card."""
    return f"card:{group_id}"


async def take_into_groups(
    tx: Transaction,
    participant_id: int,
    now: datetime,
    *,
    shown: int | None = None,
    by: int | None = None,
    left: Mapping[int, Text] | None = None,
) -> Sequence[Round]:
    """Put a participant who comes late into a group of every published round (day) that is not over.

    Returns the rounds in which no group can take the participant. For each round, the participant and the organisers
    are notified, and also the members of the new group if there is one. Two people get no message, because the reply
    tells them: the organiser `by` (an id), and the participant about the round with the number `shown`.

    `left` holds the titles of groups that the participant has just left for another theme, by round number; organisers
    are told of them.
    """
    missing: list[Round] = []
    for round_ in await rounds.all_rounds(tx):
        if not _is_to_come(round_, now):
            continue
        person = await person_with_theme(tx, round_.number, participant_id)
        if person is None or person.group_id is not None:
            continue
        group = await suitable_group(tx, round_, person)
        if group is None:
            missing.append(round_)
            if round_.number != shown:
                await outbox.notify(tx, person.id, no_group_view(round_), now, outbox.Telling.NEWS)
            await ask_for_group(tx, round_, person, now, by=by, left=(left or {}).get(round_.number))
            continue
        welcome = _("Welcome! This is your group.")
        untold = {person.id} if round_.number == shown else set()
        await _change(tx, round_, {person.id: group}, now, untold=untold, intro=welcome)
        name, name_of_group = Strong(called(person, "full")), title(group, await theme_of(tx, group))
        if former := (left or {}).get(round_.number):
            line = _(
                "{name} changed theme: from {before} to {group}, {date}.",
                name=name,
                before=former,
                group=name_of_group,
                date=day(round_),
            )
        elif await participant_store.came_since(tx, person.id, now - ARRIVING):
            line = _("{name} came late and is in {group}, {date}.", name=name, group=name_of_group, date=day(round_))
        else:
            line = _(
                "{name} has a theme now and is in {group}, {date}.", name=name, group=name_of_group, date=day(round_)
            )
        await outbox.notify_organisers(
            tx, View((line,), _TO_GROUPS), now, outbox.Telling.NEWS, but=by or person.id, about=person.id
        )
    return missing


async def take_out_of_groups(
    tx: Transaction, participant_id: int, now: datetime, *, forgotten: bool = False, quiet: bool = False
) -> Mapping[int, Text]:
    """Take a participant out of all groups whose day is not over, and notify the members and the organisers.

    Nobody is notified about groups that are not published. With `forgotten`, the participant is about to be erased, and
    messages leave out the name. With `quiet`, organisers get no message, because the caller notifies them. Returns the
    titles of the published groups that the participant left, by round number.
    """
    left: dict[int, Text] = {}
    for round_ in await rounds.all_rounds(tx):
        group = await group_of(tx, participant_id, round_.number)
        if group is None or is_over(round_, now):
            continue
        person = next(member for member in await members_of(tx, group) if member.id == participant_id)
        await _change(tx, round_, {participant_id: None}, now, untold={participant_id}, nameless=forgotten)
        if not round_.published:
            continue
        left[round_.number] = name = title(group, await theme_of(tx, group))
        if quiet:
            continue
        if forgotten:
            line = _("Someone left {group}, {date}.", group=name, date=day(round_))
        else:
            who = Strong(called(person, "full"))
            line = _("{name} left {group}, {date}.", name=who, group=name, date=day(round_))
        about = None if forgotten else participant_id
        await outbox.notify_organisers(
            tx, View((line,), _TO_GROUPS), now, outbox.Telling.NEWS, but=participant_id, about=about
        )
    return left


@dataclass(frozen=True, slots=True)
class _Notices:
    """What people read about a change.

    `before` and `after` hold the groups of those who move. The people of `untold` are not notified. `intro` stands
    above the card of those who move, None for the usual words. With `nameless`, those who leave are not named.
    """

    before: Mapping[int, Group | None]
    after: Mapping[int, Group | None]
    untold: Collection[int]
    intro: Span | None
    nameless: bool

    def about(self, reader: int) -> int | None:
        """Return the id of the moved person, for a message to `reader` about that person.

        Returns None if several people moved, if the reader is the one who moved, or if messages must not name the
        person.
        """
        return (
            next(iter(self.after)) if len(self.after) == 1 and reader not in self.after and not self.nameless else None
        )

    def news(self, group: Group, was: Iterable[Member], members: Iterable[Member]) -> tuple[Span, ...]:
        """Return the lines that tell the members of a group who arrived and who left.

        `was` are the members before the change, `members` the members now.
        """
        gone = [member for member in was if member.id in self.after and _id(self.after[member.id]) != group.id]
        if self.nameless:
            return tuple(_("Someone is no longer in your group.") for _member in gone)
        arrived = [member for member in members if member.id in self.after]
        moved = [member for member in gone if self.after[member.id] is not None]
        return came_and_went(arrived, moved, [member for member in gone if self.after[member.id] is None])


async def _change(
    tx: Transaction,
    round_: Round,
    moves: Mapping[int, Group | None],
    now: datetime,
    *,
    untold: Collection[int] = (),
    intro: Span | None = None,
    nameless: bool = False,
) -> int:
    before = {person: await group_of(tx, person, round_.number) for person in moves}
    after: dict[int, Group | None] = {}
    for person, target in moves.items():
        comes = target is None or await person_with_theme(tx, round_.number, person) is not None
        if comes and _id(before[person]) != _id(target):
            after[person] = target
    touched = {group.id: group for person, target in after.items() for group in (before[person], target) if group}
    former_members = {group.id: await members_of(tx, group) for group in touched.values()}
    for person, target in after.items():
        if target is None:
            await take_out_of_group(tx, person, round_.number)
        else:
            await put_in_group(tx, person, target)
    if not round_.published or not after:
        return 0
    for person, left in before.items():
        if left and person in after:
            gone = _("You are no longer in this group.")
            await message_updates.close_messages(tx, _card(left.id), gone, now, people=(person,))
    await follow_cards(tx, touched, now)
    notices = _Notices(before, after, untold, intro, nameless)
    notified, reached = 0, await reach.platforms_reached(tx)
    for group in touched.values():
        notified += await _notify_group(tx, round_, group, former_members[group.id], notices, now, reached)
    unplaced = [person for person, target in after.items() if target is None and person not in untold]
    await outbox.notify_many(tx, unplaced, no_group_view(round_), now, outbox.Telling.NEWS)
    notified += sum(person in reached for person in unplaced)
    await outbox.refresh_channels(tx, touched, now)
    return notified


async def _notify_group(
    tx: Transaction,
    round_: Round,
    group: Group,
    former_members: Iterable[Member],
    notices: _Notices,
    now: datetime,
    reached: Collection[int],
) -> int:
    """Notify the present members of a group: those who moved there get its card, the others the news.

    Returns how many people of `reached` are notified.
    """
    members = await members_of(tx, group)
    theme = await theme_of(tx, group)
    glance, lines = told_lines(group, theme, round_, members)
    news = notices.news(group, former_members, members)
    if len(await rounds.all_rounds(tx)) > 1:
        news = (_("{group}, {date}:", group=title(group, theme), date=day(round_)), *news)
    notified = 0
    links = await channel_store.links(tx, group.id, [member.id for member in members])
    facilitators = await _facilitators(tx)
    for member in members:
        if member.id in notices.untold:
            continue
        if member.id in notices.after:
            moved = (_("You are now in another group."),) if notices.before[member.id] else ()
            intro = (notices.intro,) if notices.intro else moved
            offers = await hooks.left_behind(tx, member.id, notices.before[member.id])
            view = introduced(glance, lines, (*offers, *card_buttons(round_, links[member.id])), *intro)
            view, subject = replace(view, pinned=member.id not in facilitators), _card(group.id)
        else:
            view, subject = View(news, (MY_GROUP,)), ""
        about = notices.about(member.id)
        notified += (
            await outbox.notify(tx, member.id, view, now, outbox.Telling.NEWS, about=about, subject=subject)
            and member.id in reached
        )
    return notified


def no_group_view(round_: Round) -> View:
    """Return the message for a participant who has no published group on a day: organisers will find one."""
    return View(
        (_("You have no group for {date} yet. The team is finding you one: you will be told.", date=day(round_)),)
    )


async def theme_of(tx: Transaction, group: Group) -> Theme:
    """Return the theme of a group."""
    theme = await find_theme(tx, group.theme)
    assert theme is not None  # a theme with groups is never removed
    return theme


def _id(group: Group | None) -> int | None:
    return group.id if group else None


async def groups_to_come(tx: Transaction, participant_id: int, now: datetime) -> Mapping[Round, Text]:
    """Return, by round (day), the titles of a participant's published groups whose day is not over."""
    names: dict[Round, Text] = {}
    for round_ in await rounds.all_rounds(tx):
        group = await group_of(tx, participant_id, round_.number) if _is_to_come(round_, now) else None
        if group is not None:
            names[round_] = title(group, await theme_of(tx, group))
    return names


async def round_of_the_day(tx: Transaction, day: date) -> Round | None:
    """Return the published round (one day's groups) of a day; without one, the next published round, or else the last.

    Returns None if no round is published.
    """
    return due([round_ for round_ in await rounds.all_rounds(tx) if round_.published], day)


async def round_due(tx: Transaction, day: date) -> Round | None:
    """Return the round (one day's groups) of a day, published or not; without one, the next round, or else the last.

    Returns None if there are no rounds.
    """
    return due(await rounds.all_rounds(tx), day)


def _is_to_come(round_: Round, now: datetime) -> bool:
    return round_.published and not is_over(round_, now)


def is_over(round_: Round, now: datetime) -> bool:
    """Return whether the day of a round has ended everywhere on earth."""
    return now >= datetime.combine(round_.day, time(0), UTC) + _OVER_AFTER


def has_met(round_: Round, now: datetime) -> bool:
    """Return whether the groups of a round (one day) have begun to meet; False while the hour is unknown."""
    return round_.meets_at is not None and round_.meets_at <= now


async def remind_of_meeting(tx: Transaction, round_: Round, now: datetime, *, moved: bool = False) -> None:
    """Schedule the reminders of the first meeting of a round (one day's groups).

    If the time is unknown or the round is not published, its reminders are cancelled instead. With `moved`, the time
    was changed: reminders of the former time that were not sent yet are deleted.
    """
    subject = meeting_subject(round_.number)
    if moved:
        await call_back(tx, subject)
    if round_.meets_at is None or not round_.published:
        await reminding.unschedule(tx, subject)
        return
    configured = await reminding.configured(tx)
    await reminding.schedule(tx, subject, round_.meets_at, configured.zone, configured.leads_of("workshop"), now)
    await reminding.schedule_day(tx, round_.meets_at, now)


async def group_of_the_day(tx: Transaction, participant_id: int, day: date) -> Group | None:
    """Return a participant's published group of a day; without one, their group of the next day, or else of the last.

    Returns None if the participant has no group. The answer is cached for the database transaction: a transaction that
    also changes groups must do so first.
    """
    round_ = await round_of_the_day(tx, day)
    placed = await groups_of_person(tx, participant_id) if round_ else ()
    return next((group for other, group in placed if round_ and other.number == round_.number), None)


# --- Which group takes a person who comes once groups are published.


ARRIVING = timedelta(days=1)
"""For how long after joining a participant counts as a latecomer, who is announced to the members of their new group.
"""


async def suitable_group(tx: Transaction, round_: Round, person: Member) -> Group | None:
    """Return the group of a round (one day) that suits a late joiner best; None if no group can take the person.

    A group can take the person if it has the same theme, is neither full nor locked, and no rule about two people would
    be broken. The smallest such group is chosen; among equals, the one with the fewest people of the person's
    territory.
    """
    largest = (await limits_now(tx, person.theme, round_.number)).largest
    pairs = await pairs_of(tx, person.id)
    apart = {other for other, kind in pairs if kind == "apart"}
    together = {other for other, kind in pairs if kind == "together"}
    candidates: list[tuple[int, int, int, Group]] = []
    bound: set[int] = set()
    for group in await groups_of_round(tx, round_.number):
        if group.theme != person.theme:
            continue
        members = await members_of(tx, group)
        ids = {member.id for member in members}
        if ids & together:
            bound.add(group.id)
        if not group.locked and len(members) < largest and not ids & apart:
            compatriots = sum(member.territory == person.territory for member in members)
            candidates.append((len(members), compatriots, group.number, group))
    fitting = [candidate for candidate in candidates if not bound or bound == {candidate[3].id}]
    return min(fitting, key=lambda candidate: candidate[:3])[3] if fitting else None


async def ask_for_group(
    tx: Transaction, round_: Round, person: Member, now: datetime, *, by: int | None = None, left: Text | None = None
) -> None:
    """Notify organisers that no group can take a participant, and of what they can do about it.

    `left` is the title of the group that the participant left for another theme, None for none. The organiser with the
    id `by`, who made the change, gets no message, because the reply tells them.
    """
    name, date = Strong(called(person, "full")), day(round_)
    if left:
        line = _(
            "{name} changed theme, left {group} and has no group for {date}: those of the new theme are "
            "all full, locked or excluded by a rule.",
            name=name,
            group=left,
            date=date,
        )
    elif await participant_store.came_since(tx, person.id, now - ARRIVING):
        line = _(
            "{name} came late and has no group for {date}: those of their theme are all full, locked or "
            "excluded by a rule.",
            name=name,
            date=date,
        )
    else:
        line = _(
            "{name} has a theme now, but no group for {date}: those of the theme are all full, locked or "
            "excluded by a rule.",
            name=name,
            date=date,
        )
    todo = _("Move someone to make room, or unlock a group, then put this person in it.")
    view = View((line, todo), (Button(_("Groups"), Go("groupes")),))
    await outbox.notify_organisers(tx, view, now, outbox.Telling.NEWS, but=by or person.id, about=person.id)


# --- a theme changes


async def rename_channels(tx: Transaction, key: str, now: datetime) -> None:
    """Rename the channels of all groups of the theme with this key, after the theme was renamed."""
    await outbox.refresh_channels(tx, await groups_of_theme(tx, key), now)


async def dissolve_groups(tx: Transaction, key: str, now: datetime) -> bool:
    """Delete the empty groups of the theme with this key, and close their channels.

    Returns False if the theme has groups with members, which stay; True if no group is left.
    """
    group_ids = await groups_of_theme(tx, key)
    await remove_empty_groups(tx, key)
    await outbox.refresh_channels(tx, group_ids, now)
    return not await groups_of_theme(tx, key)

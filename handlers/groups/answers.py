"""Answers the hooks of other capabilities about groups: themes ask about a change of theme, attendance about a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.content.texts import Localised, Span, _
from bot.content.views import Button
from bot.database.engine import Transaction
from bot.people import facilitator_store
from handlers.attendance.model import Attendee, GroupsOfDay, ListedGroup
from handlers.groups.messages.cards import MY_GROUP, day, room_line, title
from handlers.groups.model import Member, due
from handlers.groups.organiser.adjusting import show_targets
from handlers.groups.organiser.layout import repair_button
from handlers.groups.service.membership import groups_to_come, is_over
from handlers.groups.store import members, rounds
from handlers.groups.store.groups import find_group, groups_with_themes


async def groups_to_lose(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Span]:
    """Return a line for each group that a participant would lose by leaving their theme.

    Only groups of published rounds (days) count whose day is not over.
    """
    groups = await groups_to_come(tx, participant_id, now)
    return [_("You are leaving {group}, {date}.", group=name, date=day(round_)) for round_, name in groups.items()]


async def groups_follow(tx: Transaction, now: datetime) -> bool:
    """Return whether someone who chooses a theme at `now` also gets a group.

    This is so if at least one round (the groups of one day) is published and not over.
    """
    return any(round_.published and not is_over(round_, now) for round_ in await rounds.all_rounds(tx))


async def has_group(tx: Transaction, participant_id: int) -> bool:
    """Return whether a participant is in a published group."""
    return bool(await members.groups_of_person(tx, participant_id))


async def ways_to_group(tx: Transaction) -> tuple[Button, ...]:
    """Return a button that shows readers their own group, as a tuple; () before groups are published."""
    return (MY_GROUP,) if any(round_.published for round_ in await rounds.all_rounds(tx)) else ()


# --- what attendance asks


async def first_day(tx: Transaction) -> date | None:
    """Return the day of the first round (the groups of one day); None if there are no rounds."""
    return next((round_.day for round_ in await rounds.all_rounds(tx)), None)


async def groups_on(tx: Transaction, day: date, group_id: int | None = None) -> GroupsOfDay:
    """Return the groups of `day`; if that day has no groups, of the next day with groups, or else of the last.

    With `group_id`, return all groups of the day of this group instead, with the members of this group sorted by first
    name. The result is empty if there are no such groups.
    """
    every = await rounds.all_rounds(tx)
    if group_id is None:
        round_ = due(every, day)
    else:
        group = await find_group(tx, group_id)
        round_ = next((each for each in every if group and each.number == group.round), None)
    if round_ is None:
        return GroupsOfDay()
    placed: dict[int | None, list[Member]] = defaultdict(list)
    for person in await members.people_with_theme(tx, round_.number):
        placed[person.group_id].append(person)
    if group_id is not None:  # to sort everybody would take long
        placed[group_id] = [*members.sorted_by_name(placed[group_id])]
    listed = [
        ListedGroup(
            id=group.id,
            theme_key=group.theme,
            theme=Localised(theme.title),
            number=group.number,
            title=title(group, theme),
            room=room_line(group.room) if group.room else None,
            members=[Attendee(each.id, each.given_name, each.family_name, each.joined) for each in placed[group.id]],
        )
        for group, theme in await groups_with_themes(tx, round_.number)
    ]
    return GroupsOfDay(round_.day, listed, frozenset(person.id for person in placed[None]))


async def run_on(tx: Transaction, day: date) -> Mapping[int, frozenset[int]]:
    """Return the ids of the groups of `groups_on` that facilitators run, by the facilitator's id.

    Nobody runs groups that are not published.
    """
    round_ = due(await rounds.all_rounds(tx), day)
    return await facilitator_store.of_round(tx, round_.number) if round_ and round_.published else {}


async def ways_to_a_group(tx: Transaction, day: date, person_id: int | None = None) -> tuple[Button, ...]:
    """Return the button that requests a repair for a day and, with `person_id`, one to put that person into a group.

    A repair is a proposal of groups without the people who are absent. Returns () if no groups are planned at all.
    """
    round_ = due(await rounds.all_rounds(tx), day)
    if round_ is None:
        return ()
    repair = repair_button(round_.number, day)
    if person_id is None:
        return (repair,)
    return repair, Button(_("Put in a group"), show_targets.to(round_.number, person_id))

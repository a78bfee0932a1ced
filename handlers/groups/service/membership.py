"""Who is in which group, from the day it is published on: each change tells those concerned, and nobody else.

Before a round is published its groups change in silence; `publish` tells everyone, once. Afterwards whoever moves gets
the new card, those whose group changed a line, all in one message a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.background import reminding
from bot.background.reminder_store import call_back
from bot.content.texts import Name, Span, Strong, Text, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import channel_store, outbox, standing
from bot.people import facilitator_store, participant_store
from handlers.groups import hooks, store
from handlers.groups.messages.cards import MY_GROUP, came_and_went, card_buttons, card_lines, day, introduced, title
from handlers.groups.model import Group, Member, Round, due, meeting_subject
from handlers.groups.service.forming import limits_now
from handlers.themes.model import Theme
from handlers.themes.store import all_themes, find_theme

_OVER_AFTER = timedelta(hours=36)
"""From the beginning of a round's day in UTC: then that day has ended everywhere."""
_HERE = _("Here is your group.")
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
    """Put people into groups of a round (None: into none), and tell those concerned if it is published.

    Who moves gets the new card, those they join or leave a line each, in one message a person however many move at
    once; `by`, who did it, knows already, and `untold` people are left in peace. How many are told. Who is where they
    should be, or does not come any more, stays as they are.
    """
    return await _change(tx, round_, moves, now, untold={*untold, *((by,) if by else ())})


async def count_concerned(
    tx: Transaction, round_: Round, moves: Mapping[int, Group | None], untold: Collection[int] = ()
) -> int:
    """How many people `change` would reach with something to tell: nobody before a round is published."""
    touched: set[int] = set()
    people: dict[int, bool] = {}
    for each, target in moves.items() if round_.published else ():
        before = await store.group_of(tx, each, round_.number)
        if _id(before) != _id(target):
            touched |= {group.id for group in (before, target) if group}
            person = await store.person_with_theme(tx, round_.number, each)
            people[each] = person is not None and person.joined
    for group in await store.groups_of_round(tx, round_.number):
        if group.id in touched:
            people |= {member.id: member.joined for member in await store.members_of(tx, group)}
    reached = await store.platforms_reached(tx) if people else {}
    return sum(told for each, told in people.items() if each in reached and each not in untold)


async def card_of(tx: Transaction, participant_id: int, round_: Round) -> View | None:
    """What someone reads of their group in a round; None before it is published, and for who is in none."""
    group = await store.group_of(tx, participant_id, round_.number) if round_.published else None
    if group is None:
        return None
    links = await channel_store.links(tx, group.id, participant_id)
    members = await store.members_of(tx, group)
    return View(card_lines(group, await theme_of(tx, group), round_, members), card_buttons(round_, links))


async def publish_round(tx: Transaction, round_: Round, now: datetime) -> int:
    """Tell everyone their group, once for good; how many are told. Nobody where it was published already.

    Who has a theme and no group is told that the team finds one.
    """
    if not await store.mark_round_published(tx, round_.number, now):
        return 0
    placed: dict[int | None, list[Member]] = defaultdict(list)
    for person in await store.people_with_theme(tx, round_.number):
        placed[person.group_id].append(person)
    await remind_of_meeting(tx, replace(round_, published=True), now)
    told, reached = 0, await store.platforms_reached(tx)
    for person in placed.pop(None, ()):
        told += await outbox.notify(tx, person.id, no_group_view(round_), now) and person.id in reached
    known = {theme.key: theme for theme in await all_themes(tx)}
    formed = await store.groups_of_round(tx, round_.number)
    await outbox.refresh_channels(
        tx, [each.id for each in formed if placed[each.id]], now
    )  # now there is a way in to show
    for group in formed:
        members = store.sorted_by_name(placed[group.id])
        lines = card_lines(group, known[group.theme], round_, members)
        for member in members:
            links = await channel_store.links(tx, group.id, member.id)
            view = await _at_hand(tx, member.id, introduced(_HERE, lines, card_buttons(round_, links)))
            told += await outbox.notify(tx, member.id, view, now, subject=_card(group.id)) and member.id in reached
    return told


async def follow_cards(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """What the cards of groups say has changed: those that were sent say it too, wherever they stand."""
    for group_id in group_ids:
        group = await store.find_group(tx, group_id)
        round_ = await store.find_round(tx, group.round) if group else None
        if group is None or round_ is None:
            continue
        lines = card_lines(group, await theme_of(tx, group), round_, await store.members_of(tx, group))
        await outbox.follow(tx, _card(group.id), lambda view, lines=lines: _with_card(view, lines), now)  # type: ignore[misc]


def _with_card(view: View, lines: tuple[Span, ...]) -> View:
    """A card that was sent, with these lines; one whose reader is in the group no more stays as it is."""
    return replace(view, lines=(view.lines[0], "", *lines)) if view.buttons else view


async def _at_hand(tx: Transaction, participant_id: int, view: View) -> View:
    """A card is kept in sight; of who runs workshops their panel is."""
    return view if await facilitator_store.of_person(tx, participant_id) else replace(view, pinned=True)


def _card(group_id: int) -> str:
    """What the messages with a group's card are known by."""
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
    """Give someone who comes late a group in every published round that is not over; the rounds where none takes them.

    The smallest of their theme that may take them, with the fewest compatriots; they, the group and the organisers are
    told. Where there is none, they and the organisers are. Of the round `shown` what they are answered tells them;
    `by`, the organiser who did it, is answered too. `left`: what the groups are called that they have just left for
    another theme, by round.
    """
    missing: list[Round] = []
    for round_ in await store.all_rounds(tx):
        if not _is_to_come(round_, now):
            continue
        person = await store.person_with_theme(tx, round_.number, participant_id)
        if person is None or person.group_id is not None:
            continue
        given = await suitable_group(tx, round_, person)
        if given is None:
            missing.append(round_)
            if round_.number != shown:
                await outbox.notify(tx, person.id, no_group_view(round_), now)
            await ask_for_group(tx, round_, person, now, by=by, left=(left or {}).get(round_.number))
            continue
        welcome = _("Welcome! This is your group.")
        untold = {person.id} if round_.number == shown else set()
        await _change(tx, round_, {person.id: given}, now, untold=untold, said=welcome)
        name, group = Strong(Name(person.full_name)), title(given, await theme_of(tx, given))
        if before := (left or {}).get(round_.number):
            said = _(
                "{name} changed theme: from {before} to {group}, {date}.",
                name=name,
                before=before,
                group=group,
                date=day(round_),
            )
        elif await participant_store.came_since(tx, person.id, now - ARRIVING):
            said = _("{name} came late and is in {group}, {date}.", name=name, group=group, date=day(round_))
        else:
            said = _("{name} has a theme now and is in {group}, {date}.", name=name, group=group, date=day(round_))
        await outbox.notify_organisers(tx, View((said,), _TO_GROUPS), now, but=by or person.id, about=person.id)
    return missing


async def take_out_of_groups(
    tx: Transaction, participant_id: int, now: datetime, *, forgotten: bool = False, quiet: bool = False
) -> Mapping[int, Text]:
    """Take someone out of every group that is not over; those of published rounds and the organisers are told.

    What these groups of published rounds are called, by round. `forgotten`: without their name, as they are about to
    be erased; `quiet`: the organisers are told by the caller.
    """
    left: dict[int, Text] = {}
    for round_ in await store.all_rounds(tx):
        group = await store.group_of(tx, participant_id, round_.number)
        if group is None or is_over(round_, now):
            continue
        person = next(member for member in await store.members_of(tx, group) if member.id == participant_id)
        await _change(tx, round_, {participant_id: None}, now, untold={participant_id}, nameless=forgotten)
        if not round_.published:
            continue
        left[round_.number] = name = title(group, await theme_of(tx, group))
        if quiet:
            continue
        if forgotten:
            said = _("Someone left {group}, {date}.", group=name, date=day(round_))
        else:
            said = _("{name} left {group}, {date}.", name=Strong(Name(person.full_name)), group=name, date=day(round_))
        about = None if forgotten else participant_id
        await outbox.notify_organisers(tx, View((said,), _TO_GROUPS), now, but=participant_id, about=about)
    return left


@dataclass(frozen=True, slots=True)
class _Telling:
    """How a change is told: `before` is where those who move were, `after` where they are; `untold` know already.

    `said` comes before the card of who moves; `nameless` keeps back the names of who leaves.
    """

    before: Mapping[int, Group | None]
    after: Mapping[int, Group | None]
    untold: Collection[int]
    said: Span | None
    nameless: bool

    def about(self, reader: int) -> int | None:
        """The one person a message to `reader` speaks of; None for several, and for oneself."""
        return (
            next(iter(self.after)) if len(self.after) == 1 and reader not in self.after and not self.nameless else None
        )

    def news(self, group: Group, was: Iterable[Member], members: Iterable[Member]) -> tuple[Span, ...]:
        """What those who stay in a group read."""
        gone = [each for each in was if each.id in self.after and _id(self.after[each.id]) != group.id]
        if self.nameless:
            return tuple(_("Someone is not in your group any more.") for _each in gone)
        arrived = [member for member in members if member.id in self.after]
        moved = [each for each in gone if self.after[each.id] is not None]
        return came_and_went(arrived, moved, [each for each in gone if self.after[each.id] is None])


async def _change(
    tx: Transaction,
    round_: Round,
    moves: Mapping[int, Group | None],
    now: datetime,
    *,
    untold: Collection[int] = (),
    said: Span | None = None,
    nameless: bool = False,
) -> int:
    before = {move: await store.group_of(tx, move, round_.number) for move in moves}
    after: dict[int, Group | None] = {}
    for each, target in moves.items():
        comes = target is None or await store.person_with_theme(tx, round_.number, each) is not None
        if comes and _id(before[each]) != _id(target):
            after[each] = target
    touched = {group.id: group for each, target in after.items() for group in (before[each], target) if group}
    was = {group.id: await store.members_of(tx, group) for group in touched.values()}
    for each, target in after.items():
        if target is None:
            await store.take_out_of_group(tx, each, round_.number)
        else:
            await store.put_in_group(tx, each, target)
    if not round_.published or not after:
        return 0
    for each, left in before.items():
        if left and each in after:
            gone = _("You are not in this group any more.")
            await standing.settle(tx, _card(left.id), gone, now, participant_id=each)
    await follow_cards(tx, touched, now)
    telling = _Telling(before, after, untold, said, nameless)
    told, reached = 0, await store.platforms_reached(tx)
    for group in touched.values():
        told += await _tell(tx, round_, group, was[group.id], telling, now, reached)
    for each, target in after.items():
        if target is None and each not in untold:
            told += await outbox.notify(tx, each, no_group_view(round_), now) and each in reached
    await outbox.refresh_channels(tx, touched, now)
    return told


async def _tell(
    tx: Transaction,
    round_: Round,
    group: Group,
    was: Iterable[Member],
    telling: _Telling,
    now: datetime,
    reached: Collection[int],
) -> int:
    """Tell the members a group has now: the card to who moved there, the news to who was there before."""
    members = await store.members_of(tx, group)
    theme = await theme_of(tx, group)
    lines = card_lines(group, theme, round_, members)
    news = telling.news(group, was, members)
    if len(await store.all_rounds(tx)) > 1:
        news = (_("{group}, {date}:", group=title(group, theme), date=day(round_)), *news)
    told = 0
    for member in members:
        if member.id in telling.untold:
            continue
        if member.id in telling.after:
            moved = _("You are in another group now.") if telling.before[member.id] else _HERE
            links = await channel_store.links(tx, group.id, member.id)
            along = await hooks.left_behind(tx, member.id, telling.before[member.id])
            view = introduced(telling.said or moved, lines, (*along, *card_buttons(round_, links)))
            view, subject = await _at_hand(tx, member.id, view), _card(group.id)
        else:
            view, subject = View(news, (MY_GROUP,)), ""
        about = telling.about(member.id)
        told += await outbox.notify(tx, member.id, view, now, about=about, subject=subject) and member.id in reached
    return told


def no_group_view(round_: Round) -> View:
    """What someone reads who is in no group of a published round."""
    return View((_("You have no group for {date} yet. The team finds you one: you will be told.", date=day(round_)),))


async def theme_of(tx: Transaction, group: Group) -> Theme:
    """The theme of a group."""
    theme = await find_theme(tx, group.theme)
    assert theme is not None  # a theme with groups is never removed
    return theme


def _id(group: Group | None) -> int | None:
    return group.id if group else None


async def groups_to_come(tx: Transaction, participant_id: int, now: datetime) -> Mapping[Round, Text]:
    """What someone's groups are called that still meet, by their round: of published rounds whose day is not over."""
    names: dict[Round, Text] = {}
    for round_ in await store.all_rounds(tx):
        group = await store.group_of(tx, participant_id, round_.number) if _is_to_come(round_, now) else None
        if group is not None:
            names[round_] = title(group, await theme_of(tx, group))
    return names


async def round_of_the_day(tx: Transaction, day: date) -> Round | None:
    """The round whose groups count on a day, for participants: published, of that day, else the next, else the last."""
    return due([round_ for round_ in await store.all_rounds(tx) if round_.published], day)


async def round_due(tx: Transaction, day: date) -> Round | None:
    """The round that organisers most likely mean on a day, published or not: of that day, else the next or last."""
    return due(await store.all_rounds(tx), day)


def _is_to_come(round_: Round, now: datetime) -> bool:
    return round_.published and not is_over(round_, now)


def is_over(round_: Round, now: datetime) -> bool:
    """Whether a round's day has ended everywhere."""
    return now >= datetime.combine(round_.day, time(0), UTC) + _OVER_AFTER


async def remind_of_meeting(tx: Transaction, round_: Round, now: datetime, *, moved: bool = False) -> None:
    """Bring the reminders of a round's first meeting in step with it: published, `moved`, or not known any more."""
    subject = meeting_subject(round_.number)
    if moved:
        await call_back(tx, subject)
    if round_.meets_at is None or not round_.published:
        await reminding.unschedule(tx, subject)
        return
    known = await reminding.configured(tx)
    await reminding.schedule(tx, subject, round_.meets_at, known.zone, known.leads_of("workshop"), now)
    await reminding.schedule_day(tx, round_.meets_at, now)


async def group_of_the_day(tx: Transaction, participant_id: int, day: date) -> Group | None:
    """Someone's group in the `round_of_the_day`; None where they have none, or no round is published.

    It is read once a transaction, for several screens: whatever changes groups comes before.
    """
    round_ = await round_of_the_day(tx, day)
    placed = await store.groups_of_person(tx, participant_id) if round_ else ()
    return next((group for other, group in placed if round_ and other.number == round_.number), None)


# --- Which group takes in who comes once groups are published.


ARRIVING = timedelta(days=1)
"""How long someone has just arrived who came in, whatever brings them to their group."""


async def suitable_group(tx: Transaction, round_: Round, person: Member) -> Group | None:
    """The group that takes a late joiner: none larger than allowed, none locked, no pair broken."""
    largest = (await limits_now(tx, person.theme, round_.number)).largest
    pairs = await store.pairs_of(tx, person.id)
    apart = {other for other, kind in pairs if kind == "apart"}
    together = {other for other, kind in pairs if kind == "together"}
    found: list[tuple[int, int, int, Group]] = []
    bound: set[int] = set()
    for group in await store.groups_of_round(tx, round_.number):
        if group.theme != person.theme:
            continue
        members = await store.members_of(tx, group)
        ids = {member.id for member in members}
        if ids & together:
            bound.add(group.id)
        if not group.locked and len(members) < largest and not ids & apart:
            compatriots = sum(member.territory == person.territory for member in members)
            found.append((len(members), compatriots, group.number, group))
    fitting = [each for each in found if not bound or bound == {each[3].id}]
    return min(fitting, key=lambda each: each[:3])[3] if fitting else None


async def ask_for_group(
    tx: Transaction, round_: Round, person: Member, now: datetime, *, by: int | None = None, left: Text | None = None
) -> None:
    """No group takes someone in: what organisers can do about it. `left`: the group they left for another theme."""
    name, date = Strong(Name(person.full_name)), day(round_)
    if left:
        said = _(
            "{name} changed theme, left {group} and has no group for {date}: in the new theme all are full, locked or"
            " apart.",
            name=name,
            group=left,
            date=date,
        )
    elif await participant_store.came_since(tx, person.id, now - ARRIVING):
        said = _(
            "{name} came late and has no group for {date}: in their theme all are full, locked or apart.",
            name=name,
            date=date,
        )
    else:
        said = _(
            "{name} has a theme now and no group for {date}: in it all are full, locked or apart.",
            name=name,
            date=date,
        )
    todo = _("Move someone to make room, or unlock a group, then put them in it.")
    view = View((said, todo), (Button(_("Groups"), Go("groupes")),))
    await outbox.notify_organisers(tx, view, now, but=by or person.id, about=person.id)


# --- a theme changes


async def rename_channels(tx: Transaction, key: str, now: datetime) -> None:
    """Have the channels of a theme's groups called like it."""
    await outbox.refresh_channels(tx, await store.groups_of_theme(tx, key), now)


async def dissolve_groups(tx: Transaction, key: str, now: datetime) -> bool:
    """Dissolve the groups of a theme, and close their channels. Returns False where somebody is in one."""
    group_ids = await store.groups_of_theme(tx, key)
    await store.remove_empty_groups(tx, key)
    await outbox.refresh_channels(tx, group_ids, now)
    return not await store.groups_of_theme(tx, key)

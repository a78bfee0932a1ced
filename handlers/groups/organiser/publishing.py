"""Screens to publish the groups of one day (a round).

A preview shows one card, and how many people are reached on which platform. After confirmation, everyone is notified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.content.errors import UserError
from bot.content.texts import Listing, Localised, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, LookAgain, Request, Routes, StoredVersion
from bot.delivery import outbox
from bot.people.naming import called, on_platform
from handlers.groups.actions import BACK_TO_GROUPS, GROUPS, ShowUnplaced
from handlers.groups.messages.cards import day, icebreaker, told_lines
from handlers.groups.model import Group, Member, Round
from handlers.groups.organiser.layout import require_round
from handlers.groups.organiser.room_conflicts import room_conflicts
from handlers.groups.organiser.rooms_by_theme import show_rooms
from handlers.groups.service import membership
from handlers.groups.store import members, reach
from handlers.groups.store.groups import groups_of_round
from handlers.themes.store import all_themes, find_theme

routes = Routes()

_MOST_NAMES = 20


@routes.press("gt", who=ORGANISER)
async def prepare(request: Request, round_id: int) -> Reply:
    """Ask for confirmation before groups are published, and show what would be sent and to whom."""
    round_ = await require_round(request, round_id)
    return _published_already(round_) if round_.published else await _preview(request, round_)


async def _now(request: Request, round_id: int) -> StoredVersion | None:
    """Return what would be published, which is shown again where it changed; None where it is published already."""
    round_ = await require_round(request, round_id)
    if round_.published:
        return None
    people = await members.people_with_theme(request.tx, round_.number)
    return StoredVersion(
        _on_cards(round_, await groups_of_round(request.tx, round_.number), people),
        LookAgain(
            prepare.to(round_.number),
            said=_("The groups have changed in the meantime, so nothing was sent. Here they are now."),
        ),
    )


@routes.press("gu", who=ORGANISER, unless_changed=_now)
async def publish(request: Request, round_id: int) -> Reply:
    """Publish the groups of a day (a round), and notify everyone concerned."""
    round_ = await require_round(request, round_id)
    if round_.published:
        return _published_already(round_)
    notified = await membership.publish_round(request.tx, round_, request.now)
    line = _n(
        "The groups of {date} are published: {count} person will be told.",
        "The groups of {date} are published: {count} people will be told.",
        notified,
        date=Strong(day(round_)),
    )
    await outbox.notify_organisers(
        request.tx, View((line,), (GROUPS,)), request.now, outbox.Telling.NEWS, but=request.participant.id
    )
    roomless = sum(not group.room for group in await groups_of_round(request.tx, round_.number))
    return reply(
        line,
        _("Later changes go only to the people they concern."),
        *_without_room(roomless),
        buttons=(*_to_rooms(round_, roomless), *BACK_TO_GROUPS),
        # L10N: a passing notice after a press that sent something
        toast=_("Sent."),
    )


def _published_already(round_: Round) -> Reply:
    return reply(
        _("The groups of {date} are already published; nobody is told twice.", date=day(round_)),
        buttons=BACK_TO_GROUPS,
        toast=_("Already done."),
    )


async def _preview(request: Request, round_: Round) -> Reply:
    people = await members.people_with_theme(request.tx, round_.number)
    groups = await groups_of_round(request.tx, round_.number)
    placed = [person for person in people if person.group_id is not None]
    if not placed:
        raise UserError(_("There are no groups to publish yet: form them first."), buttons=BACK_TO_GROUPS)
    reached = await reach.platforms_reached(request.tx)
    roomless = sum(not group.room for group in groups)
    unplaced = Counter(person.theme for person in people if person.group_id is None)
    themes = [theme for theme in await all_themes(request.tx) if theme.key in unplaced]
    notified = [person for person in people if person.joined and person.id in reached]
    unreached = [person for person in placed if person.joined and person.id not in reached]
    sample = next((person for person in notified if person.group_id is not None), placed[0])
    group = next(group for group in groups if group.id == sample.group_id)
    theme = await find_theme(request.tx, group.theme)
    assert theme is not None  # a theme with groups is never removed
    together = await members.members_of(request.tx, group)
    glance, lines = told_lines(group, theme, round_, together)
    return reply(
        Strong(_("Publish the groups of {date}?", date=day(round_))),
        _by_platform(Counter(reached[person.id] for person in notified)),
        *_named(
            _(
                "They will be told when they join: {names}.",
                names=_names(person for person in placed if not person.joined),
            )
        ),
        *_named(_("I cannot reach {names}; they can see their group with /groupe.", names=_names(unreached))),
        *_named(_("Without a group: {names}.", names=_names(person for person in people if person.group_id is None))),
        *_without_room(roomless),
        *await room_conflicts(request.tx, round_),
        "",
        _("This is what {name} gets:", name=called(sample)),
        glance,
        "",
        *lines,
        *icebreaker(sample, together),
        buttons=(
            Button(_("Publish"), publish.seeing(*_on_cards(round_, groups, people)).to(round_.number), style="primary"),
            *_to_rooms(round_, roomless),
            *(
                Button(
                    _("{theme}, no group: {count}", theme=Localised(other.title), count=unplaced[other.key]),
                    ShowUnplaced(round_.number, other.key, 0),
                )
                for other in themes
            ),
            *BACK_TO_GROUPS,
        ),
    )


def _without_room(count: int) -> tuple[Span, ...]:
    return (_n("{count} group has no room yet.", "{count} groups have no room yet.", count),) if count else ()


def _to_rooms(round_: Round, roomless: int) -> tuple[Button, ...]:
    return (Button(_("Rooms"), show_rooms.to(round_.number)),) if roomless else ()


def _by_platform(counts: Counter[str]) -> Text:
    parts = tuple(on_platform(platform, counts[platform]) for platform in sorted(counts))
    if not parts:
        return _("I cannot reach anybody right now.")
    if len(parts) == 1:
        return _n("{count} person will be told right away.", "{count} people will be told right away.", counts.total())
    return _n(
        "{count} person will be told right away: {platforms}.",
        "{count} people will be told right away: {platforms}.",
        counts.total(),
        platforms=Listing(parts),
    )


def _names(people: Iterable[Member]) -> Listing:
    names: list[Span] = [called(person, "full") for person in members.sorted_by_name(people)]
    more = len(names) - _MOST_NAMES
    rest = (_n("{count} more", "{count} more", more),) if more > 0 else ()
    return Listing((*names[:_MOST_NAMES], *rest))


def _named(line: Text) -> tuple[Span, ...]:
    """Return the line as a tuple, or () if its list of names is empty."""
    named = line.values["names"]
    return (line,) if isinstance(named, Listing) and named.items else ()


def _on_cards(round_: Round, groups: Sequence[Group], people: Iterable[Member]) -> tuple[object, ...]:
    """Return everything that stands on the cards."""
    return round_.meets_at, groups, [(person.id, person.name, person.group_id) for person in people]

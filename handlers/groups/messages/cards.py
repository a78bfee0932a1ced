"""What people read of groups: the card, and why a group is as it is. Never gender or age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.features import features_of
from bot.content.names import fold
from bot.content.texts import Localised, Moment, Name, Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from handlers.groups import store
from handlers.groups.model import Group, Member, Round
from handlers.groups.solver.model import GroupProblem, Level, Placeable, band_of
from handlers.themes.model import Theme

MY_GROUP = Button(_("My group"), Go("groupe"))

_SAY_ROOM = frozenset(
    ("salle", "room", "raum", "zimmer", "saal", "horsaal", "aula", "amphi", "amphitheatre", "auditorium", "hall")
)
"""Words by which the name of a room says that it is one, in the languages of gatherings."""


@dataclass(frozen=True, slots=True)
class ShowGroup(Action):
    """See one's own group of a round."""

    code: ClassVar[str] = "gq"
    round: int


@dataclass(frozen=True, slots=True)
class DrawGroup(Action):
    """Have one's own group of a round drawn."""

    code: ClassVar[str] = "gr"
    round: int


@dataclass(frozen=True, slots=True)
class ExplainGroup(Action):
    """Read why one is in one's group of a round."""

    code: ClassVar[str] = "gs"
    round: int


def title(group: Group, theme: Theme) -> Text:
    """What a group is called: «Culture · group 3», with its own name if it has one."""
    words = Localised(theme.title)
    if group.name:
        return _("{theme} · group {number}, «{name}»", theme=words, number=group.number, name=Name(group.name))
    return _("{theme} · group {number}", theme=words, number=group.number)


def day(round_: Round) -> Moment:
    """The day of a round, the same date in every zone that readers are told times in."""
    return Moment.of_day(round_.day)


def introduce(member: Member) -> Span:
    """First name, initial and country: «Sarah T. (Québec)»."""
    if not member.territory:
        return Name(member.name)
    return _("{name} ({country})", name=Name(member.name), country=Territory(member.territory))


def room_line(room: str) -> Span:
    """Where a group meets: «Room: 104», and «Room 104» alone where the name says already what it is."""
    name = Strong(Name(room))
    return name if _SAY_ROOM & {*fold(room).split()} else _("Room: {room}", room=name)


def card_lines(group: Group, theme: Theme, round_: Round, members: Iterable[Member]) -> tuple[Span, ...]:
    """A group's card: which one, where and when it first meets, and who is in it, by first name."""
    where = room_line(group.room) if group.room else _("The room is not known yet.")
    if round_.meets_at:
        when = _("First meeting: {moment}", moment=Strong(Moment(round_.meets_at)))
    else:
        when = _("On {date}; the hour is not known yet.", date=Strong(day(round_)))
    return Strong(title(group, theme)), when, where, *(introduce(member) for member in members)


def card_buttons(round_: Round, links: Sequence[tuple[str, str]] = ()) -> tuple[Button, ...]:
    """What can be done with a card; `links` are the group's places, platform and address."""
    return (
        *(Button(features_of(platform).group_channel or _("Our place"), url=url) for platform, url in links),
        Button(_("As a picture"), DrawGroup(round_.number)),
        Button(_("Why this group?"), ExplainGroup(round_.number)),
    )


def introduced(said: Span, lines: tuple[Span, ...], buttons: tuple[Button, ...]) -> View:
    """A card, after what brings it."""
    return View((said, "", *lines), buttons)


def came_and_went(arrived: Iterable[Member], moved: Iterable[Member], left: Iterable[Member]) -> tuple[Span, ...]:
    """What those who stay in a group read, a line each."""
    return (
        *(_("{person} joins your group.", person=introduce(each)) for each in arrived),
        *(_("{person} is in another group now.", person=introduce(each)) for each in moved),
        *(_("{person} is not in your group any more.", person=introduce(each)) for each in left),
    )


# --- Why a group is as it is, in two plain sentences: what was reached, and what else was minded.


async def explain(tx: Transaction, group: Group, theme: Theme, year: int) -> tuple[Text, Text]:
    """The two sentences for those in a group; `year` is the one in which ages are counted."""
    from handlers.groups.solver.levels import measure

    placed: dict[int, list[str]] = defaultdict(list)
    people = []
    pinned = False
    number_of = {
        each.id: each.number for each in await store.groups_of_round(tx, group.round) if each.theme == theme.key
    }
    countries = set()
    for member in await store.people_with_theme(tx, group.round):
        if member.group_id not in number_of:
            continue
        band = band_of(member.birth_year, year)
        people.append(Placeable(str(member.id), member.territory, member.gender, band, member.platform))
        placed[number_of[member.group_id]].append(str(member.id))
        pinned |= member.pinned
        if member.group_id == group.id:
            countries.add(member.territory)
    numbers = {number: tuple(ids) for number, ids in placed.items()}
    measures = {each.level: each for each in measure(GroupProblem(theme.key, tuple(people)), numbers)}
    wished = pinned or group.locked or await store.any_pair(tx, [int(person.id) for person in people])
    return _mixture(len(countries), theme, best=measures[Level.REPEATS].optimal), _minded(wished=wished)


def _mixture(count: int, theme: Theme, *, best: bool) -> Text:
    if best:
        return _n(
            "Your group brings together {count} nationality: no other split of {theme} mixes them better.",
            "Your group brings together {count} nationalities: no other split of {theme} mixes them better.",
            count,
            theme=Localised(theme.title),
        )
    return _n(
        "Your group brings together {count} nationality; groups are made to mix as many as can be.",
        "Your group brings together {count} nationalities; groups are made to mix as many as can be.",
        count,
    )


def _minded(*, wished: bool) -> Text:
    if wished:
        return _("We also made the groups about the same size and balanced, and the team had some wishes.")
    return _("We also made the groups about the same size and balanced.")

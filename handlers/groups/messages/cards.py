"""What members read about their group: its card (title, meeting, room and members), and why they are in it.

Neither tells anyone's gender or age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.content.actions import Action
from bot.content.features import features_of
from bot.content.names import fold
from bot.content.texts import Joined, Localised, Moment, Name, Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.people.naming import called
from handlers.groups.model import Group, Member, Round
from handlers.groups.solver.model import GroupProblem, Level, Placeable, band_of
from handlers.groups.store import groups, pairs
from handlers.groups.store.members import people_with_theme
from handlers.themes.model import Theme

MY_GROUP = Button(_("My group"), Go("groupe"))

_NO_ROOM = _("The room is not known yet.")
_SAY_ROOM = frozenset(
    ("salle", "room", "raum", "zimmer", "saal", "horsaal", "aula", "amphi", "amphitheatre", "auditorium", "hall")
)
"""Words, folded, that show that a name is a room's, in the languages of gatherings."""


class DrawGroup(Action, code="gr"):
    """The button that requests a picture of the reader's group in the round (one day) with this number."""

    round: int


class ExplainGroup(Action, code="gs"):
    """The button that explains why the reader is in their group in the round (one day) with this number."""

    round: int


def short_title(group: Group, theme: Theme) -> Text:
    """Return the title of a group without the name that it chose, for places with little space: «Culture 3»."""
    # L10N: a group by its theme and number, as short as can be
    return _("{theme} {number}", theme=Localised(theme.title), number=group.number)


def title(group: Group, theme: Theme) -> Text:
    """Return the title of a group: «Culture 3», followed by its own name if it has one."""
    short = short_title(group, theme)
    return _("{group}, «{name}»", group=short, name=Name(group.name)) if group.name else short


def numbered(group: Group) -> Text:
    """Return the name of a group for sentences about its theme: «group 3», with the group's own name if it has one."""
    if group.name:
        return _("group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("group {number}", number=group.number)


def day(round_: Round) -> Moment:
    """Return the day of a round (the groups of one day), which is shown as the same date in every time zone."""
    return Moment.of_day(round_.day)


def introduce(member: Member) -> Span:
    """Return a member's name with the initial of the family name, and their territory if known: «Sarah T. (Québec)»."""
    if not member.territory:
        return called(member)
    return _("{name} ({country})", name=called(member), country=Territory(member.territory))


def room_line(room: str) -> Span:
    """Return the line with a group's room: «Room: 104», or only the name if that contains a word for a room already."""
    name = Strong(Name(room))
    return name if _SAY_ROOM & {*fold(room).split()} else _("Room: {room}", room=name)


def room_name(room: str) -> Span:
    """Return a group's room within a line: «room 104», or only the name if that contains a word for a room already."""
    return Name(room) if _SAY_ROOM & {*fold(room).split()} else _("room {room}", room=Name(room))


def card_lines(
    group: Group,
    theme: Theme,
    round_: Round,
    members: Iterable[Member],
    *,
    met: bool = False,
    over: bool = False,
    reader: int = 0,
) -> tuple[Span, ...]:
    """Return the lines of a group's card: its title, when and where it first meets, and its members.

    If the group has `met`, the time is left out; if the gathering is `over`, the place too. `reader` is the id of the
    member who reads the card and is marked in it; 0 marks nobody.
    """
    people = [
        # L10N: the reader's own name in the list of a group's members
        _("{person} · you", person=introduce(member)) if member.id == reader else introduce(member)
        for member in members
    ]
    if over:
        return Strong(title(group, theme)), *people
    where = room_line(group.room) if group.room else _NO_ROOM
    when = _("First meeting: {moment}", moment=Strong(Moment(round_.meets_at))) if round_.meets_at else _no_hour(round_)
    return Strong(title(group, theme)), *(() if met else (when,)), where, *people


def _no_hour(round_: Round) -> Text:
    return _("On {date}; the time is not known yet.", date=Strong(day(round_)))


def card_buttons(round_: Round, links: Sequence[tuple[str, str]] = ()) -> tuple[Button, ...]:
    """Return the buttons below a group's card: to its channels, why the group is as it is, and its picture.

    `links` holds the platform and the address of each of the group's channels.
    """
    return (
        # L10N: A button. It opens the group's channel (a thread or a topic) on a chat platform.
        *(Button(features_of(platform).group_channel or _("Our chat"), url=url) for platform, url in links),
        Button(_("Why this group?"), ExplainGroup(round_.number)),
        # L10N: A button. It shows the card of the group as a picture.
        Button(_("As a picture"), DrawGroup(round_.number)),
    )


def told_lines(
    group: Group, theme: Theme, round_: Round, members: Iterable[Member], *, met: bool = False
) -> tuple[Span, tuple[Span, ...]]:
    """Return the first line and the other lines of a message that shows a group's card.

    The first line, which people see where the message is pinned, has the group, its room and the time of the first
    meeting; with `met`, the groups have met, and the time is left out. The other lines are the group's own name, what
    is not known yet, and the members.
    """
    room = (room_name(group.room),) if group.room else ()
    when = () if met else (Moment(round_.meets_at) if round_.meets_at else day(round_),)
    parts = (Strong(short_title(group, theme)), *room, *when)
    rest = (
        *((Strong(title(group, theme)),) if group.name else ()),
        *(() if round_.meets_at or met else (_no_hour(round_),)),
        *(() if group.room else (_NO_ROOM,)),
        *(introduce(member) for member in members),
    )
    return Joined(tuple(span for part in parts for span in (" · ", part))[1:]), rest


def introduced(glance: Span, lines: tuple[Span, ...], buttons: tuple[Button, ...], *intro: Span) -> View:
    """Return a message with a group's card.

    The message begins with `glance`, one line with the group, its room and its time. Then come `intro` (why the message
    is sent), the `lines` of the card, and its `buttons`.
    """
    return View((glance, *intro, "", *lines), buttons, lasting=True)


def icebreaker(member: Member, members: Sequence[Member]) -> tuple[Span, ...]:
    """Return the lines that end a member's first card: they say whom among `members` to greet.

    This is the next person in the list who has joined and comes from another territory, so that all are greeted in
    turn. Returns () if nobody fits.
    """
    place = next(place for place, other in enumerate(members) if other.id == member.id)
    following = (*members[place + 1 :], *members[:place])
    whom = next((other for other in following if other.joined and other.territory != member.territory), None)
    # L10N: the end of the message that tells the group: «Say hello to Sarah T. (Québec).»
    return ("", _("Say hello to {person}.", person=introduce(whom))) if whom else ()


def came_and_went(arrived: Iterable[Member], moved: Iterable[Member], left: Iterable[Member]) -> tuple[Span, ...]:
    """Return the lines that tell the other members of a group who `arrived`, `moved` to another group, or `left`."""
    return (
        *(_("{person} joins your group.", person=introduce(member)) for member in arrived),
        *(_("{person} is now in another group.", person=introduce(member)) for member in moved),
        *(_("{person} is no longer in your group.", person=introduce(member)) for member in left),
    )


# --- Why a group is as it is, in two plain sentences: how well nationalities mix, and what else was considered.


async def explain(tx: Transaction, group: Group, theme: Theme, year: int) -> tuple[Text, Text]:
    """Return two sentences that tell members why their group is composed as it is.

    The first says how well nationalities mix in the group, the second which other criteria, such as age, were
    considered. Ages are counted in `year`, the year of the gathering.
    """
    from handlers.groups.solver.levels import measure

    placed: dict[int, list[str]] = defaultdict(list)
    people = []
    pinned = False
    number_of = {
        other.id: other.number for other in await groups.groups_of_round(tx, group.round) if other.theme == theme.key
    }
    countries = set()
    for member in await people_with_theme(tx, group.round):
        if member.group_id not in number_of:
            continue
        band = band_of(member.birth_year, year)
        people.append(Placeable(str(member.id), member.territory, member.gender, band, member.platform))
        placed[number_of[member.group_id]].append(str(member.id))
        pinned |= member.pinned
        if member.group_id == group.id:
            countries.add(member.territory)
    numbers = {number: tuple(ids) for number, ids in placed.items()}
    measures = {reached.level: reached for reached in measure(GroupProblem(theme.key, tuple(people)), numbers)}
    wished = pinned or group.locked or await pairs.any_pair(tx, [int(person.id) for person in people])
    return _mixture(len(countries), theme, best=measures[Level.REPEATS].optimal), _considered(wished=wished)


def _mixture(count: int, theme: Theme, *, best: bool) -> Text:
    if best:
        return _n(
            "Your group brings together {count} territory: no other split of {theme} mixes them better.",
            "Your group brings together {count} territories: no other split of {theme} mixes them better.",
            count,
            theme=Localised(theme.title),
        )
    return _n(
        "Your group brings together {count} territory; groups are made to mix as many as possible.",
        "Your group brings together {count} territories; groups are made to mix as many as possible.",
        count,
    )


def _considered(*, wished: bool) -> Text:
    if wished:
        return _("We also made the groups about the same size and balanced, and the team had some wishes.")
    return _("We also made the groups about the same size and balanced.")

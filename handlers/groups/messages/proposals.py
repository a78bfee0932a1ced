"""A proposal of groups in words: what was reached, what was not and why, what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.content.texts import Listing, Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Picture, View
from bot.conversation.routes import Transaction
from bot.people.listed import Gender
from handlers.groups import store
from handlers.groups.actions import (
    BACK_TO_GROUPS,
    GROUPS,
    ApplyRemedy,
    ChangeCount,
    DrawProposal,
    FormWaitingTheme,
    KeepProposal,
    Redo,
    ShowProposal,
    ShowProposed,
)
from handlers.groups.drawing.pictures import MOST_GROUPS
from handlers.groups.messages.cards import introduce
from handlers.groups.messages.solver import (
    cannot_split,
    contradiction,
    describe,
    facts,
    lone,
    mixture,
    proven,
    rule,
    shortfall,
    too_long,
)
from handlers.groups.model import FormedGroups, FormingFailed, Member, Proposal, Proposed, Remedy
from handlers.groups.solver.model import (
    CannotSplit,
    Contradiction,
    Level,
    Measure,
    Placeable,
    TooLong,
)
from handlers.groups.store import StoredProposal
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

_ALWAYS = (Level.MOVES, Level.MET_AGAIN, Level.REPEATS)
"""What is told also where it is as good as can be."""
_MOST_SHORTFALLS = 4  # lines on what was not reached, a theme and round
_MOST_ALONE = 3
_MOST_RULES = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What words need beside a proposal: the people by id and the themes by key, as they are now; whom a message
    reaches."""

    people: Mapping[int, Member]
    themes: Mapping[str, Theme]
    reached: Collection[int] = ()

    def theme(self, key: str) -> Span:
        """What a theme is called."""
        return Localised(self.themes[key].title) if key in self.themes else key

    def person(self, participant_id: int) -> Span:
        """What the team calls someone; nothing is told of who left meanwhile."""
        found = self.people.get(participant_id)
        return Name(found.full_name) if found else _("someone who left")


async def known(tx: Transaction, proposal: Proposal) -> Known:
    """Who and what a proposal is about."""
    people = await store.people_with_theme(tx, proposal.rounds[0])
    return Known(
        {person.id: person for person in people},
        {theme.key: theme for theme in await all_themes(tx)},
        await store.platforms_reached(tx),
    )


def remedy_label(remedy: Remedy, about: Known) -> Span:
    """A remedy as a button."""
    match remedy.kind:
        case "move" if len(remedy.people) == 1:
            person, to = remedy.people[0]
            return _("{name} to {theme}", name=about.person(person), theme=about.theme(to))
        case "move":
            to = remedy.people[0][1]
            return _n(
                "Move {count} person to {theme}",
                "Move {count} people to {theme}",
                len(remedy.people),
                theme=about.theme(to),
            )
        case "waive":
            smallest, largest = remedy.sizes
            return _(
                "{theme}: allow {smallest} to {largest}",
                theme=about.theme(remedy.theme),
                smallest=smallest,
                largest=largest,
            )
        case _:
            return _("{theme} waits", theme=about.theme(remedy.theme))


def remedy_lines(remedy: Remedy, proposal: Proposal, about: Known) -> Iterable[Span]:
    """Who would move, why they, what it does to the themes and how many are told: all of it before the button."""
    by_way: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person, to in remedy.people:
        if person in about.people:
            by_way[about.people[person].theme, to].append(person)
    for (origin, to), people in by_way.items():
        left, joined = proposal.of(origin), proposal.of(to)
        before, there = left.people if left else 0, joined.people if joined else 0
        told = sum(each in about.reached for each in people)
        heard = _n("{count} person is told", "{count} people are told", told) if told else _("nobody is told yet")
        yield _(
            "{names}, second choice {target} ({there} → {more}): from {origin} ({before} → {after}); {heard}.",
            names=Listing(tuple(map(about.person, people))),
            target=about.theme(to),
            there=there,
            more=there + len(people),
            origin=about.theme(origin),
            before=before,
            after=before - len(people),
            heard=heard,
        )


def theme_lines(proposed: Proposed, about: Known, *, brief: bool = False) -> list[Span]:
    """A theme in a few lines: its groups, what was reached and what was not and why, who is alone.

    `brief`: of what is as good as can be, only that it is.
    """
    theme = about.theme(proposed.theme)
    if proposed.failed:
        return _failure(proposed, proposed.failed, theme, about)
    if not proposed.people:
        return [Strong(_("{theme}: nobody is here, its groups are dissolved", theme=theme))]
    if len(proposed.rounds) == 1:
        formed = proposed.rounds[0]
        return [Strong(heading(proposed, formed, theme)), *_reached(proposed, formed, about, brief=brief)]
    lines: list[Span] = []
    for formed in proposed.rounds:
        titled = heading(proposed, formed, theme)
        lines.append(Strong(_("Day {number}: {groups}", number=formed.round, groups=titled)))
        lines += _reached(proposed, formed, about, brief=brief)
    return lines


def heading(proposed: Proposed, formed: FormedGroups, theme: Span) -> Text:
    """How many people, in how many groups of which sizes."""
    sizes = formed.sizes
    return _n(
        "{theme}: {people} people, {count} group of {sizes}",
        "{theme}: {people} people, {count} groups of {sizes}",
        len(sizes),
        theme=theme,
        people=proposed.people,
        sizes=_range(sizes[0], sizes[-1]),
    )


def _range(low: int, high: int) -> Span:
    return low if low == high else f"{low}–{high}"


def _reached(proposed: Proposed, formed: FormedGroups, about: Known, *, brief: bool) -> Iterable[Span]:
    optimal = all(measure.optimal for measure in formed.measures)
    missed = [each for each in formed.measures if each.value != each.bound and each.level not in _ALWAYS]
    told = [each for each in formed.measures if each.level in _ALWAYS and not (brief and each.optimal)]
    for measure in (*told, *missed[:_MOST_SHORTFALLS]):
        said = _mixed(measure, proposed, formed, about) or describe(measure, proposed.people)
        why = None if optimal else shortfall(measure)
        yield said if why is None else _("{measure}. {why}", measure=said, why=why)
    if not brief:
        yield _parity(formed, about)
    if optimal:
        yield proven({each.level for each in formed.measures}, len(formed.groups))
    yield from _alone(formed, about)


def _mixed(measure: Measure, proposed: Proposed, formed: FormedGroups, about: Known) -> Text | None:
    """The nationalities group by group; None for another level, and where someone left meanwhile."""
    if measure.level is not Level.REPEATS:
        return None
    groups = [[about.people.get(member) for member in members] for members in formed.groups.values()]
    known = [[Placeable(str(member.id), member.territory) for member in members if member] for members in groups]
    here = sum(map(len, known)) == proposed.people and all(known)
    return mixture(measure, known, proposed.people) if here else None


def _parity(formed: FormedGroups, about: Known) -> Span:
    women, men = (_spread(formed, about, gender) for gender in (Gender.WOMAN, Gender.MAN))
    return _("In each group: women {women}, men {men}", women=women, men=men)


def _spread(formed: FormedGroups, about: Known, gender: str) -> Span:
    counts = [
        sum(about.people[member].gender == gender for member in members if member in about.people)
        for members in formed.groups.values()
    ]
    return _range(min(counts), max(counts))


def _alone(formed: FormedGroups, about: Known) -> Iterable[Span]:
    here = [(number, about.people[each]) for number, each in formed.alone if each in about.people]
    for number, person in here[:_MOST_ALONE]:
        group = _("group {number}", number=number)
        yield lone(Name(person.full_name), group, person.gender)
    if len(here) > _MOST_ALONE:
        more = len(here) - _MOST_ALONE
        yield _n(
            "{count} more person is the only woman or man of a group.",
            "{count} more people are the only woman or man of a group.",
            more,
        )


def _failure(proposed: Proposed, failed: FormingFailed, theme: Span, about: Known) -> list[Span]:
    """Why a theme has no groups; rules that conflict are named one by one."""
    match failed.why:
        case "waits":
            return [Strong(_("{theme}: waits, no groups are formed", theme=theme))]
        case "split":
            return [cannot_split(CannotSplit(proposed.theme, proposed.people, proposed.limits, failed.count), theme)]
        case "long":
            return [too_long(TooLong(proposed.theme, failed.seconds), theme)]
        case "rules":
            told = contradiction(Contradiction(proposed.theme, failed.conflict), theme)
            rules = failed.conflict[:_MOST_RULES]
            return [told, *(_("– {rule}", rule=rule(each, lambda ref: about.person(int(ref)))) for each in rules)]


# --- A proposal of groups, put into words: a card for all of it, and a page a theme with every group.


_MOST_TORN = 6
FORMING_SECONDS = 900.0
"""What forming or repairing groups may take: half a minute for each theme and day, where there are rules."""
FEWER_RULES = _("Try with fewer rules, or fewer days at a time.")
MOST_MENDS = 8
_MOST_PAGES = 12
_MOST_IN_FULL = 9  # themes times rounds that the card tells more of than what is wanting
_GROUPS_A_PAGE = 8


async def card(tx: Transaction, stored: StoredProposal, picture: bytes | None = None) -> View:
    """All of a proposal, and what can be done with it."""
    proposal = stored.proposal
    about = await known(tx, proposal)
    lines: list[Span] = [
        _("This is kept already.") if stored.applied else _("A proposal: nothing changes until you keep it.")
    ]
    for proposed in proposal.themes:
        lines += theme_lines(proposed, about, brief=len(proposal.themes) * len(proposal.rounds) > _MOST_IN_FULL)
    if not stored.applied:
        for remedy in proposal.remedies[:MOST_MENDS]:
            lines += remedy_lines(remedy, proposal, about)
    if any(theme.rounds for theme in proposal.themes) and any(
        theme.failed and theme.failed.why != "waits" for theme in proposal.themes
    ):
        lines.append(_("Themes without new groups stay as they are."))
    if sum(theme.count for theme in proposal.themes) > MOST_GROUPS:
        lines.append(_("Too many groups for one picture: each theme shows its own."))
    for first, second in proposal.torn[:_MOST_TORN]:
        lines.append(
            _(
                "{first} and {second} have different themes, so they are not together.",
                first=about.person(first),
                second=about.person(second),
            )
        )
    pages = tuple(
        Button(
            _("{theme}: groups and number", theme=about.theme(theme.theme)),
            ShowProposed(stored.id, theme.theme, 0, 0),
        )
        for theme in proposal.themes
        if theme.count and theme.people
    )
    return View(
        tuple(lines),
        (*_decisions(stored), *mends(stored, about), *pages[:_MOST_PAGES], *BACK_TO_GROUPS),
        attachments=(Picture(picture, _("The groups proposed, with their members"), _("groups.png")),)
        if picture and _all_here(proposal, about)
        else (),
    )


def _all_here(proposal: Proposal, about: Known) -> bool:
    """Whether nobody left while the groups were computed: the picture would name them."""
    everyone = (group for theme in proposal.themes for formed in theme.rounds for group in formed.groups.values())
    return all(person in about.people for members in everyone for person in members)


def _decisions(stored: StoredProposal) -> Iterable[Button]:
    if stored.applied:
        return
    proposal = stored.proposal
    if any(theme.rounds or (theme.failed and theme.failed.why == "waits") for theme in proposal.themes):
        yield Button(_("Keep"), KeepProposal(stored.id), style="primary")
    yield Button(_("Redo"), Redo(stored.id))
    if any(theme.rounds for theme in proposal.themes):
        yield Button(_("As a picture"), DrawProposal(stored.id))


def mends(stored: StoredProposal, about: Known) -> tuple[Button, ...]:
    """One tap each: what lets a theme be split, and back from what was asked for; the first few of them."""
    return () if stored.applied else tuple(islice(_mends(stored, about), MOST_MENDS))


def _mends(stored: StoredProposal, about: Known) -> Iterable[Button]:
    for at, remedy in enumerate(stored.proposal.remedies):
        yield Button(remedy_label(remedy, about), ApplyRemedy(stored.id, at))
    for proposed in stored.proposal.themes:
        theme = about.theme(proposed.theme)
        if proposed.failed and proposed.failed.why == "waits":
            yield Button(_("{theme}: form groups after all", theme=theme), FormWaitingTheme(stored.id, proposed.theme))
        elif proposed.theme in stored.proposal.wishes.waivers:
            yield Button(_("{theme}: usual sizes again", theme=theme), FormWaitingTheme(stored.id, proposed.theme))
        if proposed.failed and proposed.failed.count is not None:
            yield Button(_("{theme}: as many as suits", theme=theme), ChangeCount(stored.id, proposed.theme, 0))


async def theme_page(tx: Transaction, stored: StoredProposal, theme: str, at: int, page: int) -> View | None:
    """One theme's groups in one round, a page of them, and what another number of groups would cost."""
    proposed = stored.proposal.of(theme)
    if proposed is None or at >= len(proposed.rounds):
        return None
    about = await known(tx, stored.proposal)
    formed = proposed.rounds[at]
    numbers = sorted(formed.groups)
    shown = numbers[page * _GROUPS_A_PAGE : (page + 1) * _GROUPS_A_PAGE]
    lines: list[Span] = [
        Strong(heading(proposed, formed, about.theme(theme))),
        *(_group(number, formed, about) for number in shown),
        *_trade(proposed),
    ]
    if len(proposed.rounds) > 1:
        lines.insert(0, _("Day {number}", number=formed.round))
    buttons: list[Button] = []
    if page:
        buttons.append(Button(_("◀ Previous"), ShowProposed(stored.id, theme, at, page - 1)))
    if (page + 1) * _GROUPS_A_PAGE < len(numbers):
        buttons.append(Button(_("Next ▶"), ShowProposed(stored.id, theme, at, page + 1)))
    buttons += [
        Button(_("Day {number}", number=other.round), ShowProposed(stored.id, theme, place, 0))
        for place, other in enumerate(proposed.rounds)
        if place != at
    ]
    if not stored.applied and stored.proposal.wishes.kind == "form":
        buttons += [
            Button(_n("{count} group instead", "{count} groups instead", count), ChangeCount(stored.id, theme, count))
            for count in sorted(proposed.trade)
            if count != proposed.count
        ]
    return View(tuple(lines), (*buttons, Button(_("The proposal"), ShowProposal(stored.id)), GROUPS))


def _group(number: int, formed: FormedGroups, about: Known) -> Span:
    members = store.sorted_by_name(about.people[each] for each in formed.groups[number] if each in about.people)
    counted = facts(Placeable(str(member.id), member.territory, member.gender) for member in members)
    return _(
        "{group}: {facts}. {names}",
        group=Strong(_group_title(number)),
        facts=Listing(counted),
        names=Listing(tuple(introduce(member) for member in members)),
    )


def _group_title(number: int) -> Text:
    return _("Group {number}", number=number)


def _trade(proposed: Proposed) -> Sequence[Span]:
    """What each number of groups gives: «33 people in 5 groups: 4.8 nationalities each»."""
    if list(proposed.trade) == [proposed.count]:
        limits = proposed.limits
        return [
            _n(
                "Only {count} group fits sizes {smallest} to {largest}.",
                "Only {count} groups fit sizes {smallest} to {largest}.",
                proposed.count,
                smallest=limits.smallest,
                largest=limits.largest,
            )
        ]
    return [
        _n(
            "{people} people in {count} group: {nationalities} nationalities each at best",
            "{people} people in {count} groups: {nationalities} nationalities each at best",
            count,
            people=proposed.people,
            nationalities=_tenths(tenths),
        )
        for count, tenths in sorted(proposed.trade.items())
    ]


def _tenths(tenths: int) -> Span:
    if tenths % 10 == 0:
        return tenths // 10
    return _("{whole}.{tenths}", whole=tenths // 10, tenths=tenths % 10)

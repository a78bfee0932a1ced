"""What organisers read about a proposal of groups.

That is the quality reached in each level (a count that the solver minimises), what was not reached and why, and the
remedies for themes that cannot be split into groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from bot.content.texts import Listing, Localised, Span, Strong, Text, _, _n
from bot.content.views import Button, Picture, View
from bot.conversation.routes import Transaction
from bot.people.listed import Gender
from bot.people.naming import called
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
from handlers.groups.messages.cards import introduce
from handlers.groups.messages.solver import (
    cannot_split,
    contradiction,
    describe,
    facts,
    mixture,
    only_one,
    proof_line,
    proven,
    rule,
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
from handlers.groups.store import reach
from handlers.groups.store.members import people_with_theme, sorted_by_name
from handlers.groups.store.proposals import StoredProposal
from handlers.navigation.layout import paged
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

_ALWAYS = (Level.MOVES, Level.MET_AGAIN, Level.REPEATS)
"""The levels that have a line even if their values are the best possible."""
_MOST_SHORTFALLS = 4  # lines on levels that miss their bounds, for each theme and round
_MOST_ALONE = 3
_MOST_RULES = 6


@dataclass(frozen=True, slots=True)
class ProposalNames:
    """The current names for a proposal of groups: its people by id, and its themes by key.

    People and themes may have changed since the proposal was computed. `reached` holds the ids of people who can be
    sent messages.
    """

    people: Mapping[int, Member]
    themes: Mapping[str, Theme]
    reached: Collection[int] = ()

    def theme(self, key: str) -> Span:
        """Return the title of a theme, or its key if it was removed."""
        return Localised(self.themes[key].title) if key in self.themes else key

    def person(self, participant_id: int) -> Span:
        """Return the full name of a person, or words for someone who left meanwhile."""
        person = self.people.get(participant_id)
        # L10N: It stands instead of the name of a person.
        return called(person, "full") if person else _("someone who left")


async def names_of(tx: Transaction, proposal: Proposal) -> ProposalNames:
    """Return the present names of the people and themes in a proposal of groups."""
    people = await people_with_theme(tx, proposal.rounds[0])
    return ProposalNames(
        {person.id: person for person in people},
        {theme.key: theme for theme in await all_themes(tx)},
        await reach.platforms_reached(tx),
    )


def remedy_label(remedy: Remedy, names: ProposalNames) -> Span:
    """Return the text of the button that applies a remedy: a change that lets a theme's people be split into groups."""
    match remedy.kind:
        case "move" if len(remedy.people) == 1:
            person, to = remedy.people[0]
            # L10N: A button. It moves this person to the theme that they chose second.
            return _("{name} to {theme}", name=names.person(person), theme=names.theme(to))
        case "move":
            to = remedy.people[0][1]
            return _n(
                "Move {count} person to {theme}",
                "Move {count} people to {theme}",
                len(remedy.people),
                theme=names.theme(to),
            )
        case "waive":
            smallest, largest = remedy.sizes
            return _(
                "{theme}: allow {smallest} to {largest}",
                theme=names.theme(remedy.theme),
                smallest=smallest,
                largest=largest,
            )
        case _:
            # L10N: A button. It forms no groups of this theme for now.
            return _("Let {theme} wait", theme=names.theme(remedy.theme))


def remedy_lines(remedy: Remedy, proposal: Proposal, names: ProposalNames) -> Iterable[Span]:
    """Yield the lines about a remedy: who would change theme, how many people each theme would have, who is notified.

    A remedy is a change that lets a theme's people be split into groups.
    """
    by_way: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person, to in remedy.people:
        if person in names.people:
            by_way[names.people[person].theme, to].append(person)
    for (origin, to), people in by_way.items():
        left, joined = proposal.of(origin), proposal.of(to)
        before, joined_before = left.people if left else 0, joined.people if joined else 0
        count = sum(person in names.reached for person in people)
        heard = (
            _n("{count} person will be told", "{count} people will be told", count)
            if count
            else _("nobody is told yet")
        )
        # L10N: {there}, {more}, {before} and {after} are numbers of people. {heard} is «3 people are told».
        yield _(
            "{names}, second choice {target} ({there} → {more}): from {origin} ({before} → {after}); {heard}.",
            names=Listing(tuple(map(names.person, people))),
            target=names.theme(to),
            there=joined_before,
            more=joined_before + len(people),
            origin=names.theme(origin),
            before=before,
            after=before - len(people),
            heard=heard,
        )


def theme_lines(proposed: Proposed, names: ProposalNames, *, brief: bool = False) -> list[Span]:
    """Return the lines on a theme in a proposal: its groups, the levels reached or missed, and lone people.

    A level is a count that the solver minimises; lone people are the only woman or man of a group. With `brief`, levels
    with the best possible value have no lines.
    """
    theme = names.theme(proposed.theme)
    if proposed.failed:
        return _failure(proposed, proposed.failed, theme, names)
    if not proposed.people:
        return [Strong(_("{theme}: nobody is here, its groups are dissolved", theme=theme))]
    if len(proposed.rounds) == 1:
        formed = proposed.rounds[0]
        return [Strong(heading(proposed, formed, theme)), *_reached(proposed, formed, names, brief=brief)]
    lines: list[Span] = []
    for formed in proposed.rounds:
        titled = heading(proposed, formed, theme)
        lines.append(Strong(_("Day {number}: {groups}", number=formed.round, groups=titled)))
        lines += _reached(proposed, formed, names, brief=brief)
    return lines


def heading(proposed: Proposed, formed: FormedGroups, theme: Span) -> Text:
    """Return the line that says how many people a theme has, and how many proposed groups of which sizes."""
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


def _reached(proposed: Proposed, formed: FormedGroups, names: ProposalNames, *, brief: bool) -> Iterable[Span]:
    optimal = all(measure.optimal for measure in formed.measures)
    missed = [item for item in formed.measures if item.value != item.bound and item.level not in _ALWAYS]
    shown = [item for item in formed.measures if item.level in _ALWAYS and not (brief and item.optimal)]
    for measure in (*shown, *missed[:_MOST_SHORTFALLS]):
        line = _mixed(measure, proposed, formed, names) or describe(measure, proposed.people)
        why = None if optimal else proof_line(measure)
        # L10N: how good the groups of a proposal are in one respect, and why it is no better
        yield line if why is None else _("{measure}. {why}", measure=line, why=why)
    if not brief:
        yield _parity(formed, names)
    if optimal:
        yield proven({measure.level for measure in formed.measures}, len(formed.groups))
    yield from _alone(formed, names)


def _mixed(measure: Measure, proposed: Proposed, formed: FormedGroups, names: ProposalNames) -> Text | None:
    """Return the line on nationalities group by group; None for another level, or if someone left meanwhile."""
    if measure.level is not Level.REPEATS:
        return None
    groups = [[names.people.get(member) for member in members] for members in formed.groups.values()]
    members_by_group = [
        [Placeable(str(member.id), member.territory) for member in members if member] for members in groups
    ]
    here = sum(map(len, members_by_group)) == proposed.people and all(members_by_group)
    return mixture(measure, members_by_group, proposed.people) if here else None


def _parity(formed: FormedGroups, names: ProposalNames) -> Span:
    women, men = (_spread(formed, names, gender) for gender in (Gender.WOMAN, Gender.MAN))
    # L10N: {women} and {men} are numbers or ranges, such as 2–3.
    return _("In each group: women {women}, men {men}", women=women, men=men)


def _spread(formed: FormedGroups, names: ProposalNames, gender: str) -> Span:
    counts = [
        sum(names.people[member].gender == gender for member in members if member in names.people)
        for members in formed.groups.values()
    ]
    return _range(min(counts), max(counts))


def _alone(formed: FormedGroups, names: ProposalNames) -> Iterable[Span]:
    here = [(number, names.people[id_]) for number, id_ in formed.alone if id_ in names.people]
    for number, person in here[:_MOST_ALONE]:
        group = _("group {number}", number=number)
        yield only_one(called(person, "full"), group, person.gender)
    if len(here) > _MOST_ALONE:
        more = len(here) - _MOST_ALONE
        yield _n(
            "{count} more person is the only woman or man of a group.",
            "{count} more people are the only woman or man of a group.",
            more,
        )


def _failure(proposed: Proposed, failed: FormingFailed, theme: Span, names: ProposalNames) -> list[Span]:
    """Return the lines that say why a theme has no groups. Rules that conflict have a line each."""
    match failed.why:
        case "waits":
            return [Strong(_("{theme}: on hold, no groups are formed", theme=theme))]
        case "split":
            return [cannot_split(CannotSplit(proposed.theme, proposed.people, proposed.limits, failed.count), theme)]
        case "long":
            return [too_long(TooLong(proposed.theme, failed.seconds), theme)]
        case "rules":
            line = contradiction(Contradiction(proposed.theme, failed.conflict), theme)
            rules = [rule(constraint, lambda ref: names.person(int(ref))) for constraint in failed.conflict]
            return [line, *(_("– {rule}", rule=text) for text in rules[:_MOST_RULES])]


# --- The messages on a proposal: a card for all of it, and pages with every group of a theme.


_MOST_TORN = 6
FORMING_SECONDS = 900.0
"""How many seconds a job that forms or repairs groups may take.

With rules, each theme and day needs up to half a minute.
"""
FEWER_RULES = _("Try with fewer rules, or fewer days at a time.")
MOST_MENDS = 8
_MOST_PAGES = 12
_MOST_IN_FULL = 9  # with more themes times rounds than this, the card is brief
_GROUPS_A_PAGE = 8


async def card(tx: Transaction, stored: StoredProposal, pictures: tuple[Picture, ...] = (), left_out: int = 0) -> View:
    """Return the message with a whole proposal of groups, its pictures, and buttons to apply or change it.

    `left_out` says how many groups are on no picture. The pictures are left out if a person in them has left the
    gathering since.
    """
    proposal = stored.proposal
    names = await names_of(tx, proposal)
    lines: list[Span] = [
        _("This is already kept.") if stored.applied else _("A proposal: nothing changes until you keep it.")
    ]
    for proposed in proposal.themes:
        lines += theme_lines(proposed, names, brief=len(proposal.themes) * len(proposal.rounds) > _MOST_IN_FULL)
    if not stored.applied:
        for remedy in proposal.remedies[:MOST_MENDS]:
            lines += remedy_lines(remedy, proposal, names)
    if any(theme.rounds for theme in proposal.themes) and any(
        theme.failed and theme.failed.why != "waits" for theme in proposal.themes
    ):
        lines.append(_("Themes without new groups stay as they are."))
    lines += without_picture(left_out)
    for first, second in proposal.torn[:_MOST_TORN]:
        lines.append(
            _(
                "{first} and {second} have different themes, so they are not together.",
                first=names.person(first),
                second=names.person(second),
            )
        )
    pages = tuple(
        Button(
            _("{theme}: groups and number", theme=names.theme(theme.theme)),
            ShowProposed(stored.id, theme.theme, 0, 0),
        )
        for theme in proposal.themes
        if theme.count and theme.people
    )
    return View(
        tuple(lines),
        (*_decisions(stored), *mend_buttons(stored, names), *pages[:_MOST_PAGES], *BACK_TO_GROUPS),
        attachments=pictures if _all_here(proposal, names) else (),
    )


def without_picture(count: int) -> Iterable[Text]:
    """Yield a line that says how many groups are on no picture, if any; a message carries only a few pictures."""
    if count:
        yield _n(
            "{count} group is missing from the pictures: each theme shows its own.",
            "{count} groups are missing from the pictures: each theme shows its own.",
            count,
        )


def _all_here(proposal: Proposal, names: ProposalNames) -> bool:
    """Return whether everyone in the proposal is still here; otherwise its pictures would name people who left."""
    everyone = (group for theme in proposal.themes for formed in theme.rounds for group in formed.groups.values())
    return all(person in names.people for members in everyone for person in members)


def _decisions(stored: StoredProposal) -> Iterable[Button]:
    if stored.applied:
        return
    proposal = stored.proposal
    if any(theme.rounds or (theme.failed and theme.failed.why == "waits") for theme in proposal.themes):
        # L10N: A button. It applies the proposed groups.
        yield Button(_("Keep"), KeepProposal(stored.id), style="primary")
    # L10N: A button. It computes other groups that are as good.
    yield Button(_("Redo"), Redo(stored.id))
    if any(theme.rounds for theme in proposal.themes):
        yield Button(_("As a picture"), DrawProposal(stored.id))


def mend_buttons(stored: StoredProposal, names: ProposalNames) -> tuple[Button, ...]:
    """Return a few buttons that apply a remedy or withdraw one of the organiser's wishes.

    A remedy is a change that lets a theme's people be split into groups. Returns () if the proposal was applied.
    """
    return () if stored.applied else tuple(islice(_mend_buttons(stored, names), MOST_MENDS))


def _mend_buttons(stored: StoredProposal, names: ProposalNames) -> Iterable[Button]:
    for index, remedy in enumerate(stored.proposal.remedies):
        yield Button(remedy_label(remedy, names), ApplyRemedy(stored.id, index))
    for proposed in stored.proposal.themes:
        theme = names.theme(proposed.theme)
        if proposed.failed and proposed.failed.why == "waits":
            yield Button(_("{theme}: form groups after all", theme=theme), FormWaitingTheme(stored.id, proposed.theme))
        elif proposed.theme in stored.proposal.wishes.waivers:
            yield Button(_("{theme}: usual sizes again", theme=theme), FormWaitingTheme(stored.id, proposed.theme))
        if proposed.failed and proposed.failed.count is not None:
            # L10N: A button. The program chooses the number of groups of this theme again.
            yield Button(_("{theme}: automatic number", theme=theme), ChangeCount(stored.id, proposed.theme, 0))


async def theme_page(tx: Transaction, stored: StoredProposal, theme: str, at: int, page: int) -> View | None:
    """Return a page (from 0) of one theme's proposed groups, and the quality that one group more or fewer could reach.

    `at` is the index of a round (the groups of one day) in the proposal. Returns None if the proposal has no such theme
    or round.
    """
    proposed = stored.proposal.of(theme)
    if proposed is None or at >= len(proposed.rounds):
        return None
    names = await names_of(tx, stored.proposal)
    formed = proposed.rounds[at]
    numbers = sorted(formed.groups)
    here = partial(ShowProposed, stored.id, theme, at)
    shown, pages = paged(numbers, page, here, per_page=_GROUPS_A_PAGE)
    lines: list[Span] = [
        Strong(heading(proposed, formed, names.theme(theme))),
        *(_group(number, formed, names) for number in shown),
        *_trade(proposed),
    ]
    if len(proposed.rounds) > 1:
        lines.insert(0, _("Day {number}", number=formed.round))
    buttons = [
        *pages,
        *(
            Button(_("Day {number}", number=other.round), ShowProposed(stored.id, theme, index, 0))
            for index, other in enumerate(proposed.rounds)
            if index != at
        ),
    ]
    if not stored.applied and stored.proposal.wishes.kind == "form":
        buttons += [
            Button(_n("{count} group instead", "{count} groups instead", count), ChangeCount(stored.id, theme, count))
            for count in sorted(proposed.trade)
            if count != proposed.count
        ]
    return View(tuple(lines), (*buttons, Button(_("The proposal"), ShowProposal(stored.id)), GROUPS))


def _group(number: int, formed: FormedGroups, names: ProposalNames) -> Span:
    members = sorted_by_name(names.people[id_] for id_ in formed.groups[number] if id_ in names.people)
    counted = facts(Placeable(str(member.id), member.territory, member.gender) for member in members)
    return _(
        "{group}: {facts}. {names}",
        group=Strong(_("Group {number}", number=number)),
        facts=Listing(counted),
        names=Listing(tuple(introduce(member) for member in members)),
    )


def _trade(proposed: Proposed) -> Sequence[Span]:
    """Return a line for each number of groups: «33 people in 5 groups: 4.8 nationalities each at best»."""
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
    # L10N: A decimal number, such as 4.8.
    return _("{whole}.{tenths}", whole=tenths // 10, tenths=tenths % 10)

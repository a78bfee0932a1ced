"""Computes how moving people would affect a theme's groups, before anybody is moved.

The effect is the change of each level (a count that the solver minimises) and the rules that would be broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Listing, Localised, Span, Strong, _
from bot.conversation import journal_store
from bot.conversation.conflicts import who_was_faster
from bot.conversation.routes import Request
from bot.conversation.versions import fingerprint
from bot.people.naming import called
from handlers.groups.messages.solver import broken, facts, level_name, only_one
from handlers.groups.model import Group, Member, Round
from handlers.groups.organiser.layout import require_round, will_be_told
from handlers.groups.service import membership
from handlers.groups.service.forming import groups_in_other_rounds, limits_now
from handlers.groups.solver.levels import alone, measure, violations
from handlers.groups.solver.model import (
    Apart,
    Constraint,
    GroupProblem,
    Level,
    Lock,
    Numbers,
    Pin,
    Placeable,
    Together,
    band_of,
)
from handlers.groups.store import pairs
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import people_with_theme
from handlers.themes.model import Theme
from handlers.themes.store import find_theme

ALL_GROUPS = "groups"
"""The subject (key) under which the journal stores changes to all groups together, when a proposal is applied."""
_SEEN_IN_THE_GROUPS = (Level.GENDER, Level.SIZES, Level.PLATFORM)
"""Levels without a line of their own: the counts of the groups tell them already, or nobody would miss them."""
Moves = Mapping[int, Group | None]
"""The group to which each person is to move, by participant id; None takes the person out of their group."""


@dataclass(frozen=True, slots=True)
class ThemeInRound:
    """The people and the groups of a theme in a round (one day), both by id.

    `problem` holds the same people with their rules, as the solver needs them.
    """

    round: Round
    theme: Theme
    people: Mapping[int, Member]
    groups: Mapping[int, Group]
    problem: GroupProblem

    @property
    def subject(self) -> str:
        """The subject (key) under which the journal stores changes to the groups of this theme and round (day)."""
        return f"groups:{self.round.number}:{self.theme.key}"

    @property
    def placed(self) -> str:
        """The digest of who is in which group, which changes when an organiser moves somebody."""
        return fingerprint(
            self.round.published,
            [(group.id, group.locked) for group in self.groups.values()],
            [(person.id, person.group_id) for person in self.people.values()],
        )

    @property
    def seen(self) -> str:
        """A digest of all facts from which an effect is computed; it begins with `placed`, a digest of the members."""
        return self.placed + fingerprint(self.problem)

    def moved(self, moves: Moves) -> ThemeInRound:
        """Return the theme as it would be after `moves`: new groups by participant id (None: no group)."""
        groups = {person: group.id if group else None for person, group in moves.items()}
        there = {who: replace(person, group_id=groups.get(who, person.group_id)) for who, person in self.people.items()}
        return replace(self, people=there)

    def group_of(self, person_id: int) -> Group | None:
        """Return the group of a person; None if the person is in none."""
        return self.groups.get(self.people[person_id].group_id or 0)

    def name_of(self, person_id: str) -> Span:
        """Return the full name of a person, given their id in the solver."""
        return called(self.people[int(person_id)], "full")

    def numbers(self, moves: Moves) -> Numbers:
        """Return the ids of the members of each group after `moves`, by group number, as the solver needs them.

        `moves` holds the new group of each moved person by id (None: no group).
        """
        members_of: dict[int, list[str]] = {group.number: [] for group in self.groups.values()}
        for person in self.people.values():
            group = moves[person.id] if person.id in moves else self.group_of(person.id)
            if group is not None:
                members_of[group.number].append(str(person.id))
        return {number: tuple(members) for number, members in members_of.items()}


async def theme_in_round(request: Request, round_number: int, theme_key: str) -> ThemeInRound:
    """Return the people and groups of a theme in a round (one day). Raises Stale if there is no such theme or round."""
    round_, theme = await require_round(request, round_number), await find_theme(request.tx, theme_key)
    if theme is None:
        raise Stale
    everyone = await people_with_theme(request.tx, round_number)
    people = {person.id: person for person in everyone if person.theme == theme_key}
    formed = {group.id: group for group in await groups_of_round(request.tx, round_number) if group.theme == theme_key}
    year = request.settings.gathering.starts.year
    problem = GroupProblem(
        theme_key,
        tuple(
            Placeable(
                str(person.id), person.territory, person.gender, band_of(person.birth_year, year), person.platform
            )
            for person in people.values()
        ),
        await limits_now(request.tx, theme_key, round_number),
        constraints=tuple(await _rules(request, people, formed)),
        history=tuple(_history(await groups_in_other_rounds(request.tx, (round_number,)), people)),
    )
    return ThemeInRound(round_, theme, people, formed, problem)


async def who_moved(request: Request, state: ThemeInRound) -> Span:
    """Return a line that says which organiser changed the groups of a theme meanwhile."""
    entries = [(subject, await journal_store.last(request.tx, subject)) for subject in (state.subject, ALL_GROUPS)]
    subject, _entry = max(entries, key=lambda found: found[1].id if found[1] else 0)
    return await who_was_faster(request, subject)


async def _rules(request: Request, people: Mapping[int, Member], formed: Mapping[int, Group]) -> list[Constraint]:
    """Return the rules of a theme's people and groups, as the solver has them."""
    rules: list[Constraint] = []
    for first, second, kind in await pairs.all_pairs(request.tx):
        if first in people and second in people:
            rules.append((Together if kind == "together" else Apart)(str(first), str(second)))
    for person in people.values():
        group = formed.get(person.group_id or 0)
        if group and person.pinned:
            rules.append(Pin(str(person.id), group.number))
    for group in formed.values():
        if group.locked:
            members = tuple(str(person.id) for person in people.values() if person.group_id == group.id)
            rules.append(Lock(group.number, members))
    return rules


def _history(met_in: Iterable[Mapping[int, int]], people: Mapping[int, Member]) -> Iterable[Mapping[str, str]]:
    """Yield, for each other round, the group of each of these people, as the solver needs it.

    Rounds in which none of them has a group are left out.
    """
    for past in met_in:
        if here := {str(who): str(group) for who, group in past.items() if who in people}:
            yield here


def effect(state: ThemeInRound, moves: Moves) -> list[Span]:
    """Return the changes that moving people would cause, one line for each.

    `moves` holds the new group of each moved person by id (None: no group). First come the new numbers of members, then
    the levels that change (a level is a count that the solver minimises), the rules that would be broken, and the
    people who would be the only woman or man of a group.
    """
    before, after = state.numbers({}), state.numbers(moves)
    lines: list[Span] = [
        _would_have(state, number, after[number]) for number in after if before[number] != after[number]
    ]
    mix = [
        _(
            "{what}: {before} → {after}, best possible {bound}",
            what=level_name(new.level),
            before=old.value,
            after=new.value,
            bound=new.bound,
        )
        for old, new in zip(measure(state.problem, before), measure(state.problem, after), strict=True)
        if old.value != new.value and new.level not in _SEEN_IN_THE_GROUPS
    ]
    if not mix:
        mix.append(_("The mix of the groups stays just as good."))
    return [*lines, *mix, *_newly_broken(state, before, after), *_newly_alone(state, before, after)]


def _would_have(state: ThemeInRound, number: int, members: Iterable[str]) -> Span:
    people = [state.people[int(member)] for member in members]
    counted = facts(Placeable(str(person.id), person.territory, person.gender) for person in people)
    if not counted:
        return _("Group {number} would be empty.", number=number)
    return _("Group {number} would have {facts}.", number=number, facts=Listing(counted))


def _newly_broken(state: ThemeInRound, before: Numbers, after: Numbers) -> Iterable[Span]:
    before_violations = set(violations(state.problem, before))
    for violation in violations(state.problem, after):
        if violation not in before_violations:
            yield _("Against a rule: {rule}", rule=broken(violation, state.problem.limits, state.name_of))


def _newly_alone(state: ThemeInRound, before: Numbers, after: Numbers) -> Iterable[Span]:
    alone_before = set(alone(state.problem, before))
    for number, person in alone(state.problem, after):
        if (number, person) not in alone_before:
            group = _("group {number}", number=number)
            yield only_one(state.name_of(person), group, state.people[int(person)].gender)


async def require_moves(request: Request, round_: Round, targets: Mapping[int, str]) -> Moves:
    """Return, by participant id, the group to which each person moves; None to be in no group.

    `targets` holds group ids as text by participant id, '' for no group. Raises UserError for a group of another theme
    than the person's, and Stale for a person who no longer attends or a group that was deleted.
    """
    people = {person.id: person for person in await people_with_theme(request.tx, round_.number)}
    formed = {str(group.id): group for group in await groups_of_round(request.tx, round_.number)}
    moves = {person: existing(formed.get(target)) if target else None for person, target in targets.items()}
    for person_id, group in moves.items():
        person = existing(people.get(person_id))
        if group and group.theme != person.theme:
            raise UserError(_("{name} has another theme.", name=called(person, "full")))
    return moves


async def effect_on_all(request: Request, round_: Round, moves: Moves) -> list[Span]:
    """Return lines that tell the effect of moves on each theme of a round, and how many people would be notified.

    A round is the groups of one day. `moves` may include people of several themes.
    """
    if not moves:
        return []
    themes = {person.id: person.theme for person in await people_with_theme(request.tx, round_.number)}
    lines: list[Span] = []
    for key in dict.fromkeys(themes[person] for person in moves):
        state = await theme_in_round(request, round_.number, key)
        theirs = {person: group for person, group in moves.items() if themes[person] == key}
        lines += [Strong(Localised(state.theme.title)), *effect(state, theirs)]
    concerned = await membership.count_concerned(request.tx, round_, moves, {request.participant.id})
    return [*lines, will_be_told(round_, concerned)]

"""The solver's results in words: how good groups are, what was not reached and why, and what would help.

A level is a count that the solver minimises, such as members of the same nationality; a bound is the best value that a
formula allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from bot.content.texts import Listing, Span, Text, _, _n
from bot.people.listed import Gender
from handlers.groups.solver.levels import Missing, Stranger, Twice, Violation, WrongSize
from handlers.groups.solver.model import (
    Apart,
    CannotSplit,
    Constraint,
    Contradiction,
    Level,
    Limits,
    Lock,
    Measure,
    Pin,
    Placeable,
    Together,
    TooLong,
)
from handlers.groups.solver.remedies import Moving, SplitRemedy, ThemeMove, Waive

NameOf = Callable[[str], Span]
"""A function that returns the name of a person, given the person's id in the solver."""


def level_name(level: Level) -> Text:
    """Return in a few words what a level (a count that the solver minimises) counts, such as «pairs of compatriots»."""
    return _LEVELS[level]


_LEVELS = {
    Level.MOVES: _("people who change group"),
    Level.MET_AGAIN: _("pairs who meet again"),
    # L10N: How many members repeat a nationality that their group already has, as in «repeated nationalities: 3 → 4».
    Level.REPEATS: _("repeated nationalities"),
    Level.COMPATRIOTS: _("pairs of compatriots"),
    Level.WORST_GROUP: _("nationalities in the least mixed group"),
    # L10N: How many people are outside the even share of each group, as in «uneven by gender: 3 → 4».
    Level.GENDER: _("uneven by gender"),
    # L10N: How many people are outside the even share of each group, as in «uneven by age: 3 → 4».
    Level.AGE: _("uneven by age"),
    # L10N: How many people are outside the even share of each group, as in «uneven by platform: 3 → 4».
    Level.PLATFORM: _("uneven by platform"),
    # L10N: By how many people groups differ from the even size, as in «uneven sizes: 3 → 4».
    Level.SIZES: _("uneven sizes"),
}


def describe(measure: Measure, people: int) -> Text:
    """Return the line on a level: the value that the groups reach, and the best value that may be possible.

    A level is a count that the solver minimises. `people` is the number of people in the groups.
    """
    value, limit = measure.value, measure.proven
    match measure.level:
        case Level.MOVES:
            return _("People who change group: {value}, at least {limit}", value=value, limit=limit)
        case Level.MET_AGAIN:
            return _("Pairs who meet again: {value}, at least {limit}", value=value, limit=limit)
        case Level.REPEATS:
            return _("Nationalities: {value} of {limit} possible", value=people - value, limit=people - limit)
        case Level.COMPATRIOTS:
            return _("Pairs of compatriots: {value}, at least {limit}", value=value, limit=limit)
        case Level.WORST_GROUP:
            return _("In the least mixed group: {value} of {limit} possible", value=value, limit=limit)
        case Level.GENDER:
            return _("Uneven by gender: {value}, at least {limit}", value=value, limit=limit)
        case Level.AGE:
            return _("Uneven by age: {value}, at least {limit}", value=value, limit=limit)
        case Level.PLATFORM:
            return _("Uneven by platform: {value}, at least {limit}", value=value, limit=limit)
        case Level.SIZES:
            return _("Uneven sizes: {value}, at least {limit}", value=value, limit=limit)


def mixture(measure: Measure, groups: Iterable[Iterable[Placeable]], people: int) -> Text:
    """Return the line that says how many nationalities each group has, and their sum over all groups.

    `measure` is the number of people whose nationality is in their group already; `people` is the number of people in
    `groups`.
    """
    value, limit = people - measure.value, people - measure.proven
    counts = [len({person.country for person in members}) for members in groups]
    low, high = min(counts), max(counts)
    counted = low if low == high else f"{low}–{high}"
    if value == limit:
        # L10N: {each} is a number or a range, such as 4–5. {value} is the sum over all groups.
        return _(
            "Different nationalities in each group: {each}, as many as possible ({value} of {limit})",
            each=counted,
            value=value,
            limit=limit,
        )
    return _(
        "Different nationalities in each group: {each} ({value} of {limit} possible)",
        each=counted,
        value=value,
        limit=limit,
    )


def proven(levels: Collection[Level], groups: int) -> Text:
    """Return the line that says that no other groups could be better in these levels.

    `levels` are counts that the solver minimised, all of them proven optimal; `groups` is the number of groups.
    """
    if Level.MOVES in levels:
        return _n(
            "Proven: with so few people moved, no other split into {count} group mixes nationalities better; women and"
            " men, ages and platforms are as even as can be.",
            "Proven: with so few people moved, no other split into {count} groups mixes nationalities better; women and"
            " men, ages and platforms are as even as can be.",
            groups,
        )
    if Level.MET_AGAIN in levels:
        return _n(
            "Proven: with so few who meet again, no other split into {count} group mixes nationalities better; women"
            " and men, ages and platforms are as even as can be.",
            "Proven: with so few who meet again, no other split into {count} groups mixes nationalities better; women"
            " and men, ages and platforms are as even as can be.",
            groups,
        )
    return _n(
        "Proven: no other split into {count} group mixes nationalities better; women and men, ages and platforms are"
        " as even as can be.",
        "Proven: no other split into {count} groups mixes nationalities better; women and men, ages and platforms are"
        " as even as can be.",
        groups,
    )


def proof_line(measure: Measure) -> Text | None:
    """Return a line that says whether the value of a level is proven to be the best possible.

    A level is a count that the solver minimises. Returns None if a formula already shows that the value is the best.
    """
    if measure.value == measure.bound:
        return None
    if measure.optimal:
        return _("Nothing better exists: this is proven.")
    return _("Something better may exist: this is not proven.")


def facts(people: Iterable[Placeable]) -> tuple[Text, ...]:
    """Return short texts with a group's numbers of people, nationalities, women, men and others, without zeros."""
    members = list(people)
    genders = Counter(person.gender for person in members)
    women, men = genders[Gender.WOMAN], genders[Gender.MAN]
    others = len(members) - women - men
    counted = (
        (len(members), _n("{count} person", "{count} people", len(members))),
        (1, _nationalities(members)),
        (women, _n("{count} woman", "{count} women", women)),
        (men, _n("{count} man", "{count} men", men)),
        (others, _n("{count} other", "{count} others", others)),
    )
    return tuple(text for count, text in counted if count)


def _nationalities(members: Iterable[Placeable]) -> Text:
    count = len({person.country for person in members})
    return _n("{count} nationality", "{count} nationalities", count)


def only_one(name: Span, group: Span, gender: str) -> Text:
    """Return the line that says that a person is the only woman, or the only man, of a group."""
    if gender == Gender.WOMAN:
        return _("{name} is the only woman in {group}.", name=name, group=group)
    return _("{name} is the only man in {group}.", name=name, group=group)


def cannot_split(error: CannotSplit, theme: Span) -> Text:
    """Return the line that says why a theme's people cannot be split into groups."""
    limits = error.limits
    if error.count is None:
        return _n(
            "{theme}: {count} person cannot be split into groups of {smallest} to {largest}.",
            "{theme}: {count} people cannot be split into groups of {smallest} to {largest}.",
            error.people,
            theme=theme,
            smallest=limits.smallest,
            largest=limits.largest,
        )
    return _n(
        "{theme}: {people} people do not make {count} group of {smallest} to {largest}.",
        "{theme}: {people} people do not make {count} groups of {smallest} to {largest}.",
        error.count,
        theme=theme,
        people=error.people,
        smallest=limits.smallest,
        largest=limits.largest,
    )


def mend(mend: SplitRemedy, theme_of: Callable[[str], Span], name_of: NameOf) -> tuple[Text, ...]:
    """Return the sentences that describe a remedy: a change that lets a theme's people be split into groups.

    `theme_of` and `name_of` return how a theme (by its key) and a person are called.
    """
    match mend:
        case Moving(_theme, moves):
            return tuple(_moving(move, theme_of, name_of) for move in moves)
        case Waive(theme, limits):
            return (
                _(
                    "Allow groups of {smallest} to {largest} in {theme}.",
                    smallest=limits.smallest,
                    largest=limits.largest,
                    theme=theme_of(theme),
                ),
            )
        case _:
            return (_("Let everyone in {theme} wait.", theme=theme_of(mend.theme)),)


def _moving(move: ThemeMove, theme_of: Callable[[str], Span], name_of: NameOf) -> Text:
    return _(
        "Move {names} from {origin} to {target}, named second.",
        names=Listing(tuple(map(name_of, move.people))),
        origin=theme_of(move.origin),
        target=theme_of(move.target),
    )


def contradiction(error: Contradiction, theme: Span) -> Text:
    """Return the line that says that organisers' rules exclude each other. The caller adds a line for each rule."""
    if len(error.conflict) == 1:
        return _("{theme}: this rule cannot be kept. Remove it, then try again.", theme=theme)
    return _("{theme}: these rules cannot be kept together. Remove one of them, then try again.", theme=theme)


def rule(constraint: Constraint, name_of: NameOf) -> Text:
    """Return a rule of the organisers in words, for instance that two people must be in the same group."""
    match constraint:
        case Together(first, second):
            # L10N: A rule: these two people must be in the same group.
            return _("{first} and {second} together", first=name_of(first), second=name_of(second))
        case Apart(first, second):
            # L10N: A rule: these two people must be in different groups.
            return _("{first} and {second} apart", first=name_of(first), second=name_of(second))
        case Pin(person, number):
            # L10N: A rule: this person must be in this group.
            return _("{name} in group {number}", name=name_of(person), number=number)
        case Lock(number, members):
            return _n(
                "group {number} locked as it is, {count} person",
                "group {number} locked as it is, {count} people",
                len(members),
                number=number,
            )


def broken(violation: Violation, limits: Limits, name_of: NameOf) -> Text:
    """Return in words what is wrong with groups: a broken rule, a wrong size, or a person in no or a wrong group.

    `limits` are the allowed sizes, and `name_of` returns how a person is called.
    """
    match violation:
        case WrongSize(number, people):
            return _n(
                "group {number} of {count} person, not of {smallest} to {largest}",
                "group {number} of {count} people, not of {smallest} to {largest}",
                people,
                number=number,
                smallest=limits.smallest,
                largest=limits.largest,
            )
        case Missing(person):
            return _("{name} in no group", name=name_of(person))
        case Twice(person):
            return _("{name} in more than one group", name=name_of(person))
        case Stranger(person, number):
            return _("{name} in group {number}, though not of this theme", name=name_of(person), number=number)
        case _:
            return rule(violation, name_of)


def too_long(error: TooLong, theme: Span) -> Text:
    """Return the line that says that no groups were found within the time limit."""
    return _n(
        "{theme}: no groups that keep every rule were found within {count} second. Give it longer, or remove a rule.",
        "{theme}: no groups that keep every rule were found within {count} seconds. Give it longer, or remove a rule.",
        max(1, round(error.time_limit)),
        theme=theme,
    )

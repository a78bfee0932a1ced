"""What the solver finds, in words: what groups are worth, what was not reached and why, and what would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from bot.content.texts import Listing, Span, Text, _, _n
from bot.people.listed import Gender
from handlers.groups.solver.levels import Missing, Stranger, Twice, Violation, WrongSize
from handlers.groups.solver.mends import Mend, Moving, ThemeMove, Waive
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

NameOf = Callable[[str], Span]
"""How someone is called, by the id the solver knows them by."""


def level_name(level: Level) -> Text:
    """What a level counts, in a few words."""
    return _LEVELS[level]


_LEVELS = {
    Level.MOVES: _("people who change group"),
    Level.MET_AGAIN: _("pairs who meet again"),
    Level.REPEATS: _("repeated nationalities"),
    Level.COMPATRIOTS: _("pairs of compatriots"),
    Level.WORST_GROUP: _("nationalities in the least mixed group"),
    Level.GENDER: _("uneven by gender"),
    Level.AGE: _("uneven by age"),
    Level.PLATFORM: _("uneven by platform"),
    Level.SIZES: _("uneven sizes"),
}


def describe(measure: Measure, people: int) -> Text:
    """A level reached by `people` people, beside the best that is not ruled out."""
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
    """The level of repeats group by group, then added up: how many nationalities meet in each, as people count."""
    value, limit = people - measure.value, people - measure.proven
    counts = [len({person.country for person in members}) for members in groups]
    low, high = min(counts), max(counts)
    each = low if low == high else f"{low}–{high}"
    if value == limit:
        return _(
            "Different nationalities in each group: {each}, as many as possible ({value} of {limit})",
            each=each,
            value=value,
            limit=limit,
        )
    return _(
        "Different nationalities in each group: {each} ({value} of {limit} possible)",
        each=each,
        value=value,
        limit=limit,
    )


def proven(levels: Collection[Level], groups: int) -> Text:
    """What is proven where every level is as good as can be: no more than the levels say, in their order."""
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


def shortfall(measure: Measure) -> Text | None:
    """Why a level is not at its bound; None where it is."""
    if measure.value == measure.bound:
        return None
    if measure.optimal:
        return _("Nothing better exists: this is proven.")
    return _("Something better may exist: this is not proven.")


def facts(people: Iterable[Placeable]) -> tuple[Text, ...]:
    """A group in numbers, to be joined: people, nationalities, then women, men and others where there are some."""
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


def lone(name: Span, group: Span, gender: str) -> Text:
    """Someone who is the only woman, or the only man, of a group."""
    if gender == Gender.WOMAN:
        return _("{name} is the only woman in {group}.", name=name, group=group)
    return _("{name} is the only man in {group}.", name=name, group=group)


def cannot_split(error: CannotSplit, theme: Span) -> Text:
    """Why a theme's people make no groups."""
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


def mend(mend: Mend, theme_of: Callable[[str], Span], name_of: NameOf) -> tuple[Text, ...]:
    """What would let a theme be split: one sentence, or several that belong together."""
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
    """That rules cannot hold; `rule` names each of `error.conflict` beneath it."""
    if len(error.conflict) == 1:
        return _("{theme}: this rule cannot be kept. Remove it, then try again.", theme=theme)
    return _("{theme}: these rules cannot be kept together. Remove one of them, then try again.", theme=theme)


def rule(constraint: Constraint, name_of: NameOf) -> Text:
    """A rule that organisers made."""
    match constraint:
        case Together(first, second):
            return _("{first} and {second} together", first=name_of(first), second=name_of(second))
        case Apart(first, second):
            return _("{first} and {second} apart", first=name_of(first), second=name_of(second))
        case Pin(person, number):
            return _("{name} in group {number}", name=name_of(person), number=number)
        case Lock(number, members):
            return _n(
                "group {number} locked as it is, {count} person",
                "group {number} locked as it is, {count} people",
                len(members),
                number=number,
            )


def broken(violation: Violation, limits: Limits, name_of: NameOf) -> Text:
    """What is not as it must be in some groups: a rule that is not kept, a size, someone placed wrongly."""
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
    """That nothing was found in time."""
    return _n(
        "{theme}: no groups that keep every rule were found within {count} second. Give it longer, or remove a rule.",
        "{theme}: no groups that keep every rule were found within {count} seconds. Give it longer, or remove a rule.",
        max(1, round(error.time_limit)),
        theme=theme,
    )

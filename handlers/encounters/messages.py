"""The words that people read about encounters: on their card, and in the organisers' preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.content.texts import Listing, Moment, Span, Strong, Territory, Text, _, _n
from bot.people.naming import called
from handlers.encounters.model import MENDED, Encounter, SeatedPerson, Seats
from handlers.encounters.solver.model import Rule
from handlers.initiatives.model import NEEDS, Profile

GIVES_WAY: Mapping[Rule, Text] = {
    "twice": _("some people meet twice"),
    "group": _("some people meet somebody of their own group"),
    "language": _("some people share no language"),
}
"""For each rule that a plan may break, the words that say what happens if it does."""


def with_territory(person: SeatedPerson) -> Span:
    """Return a person's name, with their territory if it is known."""
    if not person.territory:
        return called(person)
    return _("{name} ({territory})", name=called(person), territory=Territory(person.territory))


def names_of(people: Iterable[SeatedPerson]) -> Span:
    """Return the names of people, each with their territory; «nobody» if there are no people."""
    return Listing(tuple(map(with_territory, people)) or (_("nobody"),))


def _shared(have: Profile, want: Profile) -> tuple[Text, ...]:
    """Return in words what somebody brings for which another one looks."""
    return tuple(NEEDS[need] for need in want.seeks if need in have.offers and need in NEEDS)


def why_words(person: SeatedPerson, own: Profile, their: Profile) -> tuple[Span, Text]:
    """Return two lines: who sits with the reader and what the two have in common, and how they can begin to talk."""
    name = with_territory(person)
    if needs := _shared(own, their):
        found = _("{name} is looking for {need}, which you bring.", name=name, need=needs[0])
        return found, _("Begin by telling how you did it.")
    if needs := _shared(their, own):
        found = _("{name} brings {need}, which you are looking for.", name=name, need=needs[0])
        return found, _("Begin by asking how they did it.")
    return _("You meet {name}.", name=name), _("Begin with: what works well where you live?")


def until(encounter: Encounter) -> tuple[Span, ...]:
    """Return the line that says until when the present seating lasts; () if none is going on."""
    return (_("Until {time}", time=Strong(Moment(encounter.ends_at, "time"))),) if encounter.ends_at else ()


# --- what organisers read


def quality_lines(encounter: Encounter, seats: Seats) -> Sequence[Span]:
    """Return lines on how good a session's plan is: whether it is optimal, which rules it breaks, who fares worst."""
    if not seats.planned:
        return (_("Nobody has a table yet."),)
    if encounter.score == MENDED:
        quality: Span = _("Some people have come or gone since the plan was made. Another plan may be better.")
    elif encounter.score >= encounter.bound:
        quality = _("No better plan is possible: this is proven.")
    else:
        lacks = -(-100 * (encounter.bound - encounter.score) // encounter.bound)
        quality = _("No plan is more than {percent} % better.", percent=lacks)
    fewest = min((seats.other_territories(person) for person in seats.here), default=0)
    met = _n(
        "Everybody meets people from at least {count} other territory.",
        "Everybody meets people from at least {count} other territories.",
        fewest,
    )
    broken = tuple(words for rule, words in GIVES_WAY.items() if rule in seats.broken)
    ways = (_("Not every rule can be kept: {rules}.", rules=Listing(broken)),) if broken else ()
    return (quality, *((met,) if fewest else ()), *ways)


def why_line(person: SeatedPerson, other: SeatedPerson, profiles: Mapping[int, Profile]) -> Span:
    """Return in a few words, for organisers, why two people meet."""
    own, their = profiles.get(person.id, Profile()), profiles.get(other.id, Profile())
    reasons: list[Span] = []
    if person.territory != other.territory:
        # L10N: why two people meet
        reasons.append(_("another territory"))
    for giver, have, want in ((person, own, their), (other, their, own)):
        if needs := _shared(have, want):
            # L10N: why two people meet: {name} has {needs}, for which the other one looks
            reasons.append(_("{name} has {needs}", name=called(giver, "given"), needs=Listing(needs)))
    if not reasons:
        # L10N: why two people meet who have nothing else in common: everybody gets a table
        reasons.append(_("nobody better was free"))
    return _("{name}: {reasons}", name=with_territory(other), reasons=Listing(tuple(reasons)))

"""How what groups write down reads: a synthesis by its fields, and the ideas beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from bot.content.names import fold, shortened
from bot.content.texts import Listing, Name, Span, Strong, Territory, Text, _, _n
from handlers.ideas.messages import CATEGORIES, glimpse
from handlers.syntheses.model import (
    CANVAS,
    CARD_FIELDS,
    FIELDS,
    RUNNERS_UP,
    CardField,
    Content,
    TerritoryCard,
    TerritoryGrid,
)
from handlers.workshops.model import Category, Collects, Idea

LABELS: Mapping[str, Text] = {
    "idea": _("Idea"),
    "for_whom": _("For whom"),
    "what": _("What"),
    "how": _("How"),
    "with_whom": _("With whom"),
    "first_step": _("First step"),
    "measure": _("Measure of success"),
}
"""What the fields of a canvas are called, and the idea above them."""
QUESTIONS: Mapping[str, Text] = {
    "for_whom": _("For whom is it?"),
    "what": _("What is it?"),
    "how": _("How does it work?"),
    "with_whom": _("With whom?"),
    "first_step": _("What is the first step?"),
    "measure": _("How will you see that it works?"),
}
"""The same where they are asked for, one by one."""
CARD_LABELS: Mapping[CardField, Text] = {
    "present": _("What exists already"),
    "obstacle": _("What blocks"),
    "change": _("What must change"),
    "carrier": _("Who could carry it"),
}
"""What the fields of a territory card are called."""
CARD_QUESTIONS: Mapping[CardField, Text] = {
    "present": _("What exists already?"),
    "obstacle": _("What stands in the way?"),
    "change": _("What must change?"),
    "carrier": _("Who could carry it?"),
}
"""The same where they are asked for."""

TITLES: Mapping[Collects, Text] = {
    "facts": _("What we keep"),
    "challenge": _("Our challenge"),
    "solution": _("Our solution"),
    "territories": _("What we keep"),
    "ideas": _("What we keep"),
}
"""What a group writes down, by what the phase collects."""

_SHOWN_IDEAS = 20
"""So many beside a synthesis, which stays one message; the others are on the wall."""
_GLIMPSE = 80
_IDEA = 300
_OPENINGS = ("comment", "how ", "wie ")
_RUNNERS_UP = 3


def content_lines(collects: Collects, content: Content, *, only: Iterable[str] | None = None) -> Sequence[Span]:
    """What a synthesis says, a line a field; `only` those of some names, empty ones too."""
    fields = FIELDS[collects] if only is None else tuple(name for name in FIELDS[collects] if name in set(only))
    if collects == "solution":
        return [_field(name, content.get(name, "")) for name in fields]
    lines: list[Span] = [Name(content.get(name, "")) for name in fields]
    if collects == "challenge" and only is None and (others := content.get(RUNNERS_UP)):
        lines += [_("Runners-up:"), *(Name(line) for line in others.splitlines())]
    return lines


def _field(name: str, words: str) -> Span:
    if not words:
        return _("{label}: nothing yet", label=LABELS[name])
    said = shortened(words, _IDEA) if name == "idea" else words
    return _("{label}: {words}", label=Strong(LABELS[name]), words=Name(said))


def missing_fields(content: Content) -> Span | None:
    """Which fields of a canvas are empty; None for none."""
    left = [LABELS[name] for name in CANVAS if not content.get(name)]
    return _("Still missing: {fields}", fields=Listing(tuple(left))) if left else None


def opens_well(sentence: str) -> bool:
    """Whether a challenge begins as the method asks: «Comment…», «How…», «Wie…»."""
    return fold(sentence).startswith(_OPENINGS)


def filled_squares(grid: TerritoryGrid) -> Text:
    """How much of a grid is filled."""
    every = len(grid.territories) * len(CARD_FIELDS)
    return _("Territories: {done} of {all} squares", done=grid.filled, all=every)


def card_lines(card: TerritoryCard, most: int | None = None) -> Sequence[Span]:
    """What a territory card says, a line a field; each `most` characters long."""
    return [
        _("{label}: {words}", label=CARD_LABELS[field], words=glimpse(words, most) if most else Name(words))
        for field in CARD_FIELDS
        if (words := card.said(field))
    ]


# --- the ideas beside a synthesis


def facts(ideas: Sequence[Idea]) -> Sequence[Span]:
    """Ideas by territory, in it by kind: facts, needs, existing schemes. The wall has the rest where there are many.

    Anonymous ones are of none: in a group of six, a territory is as good as a name.
    """
    first = {territory: place for place, territory in enumerate(dict.fromkeys(_territory(idea) for idea in ideas))}
    kinds = list(CATEGORIES)
    shown = sorted(ideas[:_SHOWN_IDEAS], key=lambda idea: (first[_territory(idea)], kinds.index(_kind(idea))))
    lines: list[Span] = []
    for territory, of_territory in groupby(shown, key=_territory):
        lines.append(Strong(Territory(territory)) if territory else Strong(_("Without a territory")))
        for kind, of_kind in groupby(of_territory, key=_kind):
            glimpses = [glimpse(idea.text, _GLIMPSE) for idea in of_kind]
            # Several are told apart by their marks: they are sentences, with commas and «and» of their own.
            said = glimpses[0] if len(glimpses) == 1 else Listing(tuple(_("«{idea}»", idea=each) for each in glimpses))
            lines.append(_("{kind}: {ideas}", kind=CATEGORIES[kind], ideas=said))
    if (more := len(ideas) - len(shown)) > 0:
        lines.append(_n("{count} more on the wall", "{count} more on the wall", more))
    return lines


def _territory(idea: Idea) -> str:
    return "" if idea.anonymous else idea.territory


def _kind(idea: Idea) -> Category:
    return idea.category or "fact"


def leaders(best: Sequence[tuple[Idea, int]]) -> Sequence[Idea]:
    """The ideas with most votes, more than one at a tie; none before anyone voted. `best` is in order of votes."""
    most = best[0][1] if best else 0
    return [idea for idea, votes in best if votes == most] if most else []


def leading(best: Sequence[tuple[Idea, int]]) -> Sequence[Span]:
    """Which idea has most votes, or which ones have as many."""
    first = leaders(best)
    if not first:
        return [_("Nobody voted yet.")]
    votes = best[0][1]
    if len(first) == 1:
        return [_n("{count} vote: «{idea}»", "{count} votes: «{idea}»", votes, idea=glimpse(first[0].text, _IDEA))]
    tied = Listing(tuple(_("«{idea}»", idea=glimpse(idea.text, _GLIMPSE)) for idea in first))
    return [_n("A tie, {count} vote each: {ideas}", "A tie, {count} votes each: {ideas}", votes, ideas=tied)]


def runners_up(best: Sequence[tuple[Idea, int]], sentence: str) -> str:
    """The next ideas by votes after the one a challenge was made of, one a line: «words (votes)»."""
    voted = [(" ".join(idea.text.split()), votes) for idea, votes in best if votes and idea.text]
    made_of = next((place for place, (words, _votes) in enumerate(voted) if fold(words) == fold(sentence)), 0)
    others = [each for place, each in enumerate(voted) if place != made_of]
    return "\n".join(f"{words} ({votes})" for words, votes in others[:_RUNNERS_UP])


def too_many_versions(most: int) -> Text:
    """That a group has as many versions to choose from as it may."""
    return _(
        "Easy: your group has {most} versions to choose from already. Your text is kept here: choose one version"
        " together first, then send it again.",
        most=most,
    )

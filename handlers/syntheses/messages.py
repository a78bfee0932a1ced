"""The texts that show a synthesis, a canvas or a territory card, and the ideas beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from bot.content.names import fold
from bot.content.territories import by_name
from bot.content.texts import Joined, Listing, Quote, Span, Strong, Territory, Text, _, _n
from handlers.ideas.messages import CATEGORIES, idea_quote
from handlers.syntheses.hooks import NeededToo
from handlers.syntheses.model import (
    CANVAS,
    CARD_FIELDS,
    FIELDS,
    RUNNERS_UP,
    TEXT,
    CardField,
    Content,
    Synthesis,
    TerritoryCard,
    TerritoryGrid,
    points_of,
)
from handlers.workshops.model import Category, Collects, Idea

LABELS: Mapping[str, Text] = {
    # L10N: the label of a field of a solution: the idea on which it is built
    "idea": _("Idea"),
    # L10N: the label of a field of a solution
    "for_whom": _("For whom"),
    # L10N: the label of a field of a solution: what is to be done
    "what": _("What"),
    # L10N: the label of a field of a solution: how it works
    "how": _("How"),
    # L10N: the label of a field of a solution
    "with_whom": _("With whom"),
    # L10N: the label of a field of a solution
    "first_step": _("First step"),
    # L10N: the label of a field of a solution: how one sees that it works
    "measure": _("Measure of success"),
}
"""The label of each field of a solution: its idea, and the six fields of the canvas."""
QUESTIONS: Mapping[str, Text] = {
    "for_whom": _("For whom is it?"),
    "what": _("What is it?"),
    "how": _("How does it work?"),
    "with_whom": _("With whom?"),
    "first_step": _("What is the first step?"),
    "measure": _("How will you see that it works?"),
}
"""The question that a form asks for each of the six fields of the canvas."""
CARD_LABELS: Mapping[CardField, Text] = {
    # L10N: the label of a field of a territory card, about the group's solution in a territory
    "present": _("What already exists"),
    # L10N: the label of a field of a territory card: what stands in the way of the solution
    "obstacle": _("What is in the way"),
    # L10N: the label of a field of a territory card
    "change": _("What must change"),
    # L10N: the label of a field of a territory card: which people or institutions could run the solution
    "carrier": _("Who could take it on"),
}
"""The label of each field of a territory card."""
CARD_QUESTIONS: Mapping[CardField, Text] = {
    "present": _("What already exists?"),
    "obstacle": _("What is in the way?"),
    "change": _("What must change?"),
    "carrier": _("Who could take on the solution?"),
}
"""The question that a form asks for each field of a territory card."""
BOXES: Mapping[CardField, Text] = {
    # L10N: an option: a sentence says what exists already, in a territory, of a group's solution
    "present": _("Already exists"),
    # L10N: an option: a sentence says what stands in the way of the solution
    "obstacle": _("In the way"),
    # L10N: an option: a sentence says what must change
    "change": _("Must change"),
    # L10N: an option: a sentence says who could run the solution
    "carrier": _("Who takes it on"),
}
"""The label of each field of a territory card, as a box to which a sentence can be moved."""

TITLES: Mapping[Collects, Text] = {
    "facts": _("Our takeaways"),
    "challenge": _("Our challenge"),
    "solution": _("Our solution"),
    "territories": _("Our takeaways"),
    "ideas": _("Our takeaways"),
}
"""The title of what a group writes, by what the phase collects."""

_SHOWN_IDEAS, _MOST_VOTED = 20, 3
"""How many ideas are shown beside a synthesis, so that it fits one message: without votes, and with votes.

The wall shows the others.
"""
_SHOWN_POINTS = 5
"""How many points of a synthesis are shown among other lines."""
_GLIMPSE = 80
_IDEA = 300
_OPENINGS = ("comment", "how ", "wie ")
"""The beginnings of a challenge, without accents and capitals."""
_RUNNERS_UP = 3


def content_lines(collects: Collects, version: Synthesis, *, only: Iterable[str] | None = None) -> Sequence[Span]:
    """Return the text of a version of a synthesis (what a group writes in a phase), a line for each field.

    `collects` is what the phase collects. `only` are the names of the fields to include; None includes all. The empty
    fields of a solution are then named in one line.
    """
    fields = FIELDS[collects] if only is None else tuple(name for name in FIELDS[collects] if name in set(only))
    if collects == "solution":
        if only is not None:
            return [_field(version, name) for name in fields]
        missing = missing_fields(version.content)
        written = [_field(version, name) for name in fields if version.content.get(name)]
        return [*written, *([missing] if missing else [])]
    points = points_of(version.content.get(TEXT, ""))
    if fields == (TEXT,) and len(points) > 1:
        return [_point(Quote("version", f"{version.id}.{TEXT}.{number}", line)) for number, line in enumerate(points)]
    lines: list[Span] = [_quoted_field(version, name) for name in fields]
    if collects == "challenge" and only is None and (others := version.content.get(RUNNERS_UP)):
        lines.append(_("Runners-up (votes):"))
        lines += [
            Quote("version", f"{version.id}.{RUNNERS_UP}.{number}", line)
            for number, line in enumerate(others.splitlines())
        ]
    return lines


def kept_lines(group_id: int, phase: str, words: str, most: int) -> Sequence[Span]:
    """Return the first points of a group's present synthesis, a line for each, cut to `most` characters.

    `phase` is the key of the phase, `words` the whole text. A text of a single line gives one line.
    """
    points = points_of(words)
    if len(points) < 2:
        return [_("Synthesis: {synthesis}", synthesis=as_it_stands(group_id, phase, TEXT, words, most))]
    shown = [
        _point(as_it_stands(group_id, phase, f"{TEXT}.{number}", line, most))
        for number, line in enumerate(points[:_SHOWN_POINTS])
    ]
    return [*shown, *(("…",) if len(points) > _SHOWN_POINTS else ())]


def _point(words: Span) -> Span:
    return Joined(("• ", words))


def _field(version: Synthesis, name: str) -> Span:
    if not version.content.get(name):
        return _("{label}: nothing yet", label=LABELS[name])
    words = _quoted_field(version, name, _IDEA if name == "idea" else 0)
    return _("{label}: {words}", label=Strong(LABELS[name]), words=words)


def _quoted_field(version: Synthesis, name: str, most: int = 0) -> Quote:
    """Return the words of a field as this version has them: beside them stands who wrote and who approves it."""
    return Quote("version", f"{version.id}.{name}", version.content.get(name, ""), most)


def as_it_stands(group_id: int, phase: str, name: str, words: str, most: int = 0) -> Quote:
    """Return a quote of one field, or of one line of a field, of the synthesis that a group wrote in a phase.

    A message with this quote shows the words of the field at the time when it is shown. `phase` is the key of the
    phase, `name` the name of the field or line, `words` its words now. At most `most` characters are shown, 0 for
    all.
    """
    return Quote("synthesis", f"{group_id}.{phase}.{name}", words, most)


def comment_of(version_id: int, participant_id: int, comment: str) -> Quote:
    """Return a quote of a person's comment on a version of what their group wrote."""
    return Quote("opinion", f"{version_id}.{participant_id}", comment)


def missing_fields(content: Content, among: Sequence[str] = CANVAS) -> Span | None:
    """Return a line that names the empty ones of some fields of a canvas, by default all; None if none is empty."""
    left = [LABELS[name] for name in among if not content.get(name)]
    return _("Still missing: {fields}", fields=Listing(tuple(left))) if left else None


def opens_well(sentence: str) -> bool:
    """Return whether a challenge begins as groups are asked to begin it: «Comment…», «How…», «Wie…»."""
    return fold(sentence).startswith(_OPENINGS)


def filled_squares(grid: TerritoryGrid) -> Text:
    """Return a line that tells how many squares of a grid of territory cards there are, and how many are filled."""
    return _("Territories: {done} of {all} boxes", done=grid.filled, all=grid.squares)


def card_lines(card: TerritoryCard, most: int | None = None) -> Sequence[Span]:
    """Return the text of a territory card, a line for each field that has a text.

    Each text is cut to `most` characters; None leaves the texts whole.
    """
    return [
        _(
            "{label}: {words}",
            label=Strong(BOXES[field]),
            words=Quote("territorycard", f"{card.id}.{field}", card.text_of(field), most or 0),
        )
        for field in CARD_FIELDS
        if card.text_of(field)
    ]


def offers_by_territory(needed: Sequence[NeededToo], locale: str) -> Sequence[tuple[str, Sequence[Text]]]:
    """Return the territories (codes) where a solution is needed too, sorted by name, each with people's offers to help.

    The number of people is left out, so that groups do not compete.
    """
    return [
        (
            code,
            [
                _("{name} could help: {offer}", name=one.name, offer=one.offer)
                for one in needed
                if one.territory == code and one.offer
            ],
        )
        for code in by_name({one.territory for one in needed}, locale)
    ]


# --- the ideas beside a synthesis


def fact_lines(ideas: Sequence[Idea]) -> Sequence[Span]:
    """Return lines with facts, needs and schemes by territory, then by category; of many ideas, only the first ones.

    Each territory is one item of several lines, followed by a blank line, so that no chat puts a blank line inside it.
    Anonymous ideas are listed without a territory, because in a group of six the territory would identify the author.
    """
    territories = dict.fromkeys(_territory(idea) for idea in ideas)
    positions = {territory: position for position, territory in enumerate(territories)}
    categories = list(CATEGORIES)
    shown = sorted(
        ideas[:_SHOWN_IDEAS], key=lambda idea: (positions[_territory(idea)], categories.index(_category(idea)))
    )
    lines: list[Span] = []
    for territory, of_territory in groupby(shown, key=_territory):
        # L10N: a heading above ideas whose authors speak for no country or region
        told: list[Span] = [Strong(Territory(territory)) if territory else Strong(_("Without a territory"))]
        for category, of_category in groupby(of_territory, key=_category):
            glimpses = [idea_quote(idea, _GLIMPSE) for idea in of_category]
            # Quotation marks separate several ideas, because their sentences contain commas.
            quoted = Listing(tuple(_("«{idea}»", idea=words) for words in glimpses))
            listed = glimpses[0] if len(glimpses) == 1 else quoted
            told += ["\n", _("{kind}: {ideas}", kind=CATEGORIES[category], ideas=listed)]
        lines += [*(("",) if lines else ()), Joined(tuple(told))]
    if (more := len(ideas) - len(shown)) > 0:
        lines.append(_n("{count} more on the wall", "{count} more on the wall", more))
    return lines


def _territory(idea: Idea) -> str:
    return "" if idea.anonymous else idea.territory


def _category(idea: Idea) -> Category:
    return idea.category or "fact"


def leading_ideas(best: Sequence[tuple[Idea, int]]) -> Sequence[Idea]:
    """Return the ideas with the most votes: several if equally many people voted for them, none if nobody voted.

    `best` are all ideas with their numbers of votes, sorted by votes, the highest first.
    """
    most = best[0][1] if best else 0
    return [idea for idea, votes in best if votes == most] if most else []


def leading_lines(best: Sequence[tuple[Idea, int]]) -> Sequence[Span]:
    """Return the lines that show the idea with the most votes.

    If several ideas have equally many votes, they are all shown; if nobody voted, a line says so. `best` are all ideas
    with their numbers of votes, sorted by votes, the highest first.
    """
    leaders = leading_ideas(best)
    if not leaders:
        return [_("Nobody has voted yet.")]
    votes = best[0][1]
    if len(leaders) == 1:
        return [_n("{count} vote: «{idea}»", "{count} votes: «{idea}»", votes, idea=idea_quote(leaders[0], _IDEA))]
    tied = Listing(tuple(_("«{idea}»", idea=idea_quote(idea, _GLIMPSE)) for idea in leaders))
    return [_n("A tie, {count} vote each: {ideas}", "A tie, {count} votes each: {ideas}", votes, ideas=tied)]


def most_voted_lines(best: Sequence[tuple[Idea, int]]) -> Sequence[Span]:
    """Return a line for each of the three ideas with the most votes, and how many more there are; () without votes.

    `best` are all ideas with their numbers of votes, sorted by votes, the highest first.
    """
    voted = [(idea, votes) for idea, votes in best if votes][:_MOST_VOTED]
    lines: list[Span] = [
        _n("{count} vote: «{idea}»", "{count} votes: «{idea}»", votes, idea=idea_quote(idea, _IDEA))
        for idea, votes in voted
    ]
    if voted and (more := len(best) - len(voted)):
        lines.append(_n("{count} more on the wall", "{count} more on the wall", more))
    return lines


def runners_up(best: Sequence[tuple[Idea, int]], sentence: str) -> str:
    """Return the ideas with the most votes besides the idea that became the challenge, as lines «words (votes)».

    The idea that became the challenge has the words of `sentence`; if no idea has, it is the one with the most votes.
    `best` are all ideas with their numbers of votes, sorted by votes, the highest first.
    """
    voted = [(" ".join(idea.text.split()), votes) for idea, votes in best if votes and idea.text]
    chosen = next((index for index, (words, _votes) in enumerate(voted) if fold(words) == fold(sentence)), 0)
    others = [*voted[:chosen], *voted[chosen + 1 :]]
    return "\n".join(f"{words} ({votes})" for words, votes in others[:_RUNNERS_UP])


def too_many_versions(most: int) -> Text:
    """Return the text that refuses another version because the group has to choose between `most` versions already."""
    return _(
        "Easy: your group already has {most} versions to choose from. Your text is kept here: choose "
        "one version together first, then send it again.",
        most=most,
    )

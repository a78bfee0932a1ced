"""What the wall shows of the group on stage: its talk, its questions, or a round of a gallery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.content.names import shortened
from bot.content.scenes import Drawing, Scene, SceneCard, SceneClock, ScenePart
from bot.content.texts import Joined, Name, Span, Text, _, _n
from bot.database.engine import Transaction
from handlers.groups.messages.cards import introduce
from handlers.groups.model import Group
from handlers.groups.store.members import members_of
from handlers.plenary.messages import LONGEST_IDEA, TIME_LEFT, VOTED_FOR
from handlers.plenary.model.questions import StageQuestion, ranked
from handlers.plenary.model.turns import PlenaryState, StageTurn
from handlers.plenary.service.preparing import PresentingGroups
from handlers.plenary.service.proposals import ideas_instead, texts_of
from handlers.plenary.store.echo import echo_of
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.wishes import wishes_of
from handlers.results.service import slide_for_wall

_WANTED = 2
"""How many votes bring a question onto the wall by itself, so that nobody puts words there alone."""


async def talk_scene(tx: Transaction, state: PlenaryState, turn: StageTurn, presenting: PresentingGroups) -> Scene:
    """Return the scene of a talk: the group's slide or texts, the clock, and the audience's reactions.

    If the group wrote nothing, the scene shows its ideas with the most votes, its only idea, or else its members.
    """
    titles, groups = presenting.titles, presenting.groups
    title = titles[turn.group_id]
    parts = [ScenePart(label, Name(words)) for label, words in await texts_of(tx, turn.group_id)]
    figures, cheers = await _echo(tx, turn.group_id)
    ideas = await _instead(tx, turn.group_id)
    following = [drawing for other in state.waiting[:1] if (drawing := await slide_of(tx, other.group_id, titles))]
    return Scene(
        "slide",
        heading=_heading(state, _("On stage")),
        lead=VOTED_FOR if ideas and ideas[0].label else "",
        title=title,
        parts=parts or ideas,
        cards=() if parts or ideas else await _members(tx, groups[turn.group_id]),
        drawing=await slide_of(tx, turn.group_id, titles, parts),
        soon=following,
        # L10N: above the clock of the group on stage: how long it may still talk
        clock=_clock(state, turn, _("Talk")),
        after=_after(state, titles),
        figures=figures,
        cheers=cheers,
        about=await _may_be_asked(tx, turn.group_id),
    )


async def questions_scene(tx: Transaction, state: PlenaryState, turn: StageTurn, presenting: PresentingGroups) -> Scene:
    """Return the scene of the questions to a group: the question being asked, or the most wanted one, or how to ask.

    Only a question with at least two votes is shown as the most wanted, so that nobody alone puts words on the wall.
    """
    titles = presenting.titles
    everything = await questions_of_group(tx, turn.group_id)
    figures, cheers = await _echo(tx, turn.group_id)
    listed = ranked(question for question in everything if question.shown)
    asked = next((question for question in listed if question.asked_at or question.votes >= _WANTED), None)
    invitation = _("Scan, ask your question, vote.")
    return Scene(
        "quote",
        heading=_heading(state, _("Questions")),
        lead=titles[turn.group_id],
        # L10N: large on the wall, while nobody has asked anything aloud yet
        title=Name(asked.text) if asked else _("A question?"),
        parts=_signed(asked) if asked else (ScenePart("", invitation),),
        soon=[drawing for other in state.waiting[:1] if (drawing := await slide_of(tx, other.group_id, titles))],
        # L10N: above the clock of the group on stage: how long it still answers questions
        clock=_clock(state, turn, _("Questions")),
        after=_after(state, titles),
        figures=figures,
        cheers=cheers,
        about=await _may_be_asked(tx, turn.group_id),
    )


def gallery_scene(state: PlenaryState, turn: StageTurn) -> Scene:
    """Return the scene of one round of a gallery, in which all groups present at tables at the same time."""
    following = state.waiting[:1]
    return Scene(
        "quote",
        heading=_("Gallery of tables"),
        title=_("Round {number} of {count}", number=turn.position, count=len(state.turns)),
        parts=(ScenePart("", _("Your chat tells you which table to visit or host.")),),
        clock=_clock(state, turn, TIME_LEFT),
        after=_("Then: round {number}", number=following[0].position) if following else _("This is the last round."),
    )


def _signed(question: StageQuestion) -> Sequence[ScenePart]:
    """Return who signed a question, and how many want it while it waits."""
    waits = question.asked_at is None
    name = (ScenePart("", Joined(("— ", Name(question.name)))),) if question.name else ()
    return (*name, *((ScenePart("", _votes(question.votes)),) if waits else ()))


def _heading(state: PlenaryState, what: Text) -> Span:
    """Return the line above everything: what happens, and the place of the group on stage among all that present."""
    turns = [turn for turn in state.turns if turn.state != "absent"]
    turn = state.current
    if turn is None:
        return what
    return _("{what} · turn {place} of {count}", what=what, place=turns.index(turn) + 1, count=len(turns))


def _clock(state: PlenaryState, turn: StageTurn, label: Text) -> SceneClock | None:
    if turn.ends_at is None:
        return None
    paused_at = state.plenary.paused_at
    begins_at = turn.began_at if turn.state == "talk" else None
    return SceneClock(label, turn.ends_at, begins_at, turn.ends_at - paused_at if paused_at else None)


def _after(state: PlenaryState, titles: Mapping[int, Text]) -> Text:
    if not state.waiting:
        return _("This is the last group.")
    return _("Then: {group}", group=titles[state.waiting[0].group_id])


async def _echo(tx: Transaction, group_id: int) -> tuple[Sequence[Span], int]:
    """Return what the room said of a group so far, as counts, and how often it applauded.

    Counts of other groups are nowhere beside them.
    """
    echo = await echo_of(tx, group_id)
    asked = _n("{count} question", "{count} questions", echo.questions)
    if echo.waiting:
        # L10N: on the wall: how many questions wait, and what the room does with them: «3 questions, votez»
        asked = _n("{count} question: vote!", "{count} questions: vote!", echo.waiting)
    counted = (
        (echo.questions, asked),
        (echo.votes, _votes(echo.votes)),
        # L10N: on the wall: how often the room applauded the group on stage
        (echo.claps, _n("{count} bravo", "{count} bravos", echo.claps)),
        # L10N: on the wall: how many people say that a solution is needed where they live, too
        (echo.also_here, _n("at home too: {count}", "at home too: {count}", echo.also_here)),
    )
    return [words for count, words in counted if count], echo.claps


def _votes(count: int) -> Text:
    return _n("{count} vote", "{count} votes", count)


async def _instead(tx: Transaction, group_id: int) -> Sequence[ScenePart]:
    """Return the ideas of a group that wrote nothing, each below its votes."""
    return [
        ScenePart(_votes(votes) if votes else "", Name(shortened(idea.text, LONGEST_IDEA)))
        for idea, votes in await ideas_instead(tx, group_id)
    ]


async def _members(tx: Transaction, group: Group) -> Sequence[SceneCard]:
    return [SceneCard(introduce(member)) for member in await members_of(tx, group) if member.joined]


async def _may_be_asked(tx: Transaction, group_id: int) -> str:
    return "" if (await wishes_of(tx, group_id)).declines else str(group_id)


async def slide_of(
    tx: Transaction, group_id: int, titles: Mapping[int, Text], parts: Sequence[ScenePart] = ()
) -> Drawing | None:
    """Return the slide that a group confirmed; None if the group confirmed none.

    Its alternative text is the group's title and the texts in `parts`.
    """
    alt: list[Span] = [titles[group_id]]
    for part in parts:
        alt += [". ", part.label, ": ", part.text]
    return await slide_for_wall(tx, group_id, Joined(tuple(alt)))

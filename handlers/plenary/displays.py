"""The screen for the wall: what it shows of a plenary at each moment, decided from the store alone.

It shows the programme before the plenary, the ideas of a phase of the workshops, the group on stage with its clock, the
question that is being asked, and thanks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.config import setting_store
from bot.content.errors import UserError
from bot.content.forms import Form
from bot.content.names import shortened
from bot.content.scenes import Drawing, Scene, SceneCard, SceneClock, ScenePart, SceneRow
from bot.content.texts import Joined, Localised, Moment, Name, Span, Text, _, _n
from bot.conversation.displays import Display
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE
from bot.people.participants import Participant
from handlers.ideas.store import RevealedIdeas, revealed_of_round
from handlers.plenary import store
from handlers.plenary.model import PlenaryState, StageTurn, ranked
from handlers.plenary.participant.questions import StageQuestionForm
from handlers.plenary.service import preparing, questions
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.service.questions import turn_in_plenary
from handlers.programme.model import Plan, Session, local_day
from handlers.programme.store import still_to_come
from handlers.results.service import slide_for_wall
from handlers.syntheses.store import current_version
from handlers.workshops.model import Collects, Phase, PhaseRun
from handlers.workshops.store import all_phases, runs_of_groups

_ROWS = 4
"""How many sessions of the programme are shown."""
_CARDS = 60
"""How many ideas are shown, some at a time."""
_LONGEST_IDEA = 140
# L10N: above the clock of a phase of the workshops, and of a round of the gallery
_TIME_LEFT = _("Time left")
_IN_SIGHT = timedelta(hours=2)
"""How long before a plenary its clock is shown."""
_WRITTEN: tuple[tuple[Text, Collects, str], ...] = (
    (_("Our challenge"), "challenge", "sentence"),
    (_("Our solution"), "solution", "idea"),
)
"""What is shown of a group: a label, what a phase collects, and the field of the group's text in it."""


async def draw(tx: Transaction, subject: str, now: datetime) -> Scene | None:
    """Return what the wall shows of a plenary now; None if it was deleted. `subject` is its id."""
    state = await store.find_state(tx, int(subject))
    if state is None:
        return None
    titles = (await preparing.groups_to_present(tx, state.plenary.round)).titles
    turn = state.current
    if state.plenary.ended_at is not None:
        scene = await _thanks(tx, state)
    elif turn is not None and state.plenary.gallery:
        scene = _gallery(state, turn)
    elif turn is not None:
        draw_turn = _questions if turn.state == "questions" else _talk
        scene = await draw_turn(tx, state, turn, titles)
    elif not state.plenary.running and (run := await _workshop(tx, state)):
        scene = run
    else:
        scene = await _waiting(tx, state, titles, now)
    rooms = await preparing.plenaries_of_round(tx, state.plenary.round)
    heading = Joined((scene.heading, " · ", _("Room {number}", number=state.plenary.room)))
    return replace(scene, heading=heading if len(rooms) > 1 else scene.heading, captions=state.plenary.captions)


# --- the group on stage


async def _talk(tx: Transaction, state: PlenaryState, turn: StageTurn, titles: Mapping[int, Text]) -> Scene:
    title = titles[turn.group_id]
    parts = await _proposal(tx, turn.group_id)
    following = [drawing for other in state.waiting[:1] if (drawing := await _slide(tx, other.group_id, titles))]
    return Scene(
        "slide",
        heading=_heading(state, _("On stage")),
        title=title,
        parts=parts,
        drawing=await _slide(tx, turn.group_id, titles, parts),
        soon=following,
        # L10N: above the clock of the group on stage: how long it may still talk
        clock=_clock(state, turn, _("Talk")),
        after=_after(state, titles),
        figures=await _echo(tx, turn.group_id),
        about=await _may_be_asked(tx, turn.group_id),
    )


async def _questions(tx: Transaction, state: PlenaryState, turn: StageTurn, titles: Mapping[int, Text]) -> Scene:
    everything = await store.questions_of_group(tx, turn.group_id)
    listed = ranked(question for question in everything if question.shown)
    asked = listed[0] if listed and listed[0].asked_at is not None else None
    invitation = _("Write it in the chat, and vote: the most wanted come first.")
    return Scene(
        "quote",
        heading=_heading(state, _("Questions")),
        lead=titles[turn.group_id],
        # L10N: large on the wall, while nobody has asked anything aloud yet
        title=Name(asked.text) if asked else _("A question?"),
        parts=_signed(asked.name) if asked else (ScenePart("", invitation),),
        soon=[drawing for other in state.waiting[:1] if (drawing := await _slide(tx, other.group_id, titles))],
        # L10N: above the clock of the group on stage: how long it still answers questions
        clock=_clock(state, turn, _("Questions")),
        after=_after(state, titles),
        figures=await _echo(tx, turn.group_id),
        about=await _may_be_asked(tx, turn.group_id),
    )


def _gallery(state: PlenaryState, turn: StageTurn) -> Scene:
    """Return the scene of a round of a gallery, in which groups present at tables, all at once."""
    following = state.waiting[:1]
    return Scene(
        "quote",
        heading=_("Gallery of tables"),
        title=_("Round {number} of {count}", number=turn.position, count=len(state.turns)),
        parts=(ScenePart("", _("Your chat says which table to visit, or to host.")),),
        clock=_clock(state, turn, _TIME_LEFT),
        after=_("Then: round {number}", number=following[0].position) if following else _("This is the last round."),
    )


def _signed(name: str) -> Sequence[ScenePart]:
    return (ScenePart("", Joined(("— ", Name(name)))),) if name else ()


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


async def _echo(tx: Transaction, group_id: int) -> Sequence[Span]:
    """Return what the room said of a group so far, as counts; those of other groups are nowhere beside them."""
    echo = await store.echo_of(tx, group_id)
    counted = (
        (echo.questions, _n("{count} question", "{count} questions", echo.questions)),
        (echo.votes, _n("{count} vote", "{count} votes", echo.votes)),
        # L10N: on the wall: how often the room applauded the group on stage
        (echo.claps, _n("{count} bravo", "{count} bravos", echo.claps)),
        # L10N: on the wall: how many people say that a solution is needed where they live, too
        (echo.also_here, _n("at home too: {count}", "at home too: {count}", echo.also_here)),
    )
    return [words for count, words in counted if count]


async def _may_be_asked(tx: Transaction, group_id: int) -> str:
    return "" if (await store.wishes_of(tx, group_id)).declines else str(group_id)


async def _proposal(tx: Transaction, group_id: int) -> Sequence[ScenePart]:
    """Return the challenge and the solution of a group, those that it wrote."""
    phases = await all_phases(tx)
    parts = []
    for label, collects, field in _WRITTEN:
        for phase in phases:
            version = await current_version(tx, group_id, phase.key) if phase.collects == collects else None
            if version and version.content.get(field):
                parts.append(ScenePart(label, Name(version.content[field])))
                break
    return parts


async def _slide(
    tx: Transaction, group_id: int, titles: Mapping[int, Text], parts: Sequence[ScenePart] = ()
) -> Drawing | None:
    """Return the slide that a group confirmed; its alternative text is what stands on it."""
    alt: list[Span] = [titles[group_id]]
    for part in parts:
        alt += [". ", part.label, ": ", part.text]
    return await slide_for_wall(tx, group_id, Joined(tuple(alt)))


# --- before and after


async def _waiting(tx: Transaction, state: PlenaryState, titles: Mapping[int, Text], now: datetime) -> Scene:
    session = await preparing.session_of(tx, state.plenary)
    username = await setting_store.telegram_username(tx)
    starts = session.plan.starts if session and not state.plenary.running else None
    ahead = starts - now if starts and starts > now else None
    drawn = state.plenary.running or state.plenary.seed is not None
    coming = state.waiting[:1] if drawn and not state.plenary.gallery else ()
    in_sight = starts is not None and ahead is not None and ahead <= _IN_SIGHT
    return Scene(
        "agenda",
        heading=_("Plenary"),
        title=_beginning(session.plan, now) if session and ahead else _("The plenary begins soon"),
        rows=_rows(await still_to_come(tx, now), now),
        soon=[drawing for other in coming if (drawing := await _slide(tx, other.group_id, titles))],
        clock=SceneClock("", starts, starts) if starts and in_sight else None,
        # L10N: on the wall before the plenary: the group that presents first
        after=_("First on stage: {group}", group=titles[coming[0].group_id]) if coming else "",
        code=f"https://t.me/{username}" if username else "",
        code_label=_("Scan to take part on Telegram"),
    )


def _beginning(plan: Plan, now: datetime) -> Text:
    """Return when the plenary of a session to come begins, with its day unless that is today."""
    if local_day(plan, plan.starts) == local_day(plan, now):
        return _("The plenary begins at {time}", time=Moment(plan.starts, "time"))
    # L10N: {time} has the day, for instance «lundi 28 décembre, 10:00»
    return _("The plenary begins on {time}", time=Moment(plan.starts))


def _rows(sessions: Sequence[Session], now: datetime) -> Sequence[SceneRow]:
    """Return the sessions of today that are for everybody and not over."""
    today = [
        session.plan
        for session in sessions
        if session.plan.audience == EVERYONE
        and local_day(session.plan, session.plan.starts) == local_day(session.plan, now)
    ]
    return [
        SceneRow(Moment(plan.starts, "time"), Localised(plan.title), now=plan.starts <= now) for plan in today[:_ROWS]
    ]


async def _thanks(tx: Transaction, state: PlenaryState) -> Scene:
    presented = sum(turn.state == "done" for turn in state.turns)
    asked = await store.count_questions_of(tx, state.plenary.id)
    groups = await store.groups_of_plenary(tx, state.plenary.id)
    unasked = sum([await store.count_questions(tx, group_id) for group_id in groups])
    return Scene(
        "words",
        heading=_("Plenary"),
        # L10N: the last thing on the wall, after all groups presented
        title=_("Thank you!"),
        parts=(ScenePart("", _("Questions that were not asked go to the groups, which can answer them in writing.")),)
        if unasked
        else (),
        figures=(
            _n("{count} round", "{count} rounds", presented)
            if state.plenary.gallery
            else _n("{count} group on stage", "{count} groups on stage", presented),
            *((_n("{count} question", "{count} questions", asked),) if asked else ()),
        ),
    )


# --- the workshops before


async def _workshop(tx: Transaction, state: PlenaryState) -> Scene | None:
    """Return the phase in which most groups are now, with the ideas that they revealed; None if none is in a phase.

    Names are shown of groups that agreed, and of nobody who gave an idea without their name.
    """
    phases = {phase.key: phase for phase in await all_phases(tx)}
    everywhere = await runs_of_groups(tx, state.plenary.round)
    open_runs = [run for run in everywhere if run.open and run.phase in phases]
    if not open_runs:
        return None
    [(key, _groups)] = Counter(run.phase for run in open_runs).most_common(1)
    runs = [run for run in open_runs if run.phase == key]
    given = await revealed_of_round(tx, state.plenary.round, key, _CARDS)
    showing = await store.groups_showing_names(tx)
    cards = [
        SceneCard(
            Name(shortened(idea.text, _LONGEST_IDEA)),
            Name(idea.author) if idea.author and idea.group_id in showing else "",
        )
        for idea in given.latest
    ]
    return Scene(
        "board",
        heading=_("Workshops"),
        title=Localised(phases[key].title),
        cards=cards,
        parts=() if cards else _instruction(phases[key]),
        clock=_countdown(runs),
        figures=(
            _n("{count} group", "{count} groups", len(runs)),
            _given(given),
        ),
    )


def _given(given: RevealedIdeas) -> Span:
    """Return how many ideas were given and by how many people, where any of them is still known."""
    ideas = _n("{count} idea", "{count} ideas", given.ideas)
    if not given.people:
        return ideas
    # L10N: on the wall, during a phase of the workshops: «12 ideas» from «4 people»
    return _n("{ideas} from {count} person", "{ideas} from {count} people", given.people, ideas=ideas)


def _instruction(phase: Phase) -> Sequence[ScenePart]:
    return (ScenePart("", Localised(phase.instruction)),) if phase.instruction else ()


def _countdown(runs: Sequence[PhaseRun]) -> SceneClock | None:
    """Return the clock of the group whose phase ends first; one that stands still if all are in a break."""
    ends = [run.ends_at for run in runs if run.ends_at is not None]
    if ends:
        return SceneClock(_TIME_LEFT, min(ends))
    left = [(run.remaining, run.started_at) for run in runs if run.remaining is not None]
    if not left:
        return None
    remaining, started_at = min(left)
    return SceneClock(_TIME_LEFT, started_at + remaining, left=remaining)


# --- what is asked from afar


async def take_question(
    tx: Transaction, person: Participant, subject: str, about: str, form: Form, locale: str, now: datetime
) -> Text:
    """Store a question that a participant sends from a screen of their own, as one that they write in their chat.

    `about` is the id of the group that was on stage when they began to write. One sent twice is stored once. Raises
    UserError where there is no such group in this plenary, and what `questions.submit` raises.
    """
    assert isinstance(form, StageQuestionForm)
    group_id = int(about) if about.isascii() and about.isdecimal() and len(about) < 19 else 0
    turn = await turn_in_plenary(tx, group_id)
    if turn is None or str(turn.plenary_id) != subject:
        raise UserError(_("Nobody is on stage now. Your text is kept: send it again later."))
    if any(question.text == form.question for question in await store.questions_by(tx, person.id, group_id)):
        return _("Noted. You will know when it is asked.")
    _question_id, line = await questions.submit(tx, group_id, person.id, form.question, locale, now)
    return line


WALL = Display(
    kind=SCREEN,
    draw=draw,
    reopened=_("Organisers open another one with /pleniere. To follow remotely, get yours with /scene."),
    tables=frozenset({"plenaries", "stage_turns", "gallery_rounds", "stage_questions", "phase_runs", "display_links"}),
    form=StageQuestionForm,
    take=take_question,
)
"""The screen of a plenary; `subject` is its id."""

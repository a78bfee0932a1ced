"""The screen for the wall: which scene of a plenary it shows at each moment, decided from the store alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.content.scenes import Scene
from bot.content.texts import Joined, _, _n
from bot.conversation import display_store
from bot.conversation.displays import Display
from bot.database.engine import Transaction
from handlers.attendance.store.marks import count_present
from handlers.plenary.displays.afar import take_question
from handlers.plenary.displays.around import thanks_scene, waiting_scene
from handlers.plenary.displays.stage import gallery_scene, questions_scene, talk_scene
from handlers.plenary.displays.workshop import workshop_scene
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.participant.questions import StageQuestionForm
from handlers.plenary.service import preparing
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.store.plenaries import find_state
from handlers.programme.model import local_day


async def draw(tx: Transaction, subject: str, now: datetime) -> Scene | None:
    """Return the scene that the wall now shows for a plenary; None if the plenary was deleted.

    `subject` is the id of the plenary.
    """
    state = await find_state(tx, int(subject))
    if state is None:
        return None
    presenting = await preparing.groups_to_present(tx, state.plenary.round)
    titles = presenting.titles
    turn = state.current
    if state.plenary.ended_at is not None:
        scene = await thanks_scene(tx, state)
    elif turn is not None and state.plenary.gallery:
        scene = gallery_scene(state, turn)
    elif turn is not None:
        draw_turn = questions_scene if turn.state == "questions" else talk_scene
        scene = await draw_turn(tx, state, turn, presenting)
    elif not state.plenary.running and (run := await workshop_scene(tx, state)):
        scene = run
    else:
        scene = await waiting_scene(tx, state, titles, now)
    if not state.plenary.ended_at and (here := await _present(tx, state, now)):
        # L10N: on the wall: how many people are marked present today
        scene = replace(scene, heading=Joined((scene.heading, " · ", _n("{count} here", "{count} here", here))))
    rooms = await preparing.rooms_of_round(tx, state.plenary.round)
    heading = Joined((scene.heading, " · ", _("Room {number}", number=state.plenary.room)))
    return replace(
        scene,
        heading=heading if len(rooms) > 1 else scene.heading,
        captions=state.plenary.captions,
        entry="" if state.plenary.ended_at else await display_store.entry_of(tx, SCREEN, subject),
    )


async def _present(tx: Transaction, state: PlenaryState, now: datetime) -> int:
    """Return how many people were marked present today, at the place of the plenary; 0 where nobody was."""
    session = await preparing.session_of(tx, state.plenary)
    return await count_present(tx, local_day(session.plan, now).isoformat()) if session else 0


WALL = Display(
    kind=SCREEN,
    draw=draw,
    reopened=_("Organisers open another one with /pleniere. To follow remotely, get yours with /scene."),
    tables=frozenset({"plenaries", "stage_turns", "gallery_rounds", "stage_questions", "phase_runs", "display_links"}),
    busy_tables=frozenset(
        {
            "stage_votes",
            "applause",
            "also_here",
            "ideas",
            "stage_wishes",
            "deck_confirmations",
            "sessions",
            "participants",
            "attendance",
            "idea_votes",
            "members",
        }
    ),
    form=StageQuestionForm,
    take=take_question,
)
"""The screen of a plenary for the wall; `subject` is the plenary's id."""

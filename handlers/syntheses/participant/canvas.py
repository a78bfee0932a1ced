"""The screens of a group's solution: its idea, and the canvas, a form of six fields shown as two forms of three."""

from __future__ import annotations

from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Text, _
from bot.content.views import Reply
from bot.conversation.routes import Request, Routes
from handlers.ideas.store.ideas import ideas_of_group
from handlers.syntheses.actions import PickIdea, WriteFirstHalf, WriteSecondHalf
from handlers.syntheses.messages import QUESTIONS
from handlers.syntheses.participant.writing import declare_form, open_synthesis, save_and_show
from handlers.syntheses.service import open_phase
from handlers.workshops.actions import OpenCanvas

routes = Routes()

_FIELD = 300


class FirstHalf(Form):
    """The form for the first three fields of the canvas. Fields can be left empty."""

    title: ClassVar[Text] = _("Our solution, 1 of 2")
    read_by_others: ClassVar[bool] = True
    for_whom: str = text(QUESTIONS["for_whom"], max_length=_FIELD, multiline=True, required=False)
    what: str = text(QUESTIONS["what"], max_length=_FIELD, multiline=True, required=False)
    how: str = text(QUESTIONS["how"], max_length=_FIELD, multiline=True, required=False)


class SecondHalf(Form):
    """The form for the last three fields of the canvas. Fields can be left empty."""

    title: ClassVar[Text] = _("Our solution, 2 of 2")
    read_by_others: ClassVar[bool] = True
    with_whom: str = text(QUESTIONS["with_whom"], max_length=_FIELD, multiline=True, required=False)
    first_step: str = text(QUESTIONS["first_step"], max_length=_FIELD, multiline=True, required=False)
    measure: str = text(QUESTIONS["measure"], max_length=_FIELD, multiline=True, required=False)


routes.press(OpenCanvas)(open_synthesis.handler)


# Two people can fill in a half each at the same time.
declare_form(routes, WriteFirstHalf, FirstHalf)
declare_form(routes, WriteSecondHalf, SecondHalf)


@routes.pick(PickIdea)
async def pick_idea(request: Request, idea_id: int, run: int, base: int) -> Reply:
    """Save the idea that the group chose for its solution, and show the group's text.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none. Raises
    Stale if the idea is not, or no longer, on the group's wall, or if it has no text.
    """
    at = await open_phase(request.tx, request.participant, run)
    if not at.run.revealed:
        raise Stale
    texts = {idea.id: idea.text for idea in await ideas_of_group(request.tx, at.group.id, at.phase.key)}
    if not (text := texts.get(idea_id)):
        raise Stale
    return await save_and_show(request, run, base, {"idea": text})

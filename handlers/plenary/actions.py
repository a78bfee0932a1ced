"""The actions of the plenary's buttons that more than one module shows.

In these classes, `plenary` and `group` are ids. `seen` is the digest of the state of the plenary that the reader was
shown, to notice that somebody else was first.
"""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action, Go
from bot.content.texts import _
from bot.content.views import Button


class OpenPlenary(Action):
    """The organisers' button that shows a plenary: its preparation, or a new card for conducting it."""

    code: ClassVar[str] = "pn"
    plenary: int


class ShowLengths(Action):
    """The organisers' button that shows the lengths of a plenary's turns, with buttons to change them."""

    code: ClassVar[str] = "pnt"
    plenary: int


class DrawOrder(Action):
    """The organisers' button that draws the order of groups; `seen` is the digest of the state shown."""

    code: ClassVar[str] = "pnd"
    plenary: int
    seen: str


class DrawWithSeed(Action):
    """The organisers' button that opens the form for drawing the order with a known seed, so that it can be redone."""

    code: ClassVar[str] = "pnds"
    plenary: int


class ShowOrder(Action):
    """The organisers' button that lists the groups in their order, to swap two of them."""

    code: ClassVar[str] = "pno"
    plenary: int


class OpenScreen(Action):
    """The organisers' button that makes a new link to the screen for the wall, and shows it."""

    code: ClassVar[str] = "pnz"
    plenary: int


class BeginPlenary(Action):
    """The organisers' button that begins a plenary."""

    code: ClassVar[str] = "pnb"
    plenary: int
    seen: str


class ConductStep(Action):
    """The button that makes one step of a plenary.

    `what` is the step: «n» the next one, «p» a pause, «g» going on, «m» half a minute more, «a» the group is away, «e»
    the end before all groups have presented.
    """

    code: ClassVar[str] = "pns"
    plenary: int
    what: str
    seen: str


class RestorePlenary(Action):
    """The action that undoes a change of a plenary: of its order, or a step while it is conducted."""

    code: ClassVar[str] = "pnr"
    plenary: int


class AskQuestion(Action):
    """The button that opens the form for a question to a group."""

    code: ClassVar[str] = "pna"
    group: int


class Applaud(Action):
    """The button that applauds a group."""

    code: ClassVar[str] = "pnc"
    group: int


class FollowFromAfar(Action):
    """The button that gives a person a link of their own to the screen, on which they can ask questions too."""

    code: ClassVar[str] = "pnf"
    plenary: int


class ShowQuestions(Action):
    """The button that shows, in a message below, questions to a group that the person has not seen."""

    code: ClassVar[str] = "pnl"
    group: int


class ShowGroupQuestions(Action):
    """The button that shows members of a group what the room asked it, to answer in writing."""

    code: ClassVar[str] = "png"
    group: int


class MyStageQuestions(Action):
    """The button that shows a person what became of their own questions in the plenary."""

    code: ClassVar[str] = "pny"


class RankQuestions(Action):
    """The organisers' button that lists the questions to a group, those first that the room wants most."""

    code: ClassVar[str] = "pnk"
    group: int


class OpenQuestion(Action):
    """The organisers' button that shows one question, to ask, hide or merge it. `question` is its id."""

    code: ClassVar[str] = "pnu"
    question: int


class PutQuestion(Action):
    """The organisers' button that asks a question aloud; the one with the id `question` is shown as being asked."""

    code: ClassVar[str] = "pnup"
    question: int


def open_screen_button(plenary_id: int) -> Button:
    """Return the organisers' button that opens the screen for the wall."""
    # L10N: a button: shows the link to the screen for the wall
    return Button(_("Open the screen"), OpenScreen(plenary_id))


# L10N: a button: what is on stage in the plenary now
STAGE = Button(_("On stage"), Go("scene"))
# L10N: a button of organisers: the session in which all groups present
PLENARIES = Button(_("The plenary"), Go("pleniere"))

"""The actions of the plenary's buttons that more than one module shows.

In these classes, `plenary` and `group` are ids. `seen` is the digest of the state of the plenary that the reader was
shown, to notice that somebody else was first.
"""

from __future__ import annotations

from bot.content.actions import Action, Go
from bot.content.texts import _
from bot.content.views import Button


class OpenPlenary(Action, code="pn"):
    """The organisers' button that shows a plenary: its preparation, or a new card (message) for conducting it."""

    plenary: int


class ShowLengths(Action, code="pnt"):
    """The organisers' button that shows the lengths of a plenary's turns, with buttons to change them."""

    plenary: int


class DrawOrder(Action, code="pnd"):
    """The organisers' button that draws a random order of groups; `seen` is a digest of the plenary as it was shown."""

    plenary: int
    seen: str


class DrawWithSeed(Action, code="pnds"):
    """The organisers' button that opens the form for drawing the order with a known seed, to repeat an earlier draw."""

    plenary: int


class ShowOrder(Action, code="pno"):
    """The organisers' button that lists the groups in their order, to swap two of them."""

    plenary: int


class NamePresenters(Action, code="pnvc"):
    """The button that shows a group's presenters in a new message. It stands below a message about the group's turn."""

    group: int


class OpenScreen(Action, code="pnz"):
    """The organisers' button that creates a new link to the screen for the wall, and shows the link."""

    plenary: int


class BeginPlenary(Action, code="pnb"):
    """The organisers' button that begins a plenary; `seen` is a digest of the plenary as it was shown."""

    plenary: int
    seen: str


class ConductStep(Action, code="pns"):
    """The button that makes one step of a plenary.

    `what` is the step: «n» for the next one, «p» for a pause, «g» to go on, «m» for half a minute more, «a» to skip a
    group that is away, «e» to end before all groups have presented. `seen` is a digest of the plenary as it was shown.
    """

    plenary: int
    what: str
    seen: str


class AskQuestion(Action, code="pna"):
    """The button that opens the form for a question to a group on stage."""

    group: int


class Applaud(Action, code="pnc"):
    """The button that counts applause for a group."""

    group: int


class ShowQuestions(Action, code="pnl"):
    """The button that shows a person the questions to a group that they have not seen, in a new message below."""

    group: int


class ShowGroupQuestions(Action, code="png"):
    """The button that shows members of a group the audience's questions to the group, to answer them in writing."""

    group: int


class MyStageQuestions(Action, code="pny"):
    """The button that shows a person their own questions in the plenary, and the answers."""


def open_screen_button(plenary_id: int) -> Button:
    """Return the organisers' button that opens the screen for the wall."""
    # L10N: a button: shows the link to the screen for the wall
    return Button(_("Open the screen"), OpenScreen(plenary_id))


# L10N: a button: what is on stage in the plenary now
STAGE = Button(_("On stage"), Go("scene"))
# L10N: a button of organisers: the session in which all groups present
PLENARIES = Button(_("The plenary"), Go("pleniere"))

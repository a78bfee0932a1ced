"""What buttons of the workshops ask for, where more than one module shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class GiveIdea(Action):
    """Give an idea."""

    code: ClassVar[str] = "wg"
    run: int


@dataclass(frozen=True, slots=True)
class MyIdeas(Action):
    """See one's own ideas of a phase."""

    code: ClassVar[str] = "wm"
    run: int


@dataclass(frozen=True, slots=True)
class ShowWall(Action):
    """See the ideas of one's group, by votes «v» or by time «t»: those from the one of rank `page` on (1 the first)."""

    code: ClassVar[str] = "ww"
    run: int
    page: int = 1
    by: str = "v"


@dataclass(frozen=True, slots=True)
class Vote(Action):
    """Vote among the ideas of one's group."""

    code: ClassVar[str] = "wv"
    run: int


@dataclass(frozen=True, slots=True)
class ReadyPhase(Action):
    """See who is missing before a phase starts for the groups that `scope` is the word for."""

    code: ClassVar[str] = "wrr"
    phase: str
    scope: str


@dataclass(frozen=True, slots=True)
class Inspire(Action):
    """See ideas of other groups that resemble one's own."""

    code: ClassVar[str] = "wi"
    run: int


@dataclass(frozen=True, slots=True)
class OpenSynthesis(Action):
    """See or write what the group keeps of a phase."""

    code: ClassVar[str] = "wsy"
    run: int


@dataclass(frozen=True, slots=True)
class OpenCanvas(Action):
    """See or fill in the group's solution."""

    code: ClassVar[str] = "wca"
    run: int


@dataclass(frozen=True, slots=True)
class MyTerritory(Action):
    """Say how the solution stands in one's own territory."""

    code: ClassVar[str] = "wt"
    run: int


@dataclass(frozen=True, slots=True)
class WriteCard(Action):
    """Write one's card, for the territory one speaks for."""

    code: ClassVar[str] = "xt"
    run: int


@dataclass(frozen=True, slots=True)
class Grid(Action):
    """See the solution, territory by territory."""

    code: ClassVar[str] = "wtg"
    group: int


@dataclass(frozen=True, slots=True)
class CallForHelp(Action):
    """Call a facilitator to one's group."""

    code: ClassVar[str] = "wh"
    group: int


@dataclass(frozen=True, slots=True)
class ShowPanel(Action):
    """See what the groups one facilitates are doing; pages count from 1."""

    code: ClassVar[str] = "wp"
    page: int = 1


@dataclass(frozen=True, slots=True)
class RunPhases(Action):
    """Run the phase of a group: more time, a break, the end."""

    code: ClassVar[str] = "wr"
    group: int


@dataclass(frozen=True, slots=True)
class MyDeck(Action):
    """See and confirm what one's group shows in the plenary."""

    code: ClassVar[str] = "wd"
    group: int


@dataclass(frozen=True, slots=True)
class BuildOn(Action):
    """Give an idea that builds on another."""

    code: ClassVar[str] = "wb"
    idea: int


@dataclass(frozen=True, slots=True)
class TakeAlong(Action):
    """Take one's ideas to the group one is in now: those left in another, 0 for those given without any."""

    code: ClassVar[str] = "wk"
    group: int


@dataclass(frozen=True, slots=True)
class OpenIdea(Action):
    """See one idea. `origin` and `at` are the screen it was found on, for the way back; '' and 0 for none.

    A wall is «g» for the group's, «t» for the theme's or «a» for everyone's, then «v» by votes or «t» by time, and `at`
    the rank it began with; «i» are ideas that inspire, `at` the run of who reads; «l» is what is set aside.
    """

    code: ClassVar[str] = "wo"
    idea: int
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class HideIdea(Action):
    """Take an idea off the wall, the votes and the exports."""

    code: ClassVar[str] = "wq"
    idea: int


@dataclass(frozen=True, slots=True)
class MergeIdea(Action):
    """Choose the idea that one goes into. `at` is the rank of the first one offered, 0 for the likest."""

    code: ClassVar[str] = "wj"
    idea: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class SetAside(Action):
    """See what is not on a group's wall: ideas that came late and were sent to the facilitator, and hidden ones."""

    code: ClassVar[str] = "wl"
    run: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class GiveFact(Action):
    """Give a fact, a need or an existing scheme, in a phase that collects these."""

    code: ClassVar[str] = "wf"
    run: int


@dataclass(frozen=True, slots=True)
class KeepAsIdea(Action):
    """What was written for nobody was an idea, for the phase that ended last."""

    code: ClassVar[str] = "wxi"


@dataclass(frozen=True, slots=True)
class NudgeSilent(Action):
    """Ask those of a group in private who said nothing yet; 0 shows the groups where somebody did not."""

    code: ClassVar[str] = "wks"
    group: int


@dataclass(frozen=True, slots=True)
class ShowFacilitators(Action):
    """See who runs the workshops; pages count from 0."""

    code: ClassVar[str] = "ow"
    page: int


@dataclass(frozen=True, slots=True)
class ShowFacilitator(Action):
    """See for whom someone runs the workshops, and change it."""

    code: ClassVar[str] = "owp"
    person: int

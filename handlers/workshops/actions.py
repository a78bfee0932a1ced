"""The actions of the workshops' buttons that more than one module shows.

`run` is the id of a phase's run, `group` the id of a group, `idea` the id of an idea.
"""

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
    """See the ideas of one's group, sorted `by` votes («v») or time («t»), from rank `page` on (1 is the first)."""

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
    """See who is missing before a phase starts for the groups of `scope` (a word of `facilitator.scopes`)."""

    code: ClassVar[str] = "wrr"
    phase: str
    scope: str


@dataclass(frozen=True, slots=True)
class Inspire(Action):
    """See other groups' ideas that resemble one's own."""

    code: ClassVar[str] = "wi"
    run: int


@dataclass(frozen=True, slots=True)
class OpenSynthesis(Action):
    """See or write the group's synthesis of a phase."""

    code: ClassVar[str] = "wsy"
    run: int


@dataclass(frozen=True, slots=True)
class OpenCanvas(Action):
    """See or fill in the group's solution."""

    code: ClassVar[str] = "wca"
    run: int


@dataclass(frozen=True, slots=True)
class MyTerritory(Action):
    """Describe the situation in one's own territory."""

    code: ClassVar[str] = "wt"
    run: int


@dataclass(frozen=True, slots=True)
class WriteCard(Action):
    """Write one's territory card."""

    code: ClassVar[str] = "xt"
    run: int


@dataclass(frozen=True, slots=True)
class Grid(Action):
    """See the grid of territory cards of a group."""

    code: ClassVar[str] = "wtg"
    group: int


@dataclass(frozen=True, slots=True)
class CallForHelp(Action):
    """Call a facilitator to one's group."""

    code: ClassVar[str] = "wh"
    group: int


@dataclass(frozen=True, slots=True)
class ShowPanel(Action):
    """Open the panel of the groups that one facilitates. Pages count from 1."""

    code: ClassVar[str] = "wp"
    page: int = 1


@dataclass(frozen=True, slots=True)
class RunPhases(Action):
    """Manage the phase of a group: more time, a break, the end."""

    code: ClassVar[str] = "wr"
    group: int


@dataclass(frozen=True, slots=True)
class MyDeck(Action):
    """See and confirm the slides that one's group shows in the plenary."""

    code: ClassVar[str] = "wd"
    group: int


@dataclass(frozen=True, slots=True)
class BuildOn(Action):
    """Give an idea that builds on another."""

    code: ClassVar[str] = "wb"
    idea: int


@dataclass(frozen=True, slots=True)
class TakeAlong(Action):
    """Move one's ideas from `group` to the group one is in now; `group` 0 moves ideas given without a group."""

    code: ClassVar[str] = "wk"
    group: int


@dataclass(frozen=True, slots=True)
class OpenIdea(Action):
    """See one idea. `origin` and `at` describe the screen to go back to; '' and 0 for none.

    For a wall, `origin` is «g» (group), «t» (theme) or «a» (everyone), then «v» (by votes) or «t» (by time), and `at`
    is the rank the wall began with. «i» is the list of inspiring ideas, and `at` the reader's run. «l» is the list of
    ideas that are set aside.
    """

    code: ClassVar[str] = "wo"
    idea: int
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class HideIdea(Action):
    """Hide an idea from the wall, the votes and the exports."""

    code: ClassVar[str] = "wq"
    idea: int


@dataclass(frozen=True, slots=True)
class MergeIdea(Action):
    """Choose the idea into which `idea` is merged. `at` is the rank of the first one offered; 0 is the most similar."""

    code: ClassVar[str] = "wj"
    idea: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class SetAside(Action):
    """See the ideas that are not on a group's wall: late ones that were sent to the facilitator, and hidden ones."""

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
    """Turn a text that answered no question into an idea of the phase that ended last."""

    code: ClassVar[str] = "wxi"


@dataclass(frozen=True, slots=True)
class NudgeSilent(Action):
    """Ask the silent members of a group in private for an idea; `group` 0 lists the groups with silent members."""

    code: ClassVar[str] = "wks"
    group: int


@dataclass(frozen=True, slots=True)
class ShowFacilitators(Action):
    """See the people who run workshops. Pages count from 0."""

    code: ClassVar[str] = "ow"
    page: int


@dataclass(frozen=True, slots=True)
class ShowFacilitator(Action):
    """See and change for whom a person runs the workshops."""

    code: ClassVar[str] = "owp"
    person: int

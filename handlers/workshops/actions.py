"""The actions of the workshops' buttons that more than one module shows.

In these classes, `run` is the id of a run (a phase as one group lives it), `group` the id of a group, `idea` the id of
an idea.
"""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


class GiveIdea(Action):
    """The button that opens the form for giving an idea."""

    code: ClassVar[str] = "wg"
    run: int


class MyIdeas(Action):
    """The button that shows a person the ideas they gave in a phase."""

    code: ClassVar[str] = "wm"
    run: int


class ShowWall(Action):
    """The button that shows the wall: all ideas that a group gave in a phase.

    `by` is the order: «v» by votes, «t» by time. `page` is the rank of the first idea shown, counted from 1.
    """

    code: ClassVar[str] = "ww"
    run: int
    page: int = 1
    by: str = "v"


class Vote(Action):
    """The button that opens the screen on which a member votes among the ideas of the group."""

    code: ClassVar[str] = "wv"
    run: int


class ReadyPhase(Action):
    """The button that shows a facilitator who is missing before a phase starts in some groups.

    `phase` is the key of the phase; `scope` is a word that stands for the groups, as `facilitator.scopes` explains.
    """

    code: ClassVar[str] = "wrr"
    phase: str
    scope: str


class Inspire(Action):
    """The button that shows other groups' ideas that resemble the person's own."""

    code: ClassVar[str] = "wi"
    run: int


class OpenSynthesis(Action):
    """The button that shows the group's synthesis of a phase (what it keeps of all ideas) or lets a member write it."""

    code: ClassVar[str] = "wsy"
    run: int


class OpenCanvas(Action):
    """The button that shows the group's canvas, the form about its solution, or lets a member fill it in."""

    code: ClassVar[str] = "wca"
    run: int


class MyTerritory(Action):
    """The button that shows a person the card about their territory, or a button to write one if there is none."""

    code: ClassVar[str] = "wt"
    run: int


class WriteCard(Action):
    """The button that opens the form of the person's territory card."""

    code: ClassVar[str] = "xt"
    run: int


class Grid(Action):
    """The button that shows the grid of a group: the territory cards of all its members."""

    code: ClassVar[str] = "wtg"
    group: int


class CallForHelp(Action):
    """The button with which a member calls a facilitator to their group."""

    code: ClassVar[str] = "wh"
    group: int


class ShowPanel(Action):
    """The button that sends a facilitator a new panel, the message with all groups they run.

    `page` is counted from 1.
    """

    code: ClassVar[str] = "wp"
    page: int = 1


class RunPhases(Action):
    """The button that lets a facilitator manage the phase of one group: more time, a break, the end."""

    code: ClassVar[str] = "wr"
    group: int


class MyDeck(Action):
    """The button that shows the slides that a group presents in the plenary, for a member to confirm."""

    code: ClassVar[str] = "wd"
    group: int


class BuildOn(Action):
    """The button that opens the form for an idea that builds on another person's idea. `idea` is the other idea."""

    code: ClassVar[str] = "wb"
    idea: int


class TakeAlong(Action):
    """The button that moves the person's ideas from an earlier group to their present group.

    `group` is the earlier group; 0 moves ideas that were given without a group.
    """

    code: ClassVar[str] = "wk"
    group: int


class OpenIdea(Action):
    """The button that shows one idea. `origin` and `at` say which screen the way back leads to; '' and 0 for none.

    For a wall, `origin` has two letters: «g» (ideas of the group), «t» (of the theme) or «a» (of everyone), then «v»
    (by votes) or «t» (by time); `at` is the rank of the first idea shown. «i» is the list of inspiring ideas, with the
    reader's run as `at`. «l» is the list of ideas that are set aside.
    """

    code: ClassVar[str] = "wo"
    idea: int
    origin: str = ""
    at: int = 0


class HideIdea(Action):
    """The button that hides an idea from the wall, the votes and the exports."""

    code: ClassVar[str] = "wq"
    idea: int


class MergeIdea(Action):
    """The button that lists the ideas into which `idea` can be merged, the most similar first.

    `at` is the position of the first idea listed, counted from 0.
    """

    code: ClassVar[str] = "wj"
    idea: int
    at: int = 0


class SetAside(Action):
    """The button that lists the ideas not on a group's wall: late ones sent to the facilitator, and hidden ones.

    `at` is the rank of the first idea listed, counted from 1; 0 also stands for the first.
    """

    code: ClassVar[str] = "wl"
    run: int
    at: int = 0


class GiveFact(Action):
    """The button that opens the form for a fact, a need or an existing scheme, in a phase that collects these."""

    code: ClassVar[str] = "wf"
    run: int


class KeepAsIdea(Action):
    """The button that turns a text, written without being asked, into an idea of the phase that ended last."""

    code: ClassVar[str] = "wxi"


class NudgeSilent(Action):
    """The button that asks the silent members of a group in private for an idea.

    With 0 as `group` it lists the groups with silent members.
    """

    code: ClassVar[str] = "wks"
    group: int


class ShowFacilitators(Action):
    """The button that lists the people who run workshops. `page` is counted from 0."""

    code: ClassVar[str] = "ow"
    page: int


class ShowFacilitator(Action):
    """The button that shows for whom a person runs the workshops, and lets an organiser change it."""

    code: ClassVar[str] = "owp"
    person: int

"""The actions of the workshops' buttons that more than one module shows.

In these classes, `run` is the id of a run (one phase in one group), `group` the id of a group, `idea` the id of
an idea.
"""

from __future__ import annotations

from bot.content.actions import Action
from bot.conversation.shown_screen_store import CARD_SCREEN


class GiveIdea(Action, code="wg"):
    """The button that opens the form for giving an idea. `run` is the id of the phase's run in the person's group."""

    run: int


class MyIdeas(Action, code="wm"):
    """The button that shows a person their ideas of a phase; `run` is the id of the phase's run in their group."""

    run: int


class ShowWall(Action, code="ww"):
    """The button that shows the wall: all ideas that a group gave in a phase.

    `run` is the id of the phase's run in the group. `by` is the order: «v» by votes, «t» by time. `page` is the rank of
    the first idea shown, counted from 1.
    """

    run: int
    page: int = 1
    by: str = "v"


class Vote(Action, code="wv"):
    """The button that opens the screen for voting among a group's ideas. `run` is the id of the group's run."""

    run: int


class ReadyPhase(Action, code="wrr"):
    """The button that shows a facilitator who is missing in some groups before a phase starts there.

    `phase` is the key of the phase. `scope` stands for the groups: «a» for all that the facilitator runs, «t_KEY» for a
    theme's groups, «g_ID» for one.
    """

    phase: str
    scope: str


class Inspire(Action, code="wi"):
    """The button that shows ideas of other groups that resemble the person's own.

    `run` is the id of the phase's run in the person's group.
    """

    run: int


class OpenSynthesis(Action, code="wsy"):
    """The button that shows the synthesis of a phase (what the group keeps of all ideas), or lets a member write it."""

    run: int


class OpenCanvas(Action, code="wca"):
    """The button that shows the group's canvas (the form about its solution), or lets a member fill it in."""

    run: int


class MyTerritory(Action, code="wt"):
    """The button that shows a person their territory card, or offers to write one if they have none.

    `run` is the id of the phase's run in their group.
    """

    run: int


class WriteCard(Action, code="xt"):
    """The button to the form for the person's territory card; `run` is the id of the phase's run in their group."""

    run: int


class OpenTerritories(Action, code="wtg"):
    """The button that shows a group's grid, which holds the territory cards of all its members."""

    group: int


class CallForHelp(Action, code="wh"):
    """The button with which a member calls a facilitator to their group."""

    group: int


class ShowPanel(Action, code="wp"):
    """The button that sends a facilitator a new panel, the message about all groups that they run.

    `page` is counted from 1.
    """

    page: int = 1


class RunPhases(Action, code="wr"):
    """The button that lets a facilitator manage the phase of the group `group` (an id): more time, a break, the end."""

    group: int


class MyDeck(Action, code="wd"):
    """The button that shows a member the slides that their group presents in the plenary, to confirm them."""

    group: int


class BuildOn(Action, code="wb"):
    """The button that opens the form for an idea that builds on another person's idea. `idea` is that other idea."""

    idea: int


class TakeAlong(Action, code="wk"):
    """The button that moves the person's ideas from an earlier group to their present group.

    `group` is the earlier group; 0 stands for ideas that were given without a group.
    """

    group: int


class OpenIdea(Action, code="wo"):
    """The button that shows one idea. `origin` and `at` identify the screen to return to; '' and 0 for none.

    For a wall, `origin` has two letters: «g» (ideas of the group), «t» (of the theme) or «a» (of everyone), then «v»
    (by votes) or «t» (by time); `at` is the rank of the first idea shown. «i» is the list of inspiring ideas, with the
    reader's run as `at`. «l» is the list of ideas that are set aside.
    """

    idea: int
    origin: str = ""
    at: int = 0


class HideIdea(Action, code="wq"):
    """The button that hides an idea from the wall, the votes and the exports."""

    idea: int


class MergeIdea(Action, code="wj"):
    """The button that lists the ideas into which `idea` can be merged, the most similar first.

    `at` is the position of the first idea listed, counted from 0.
    """

    idea: int
    at: int = 0


class KeepAsIdea(Action, code="wxi"):
    """The button that stores a text, which a person wrote without being asked, as an idea of the last phase."""


class NudgeSilent(Action, code="wks"):
    """The button that asks the silent members of a group in private for an idea.

    With 0 as `group`, the button lists the groups that have silent members.
    """

    group: int


class ShowFacilitators(Action, code="ow"):
    """The button that lists the people who run workshops. `page` is counted from 0."""

    page: int


class ShowFacilitator(Action, code="owp"):
    """The button that shows an organiser for which groups a person (an id) runs workshops, and changes that."""

    person: int


IDEAS_CARD = f"{CARD_SCREEN}ideas"
"""The name of the screen with a person's latest idea, of which a chat keeps only the newest copy."""

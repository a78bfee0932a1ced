"""The actions of the buttons of a synthesis, which is what a group writes in a phase.

`run` is the id of a run (a phase as one group lives it), `version` the id of a version of the synthesis. `base` is the
id of the version that a person changes, 0 for none. The form carries it, to notice on saving whether another version
was saved meanwhile.
"""

from __future__ import annotations

from bot.content.actions import Action


class WriteText(Action, code="xw"):
    """The button that opens the form for a synthesis (what a group writes in a phase) in free words.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none.
    """

    run: int
    base: int


class WriteSentence(Action, code="xs"):
    """The button that opens the form for the group's challenge, in one sentence.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none.
    """

    run: int
    base: int


class WriteFirstHalf(Action, code="xa"):
    """The button that opens the form for the first three fields of the canvas, which describes a solution.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none.
    """

    run: int
    base: int


class WriteSecondHalf(Action, code="xb"):
    """The button that opens the form for the last three fields of the canvas, which describes a solution.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none.
    """

    run: int
    base: int


Write = WriteText | WriteSentence | WriteFirstHalf | WriteSecondHalf
"""The buttons that open a form for writing a version."""


class PickIdea(Action, code="xi"):
    """The choice of the idea on which the group's solution is built.

    `run` is the id of the phase's run in the group, `base` the id of the version that is changed, 0 for none.
    """

    run: int
    base: int


class Approve(Action, code="xo"):
    """The button by which a member approves a version of what the group wrote in a phase.

    `version` is the id of the version.
    """

    version: int

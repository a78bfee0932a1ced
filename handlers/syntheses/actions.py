"""The actions of the buttons of a synthesis, which is what a group writes in a phase.

`run` is the id of a run (a phase as one group lives it), `version` the id of a version of the synthesis. `base` is the
id of the version that a person changes, 0 for none. The form carries it, to notice on saving whether another version
was saved meanwhile.
"""

from __future__ import annotations

from bot.content.actions import Action


class WriteText(Action, code="xw"):
    """The button that opens the form for a synthesis (what a group writes in a phase) as free text.

    `run` is the id of the phase's run in the group (the phase as this group lives it). `base` is the id of the version
    that the form changes, 0 for none.
    """

    run: int
    base: int


class WriteSentence(Action, code="xs"):
    """The button that opens the form for the group's challenge, which is one sentence.

    `run` is the id of the phase's run in the group (the phase as this group lives it). `base` is the id of the version
    that the form changes, 0 for none.
    """

    run: int
    base: int


class WriteFirstHalf(Action, code="xa"):
    """The button that opens the form for the first three fields of the canvas, which describes a solution.

    `run` is the id of the phase's run in the group (the phase as this group lives it). `base` is the id of the version
    that the form changes, 0 for none.
    """

    run: int
    base: int


class WriteSecondHalf(Action, code="xb"):
    """The button that opens the form for the last three fields of the canvas, which describes a solution.

    `run` is the id of the phase's run in the group (the phase as this group lives it). `base` is the id of the version
    that the form changes, 0 for none.
    """

    run: int
    base: int


Write = WriteText | WriteSentence | WriteFirstHalf | WriteSecondHalf
"""The buttons that open a form for writing a version."""


class PickIdea(Action, code="xi"):
    """The choice of the idea from which the group makes its solution.

    `run` is the id of the phase's run in the group (the phase as this group lives it). `base` is the id of the version
    that the choice changes, 0 for none.
    """

    run: int
    base: int


class Approve(Action, code="xo"):
    """The button by which a member approves a version of what the group wrote in a phase.

    `version` is the id of the version.
    """

    version: int

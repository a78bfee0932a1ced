"""The actions of the buttons of a synthesis, which is what a group writes in a phase.

`run` is the id of a run (a phase as one group lives it), `version` the id of a version of the synthesis. `base` is the
id of the version that a person changes, 0 for none. It travels with the form, so that saving can tell whether another
version was saved meanwhile.
"""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


class TakePen(Action):
    """The button with which a member becomes the one who writes the synthesis."""

    code: ClassVar[str] = "xp"
    run: int


class WriteText(Action):
    """The button that opens the form for a synthesis in free words."""

    code: ClassVar[str] = "xw"
    run: int
    base: int


class WriteSentence(Action):
    """The button that opens the form for a challenge, in one sentence."""

    code: ClassVar[str] = "xs"
    run: int
    base: int


class WriteFirstHalf(Action):
    """The button that opens the form for the first three fields of the canvas."""

    code: ClassVar[str] = "xa"
    run: int
    base: int


class WriteSecondHalf(Action):
    """The button that opens the form for the last three fields of the canvas."""

    code: ClassVar[str] = "xb"
    run: int
    base: int


Write = WriteText | WriteSentence | WriteFirstHalf | WriteSecondHalf
"""The buttons that open a form for writing a version."""


class PickIdea(Action):
    """The choice of the idea on which the solution is built."""

    code: ClassVar[str] = "xi"
    run: int
    base: int


class Approve(Action):
    """The button with which a member approves of a version."""

    code: ClassVar[str] = "xo"
    version: int


class Comment(Action):
    """The button that opens the form for a comment on a version."""

    code: ClassVar[str] = "xc"
    version: int


class Choose(Action):
    """The button that chooses one of several versions written at the same time."""

    code: ClassVar[str] = "xk"
    version: int


class Earlier(Action):
    """The button that shows the earlier versions, which can be restored. `page` is counted from 1."""

    code: ClassVar[str] = "xv"
    run: int
    page: int = 1


class TakeBack(Action):
    """The button that restores an earlier version in place of the version with the id `current`."""

    code: ClassVar[str] = "xr"
    version: int
    current: int

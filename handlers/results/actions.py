"""The actions of the buttons of results that more than one module shows."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button


class ShowCharts(Action):
    """The button that has the charts drawn."""

    code: ClassVar[str] = "wbc"


class DownloadResults(Action):
    """The button that has a file of all results made: `what` is «xlsx», «pptx» or «pdf».

    Before slides and booklet, organisers see the ideas that nobody saw, if there are any.
    """

    code: ClassVar[str] = "wbf"
    what: str


class MakeFile(Action):
    """The button that has a file of all results made without asking further. `what` is as in `DownloadResults`."""

    code: ClassVar[str] = "wbm"
    what: str


class ListUnseen(Action):
    """The button that lists the ideas that nobody revealed or voted for, from index `start` on (0 is the first).

    `what` is the file that is to be made then, as in `DownloadResults`; '' for none.
    """

    code: ClassVar[str] = "wbu"
    what: str = ""
    start: int = 0


class ShowLines(Action):
    """The button that leads to all lines of prints and exports, by group. `page` is counted from 0."""

    code: ClassVar[str] = "wbl"
    page: int = 0


# L10N: a button: every line of booklet, slides, workbook and charts, which can be taken out there
WHAT_IS_PRINTED = Button(_("What is printed"), ShowLines())

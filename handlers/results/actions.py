"""The actions of the buttons of results that more than one module shows."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button


class ShowCharts(Action, code="wbc"):
    """The button that requests the charts of the results."""


class DownloadResults(Action, code="wbf"):
    """The button that requests a file of all results: `what` is «xlsx», «pptx» or «pdf».

    Slides («pptx») and booklet («pdf») leave out ideas that nobody revealed or voted for. If there are such ideas, the
    button first lists them.
    """

    what: str


class MakeFile(Action, code="wbm"):
    """The button that requests a file of all results without further questions. `what` is «xlsx», «pptx» or «pdf»."""

    what: str


class ShowLines(Action, code="wbl"):
    """The button that lists all lines of prints and exports (ideas and other texts), by group; `page` is from 0."""

    page: int = 0


# L10N: a button: every line of booklet, slides, workbook and charts, which can be taken out there
WHAT_IS_PRINTED = Button(_("Choose what appears"), ShowLines())

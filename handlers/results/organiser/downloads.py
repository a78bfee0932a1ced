"""The organisers' files of all results: workbook, slides, booklet, charts. Jobs make them.

Before slides and booklet, organisers see which ideas are left out because nobody revealed them or voted for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.errors import UserError
from bot.content.texts import Text, _
from bot.content.views import Button, File, JobRequest, Reply, View, reply_with_job
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.results.actions import WHAT_IS_PRINTED, DownloadResults, MakeFile, ShowCharts
from handlers.results.jobs import PDF, PPTX, XLSX, make_charts, make_file
from handlers.results.messages import RESULT_FILES, wording_of
from handlers.results.organiser.lines import left_out
from handlers.results.organiser.unseen import list_unseen
from handlers.results.service import file_payload, read_more_sheets
from handlers.results.store import lines
from handlers.results.store.snapshots import read_snapshot

routes = Routes()

_SHOWN: Mapping[str, tuple[str, Text]] = {
    "xlsx": (XLSX, _("Everything in one workbook: groups, ideas, votes, syntheses, territories.")),
    "pptx": (PPTX, _("The slides for the plenary, group after group.")),
    "pdf": (PDF, _("The booklet of all groups, with an index by territory.")),
}
_PRINTED = frozenset({"pptx", "pdf"})
"""The files that many people see, before which organisers are shown what is left out of them."""


@routes.press(ShowCharts, who=ORGANISER)
async def show_charts(request: Request) -> Reply:
    """Start the job that draws the charts, which takes longer than a database transaction may last."""
    job = JobRequest("charts", file_payload(request.settings, request.locale))
    return reply_with_job(_("I am drawing the charts. They will be here in a moment."), job=job, buttons=(BACK,))


@routes.press(DownloadResults, who=ORGANISER)
async def download_results(request: Request, what: str) -> Reply:
    """Start the job that makes a file of all results: `what` is «xlsx», «pptx» or «pdf».

    Slides and booklet leave out ideas that nobody revealed or voted for, unless an organiser ticked them. If any are
    left out, the reply first lists them, with a button to continue.
    """
    if what in _PRINTED and (await lines.count_left_out(request.tx)).unticked:
        return await list_unseen(request, what)
    return await make_listed_file(request, what)


@routes.press(MakeFile, who=ORGANISER)
async def make_listed_file(request: Request, what: str) -> Reply:
    """Start the job that makes a file of all results, after the organiser saw which ideas are left out.

    `what` is «xlsx», «pptx» or «pdf».
    """
    what = what if what in _SHOWN else "xlsx"
    job = JobRequest(f"bilan-{what}", file_payload(request.settings, request.locale, what=what))
    return reply_with_job(_("I am making the file. It will be here in a moment."), job=job, buttons=(BACK,))


async def read_all(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of a job with a `snapshot` of the results, which has all data, read at once.

    For a workbook, the sheets that other capabilities add are in the payload too. `_declared` is for other jobs.
    """
    more = await read_more_sheets(tx, wording_of(payload)) if payload.get("what") == "xlsx" else ()
    return {**payload, "snapshot": await read_snapshot(tx), "more_sheets": list(more)}


@routes.job("charts", work=make_charts, read=read_all)
async def charts_are_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the charts, each with its alternative text. Raises UserError if there are none.

    `_tx` and `_organiser` are for other jobs.
    """
    if not result["pictures"]:
        raise UserError(_("There is nothing to draw yet: nobody has given an idea."), buttons=(BACK,))
    return View((_("The workshops as charts."),), (BACK,), attachments=tuple(result["pictures"]))


async def file_is_made(tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with a file of all results, which says how many lines (ideas and other texts) are left out.

    Raises UserError if the file is too large to be sent. `_organiser` is for other jobs.
    """
    if result["content"] is None:
        raise UserError(
            _("This file is too large to be sent here. On the server, «rencontres export» writes it to a folder."),
            buttons=(BACK,),
        )
    media_type, line = _SHOWN[result["what"]]
    counted = await lines.count_left_out(tx)
    # L10N: a button: see which ideas are left out of a file
    see = (Button(_("See what is left out"), list_unseen.to(result["what"])),) if counted.unticked else ()
    out = (WHAT_IS_PRINTED,) if counted.taken else ()
    file = File(RESULT_FILES[result["what"]], result["content"], media_type)
    return View((line, *left_out(counted)), (*see, *out, BACK), attachments=(file,))


for _what in _SHOWN:  # each file is a kind of job of its own, since only one job of a kind can wait
    routes.job(
        f"bilan-{_what}",
        work=make_file,
        read=read_all,
        seconds=180,  # a hundred groups with photos take three; a machine may be slow, or busy
        instead=_("On the server, «rencontres export» writes it to a folder."),
        ends_process=_what != "xlsx",  # the others take much memory
    )(file_is_made)

"""A participant's souvenir after the gathering: a page to keep, and a picture to share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.errors import UserError
from bot.content.texts import _
from bot.content.views import Button, File, JobRequest, Reply, View, reply_with_job
from bot.conversation.routes import Request, Routes, Transaction
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.navigation.actions import HOME
from handlers.results.jobs import PDF, make_souvenir
from handlers.results.model import unpack_table
from handlers.results.service import file_payload, own_group
from handlers.results.store.numbers import count_own, ideas_of_member
from handlers.results.store.snapshots import read_snapshot

routes = Routes()


_WITHOUT_GROUP = _("A souvenir shows what you made with your group, and you have none.")


@routes.press("wbs")
async def get_souvenir(request: Request) -> Reply:
    """Start the job that makes the person's souvenir.

    Raises UserError before the end of the gathering, and for people who never had a group.
    """
    if not request.gathering_is_over:
        raise UserError(_("Your souvenir will be here once the gathering is over."), buttons=(HOME,))
    group = await own_group(request.tx, request.participant.id, request.today)
    if group is None:
        raise UserError(_WITHOUT_GROUP, buttons=(HOME,))
    gathering = request.settings.gathering
    payload = file_payload(
        request.settings,
        request.locale,
        person=request.participant.id,
        group=group.id,
        days=[gathering.starts.isoformat(), gathering.ends.isoformat()],
    )
    return reply_with_job(
        _("I am making your souvenir. It will be here in a moment."),
        buttons=(HOME,),
        job=JobRequest("souvenir", payload),
    )


MY_SOUVENIR = Button(_("My souvenir"), get_souvenir.to())


async def read_own(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of a job with the person's `name`, their `numbers`, and the results of their group.

    The results are a `snapshot`, all data read at once; `ideas` are the ids of the person's own ideas. `numbers` are
    counts of what the person did in the gathering. Raises UserError if the person is no longer in this group.
    `_declared` is for other jobs.
    """
    person = await participant_store.find(tx, payload["person"])
    snapshot = await read_snapshot(tx, [payload["group"]], own=payload["person"])
    if person is None or all(row["id"] != person.id for row in unpack_table(snapshot, "members")):
        raise UserError(_WITHOUT_GROUP, buttons=(HOME,))
    ideas = await ideas_of_member(tx, person.id, payload["group"])
    name = f"{person.given_name} {person.family_name}".strip()
    numbers = await count_own(tx, person.id)
    return {**payload, "name": name, "snapshot": snapshot, "ideas": ideas, "numbers": numbers}


@routes.job("souvenir", work=make_souvenir, read=read_own)
async def souvenir_is_made(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the souvenir that a job made, and a picture of what the person did, in numbers.

    `_tx` and `_person` are for other jobs.
    """
    souvenir = File(_("souvenir.pdf"), result["content"], PDF, frozenset(result["named"]))
    line = _("Your gathering as a picture: share it if you like, it names nobody. The page with it is yours to keep.")
    # Without buttons, because an album with a button has no caption on Telegram: the picture would say nothing.
    return View((line,), attachments=(result["picture"], souvenir))

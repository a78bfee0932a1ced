"""Offers forms to an organiser who sends a table without being asked, to find out what the table is for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.hooks import collecting_hook
from bot.content.texts import Name, _
from bot.content.views import Button, Reply, reply
from bot.conversation.incoming import Sent
from bot.conversation.routes import Request

_ENDINGS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".ics")


@collecting_hook
async def forms_for_tables(request: Request) -> Sequence[Button]:  # noqa: ARG001 - for those who define it
    """Return buttons to the forms for sending prepared files, such as tables.

    This is a hook: each part of the program that has such forms adds its buttons.
    """
    return ()


async def offer_forms(request: Request, sent: Sent) -> Reply | None:
    """Return the reply to a table that an organiser sent unasked; None for any other file.

    The reply says where the organiser can send the table.
    """
    organises = request.person is not None and request.person.organises
    if not organises or sent.upload is None or not sent.upload.name.lower().endswith(_ENDINGS):
        return None
    ways = await forms_for_tables(request)
    asked = _("What is «{name}»? Choose, and send it once more.", name=Name(sent.upload.name))
    return reply(asked, buttons=tuple(ways), fresh=True) if ways else None

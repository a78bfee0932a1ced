"""The jobs that read a list of selected people and draw invitation cards, done in another process."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from bot.content.i18n import negotiate
from bot.content.texts import Reader
from bot.files.tables import UnreadableFile
from bot.people import codes
from bot.people.invitations import Invitation
from bot.people.roster import open_list
from bot.people.roster_columns import RosterRules
from bot.people.secret_store import new_code
from handlers.registration.drawing import card_for, print_cards
from handlers.registration.model.lists import WaitingList


def read_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a list of selected people from a job's payload.

    Returns the list (`waiting`), or the `problem` for which it cannot be read; the other is None. Also the `reader` who
    sent it, and when it was `sent`.
    """
    rules = RosterRules(**payload["rules"])
    result: dict[str, Any] = {"reader": Reader(*payload["reader"]), "sent": payload["sent"]}
    try:
        listed = open_list(b64decode(payload["content"]), payload["name"], rules)
    except UnreadableFile as error:
        return result | {"waiting": None, "problem": error.problem}
    return result | {"waiting": WaitingList(listed, rules), "problem": None}


def make_cards(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw a card with a new invitation for each of the `people` of the payload, eight to a sheet.

    Returns the PDF file as `content`, and as `made` each person's id with the code and the page's secret on the card
    ('' without pages). They are made here, so that the payload, which is stored, never holds them.
    """
    made, cards = [], []
    for person in payload["people"]:
        code, page = new_code("invitation"), new_code("page") if payload["page"] else ""
        invitation = Invitation(
            **person,
            email="",
            telegram_link=f"{payload['telegram']}{code}" if payload["telegram"] else None,
            code=codes.spell(code),
            page_link=f"{payload['page']}{page}" if page else None,
        )
        reader = Reader(negotiate([invitation.locale], payload["locales"]), payload["zone"])
        cards.append(card_for(invitation, reader, welcome=payload["welcome"], on_discord=payload["on_discord"]))
        made.append((invitation.participant_id, code, page))
    return {"content": print_cards(cards, branding_of(payload)), "made": made, "now": payload["now"]}

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
    """Read the list of selected people whose file is in the payload of a job.

    The result has the list as `waiting`; if the file cannot be read, `waiting` is None and `problem` is the reason. It
    also has the `reader` who sent the file, and the time at which it was `sent`.
    """
    rules = RosterRules(**payload["rules"])
    result: dict[str, Any] = {"reader": Reader(*payload["reader"]), "sent": payload["sent"]}
    try:
        listed = open_list(b64decode(payload["content"]), payload["name"], rules)
    except UnreadableFile as error:
        return result | {"waiting": None, "problem": error.problem}
    return result | {"waiting": WaitingList(listed, rules), "problem": None}


def make_cards(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw a card with a new invitation for each of the payload's `people`, eight to a sheet.

    The result has the PDF file as `content`, and as `made` the id of each person with the code and the page's secret on
    the card ('' without pages). Codes and secrets are made in this job, because a payload is stored and must not
    contain them.
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

"""The organisers' form for the telephone on call in an emergency, and the address to give when calling for help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.content.addresses import TELEPHONE
from bot.content.forms import Form, text
from bot.content.texts import Name, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, Preparation, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.trust.actions import EMERGENCY
from handlers.trust.store import ON_CALL

routes = Routes()

_SUBJECT = "on_call"


def _refused(typed: str) -> Text | None:
    return None if TELEPHONE.fullmatch(typed) else _("Write the number with its country code, like +33 6 12 34 56 78.")


class OnCallForm(Form):
    """The form for the telephone of the organiser on call, and the gathering's address; empty for none."""

    title: ClassVar[Text] = _("In an emergency")
    telephone: str = text(
        _("Telephone on call, day and night"),
        max_length=40,
        required=False,
        hint=_("With the country code: +33 6 … Everybody reads it with /emergency. Empty: none."),
        refuses=_refused,
    )
    address: str = text(
        _("Address to give when calling for help"), max_length=200, required=False, hint=_("Empty: none.")
    )


async def _stored(request: Request) -> Mapping[str, str]:
    return await ON_CALL.values(request.tx, request.settings)


async def _present(request: Request) -> StoredVersion:
    filled = await _stored(request)
    return StoredVersion(tuple(filled.values()), FormAnswers(_SUBJECT, filled))


@routes.form("toc", OnCallForm, who=ORGANISER, unless_changed=_present)
async def edit_on_call(request: Request, form: OnCallForm) -> Reply:
    """Store the organisers' telephone and the gathering's address for emergencies; everybody reads them from now on."""
    before, after = await _stored(request), {"telephone": form.telephone, "address": form.address}
    if after == before:
        return reply(_("Nothing was changed."), buttons=(EMERGENCY, BACK), toast=_("Already done."))
    await ON_CALL.choose(request.tx, after)
    summary = _("Nobody is on call by telephone")
    if form.telephone:
        summary = _("Telephone on call: {number}", number=Name(form.telephone))
    values = {"before": before, "after": after}
    # The journal keeps its lines for long, so it has no number.
    undo = await record_change(request, _SUBJECT, _("Telephone on call changed"), restore_on_call.to(), values)
    return reply(Strong(summary), buttons=(undo, EMERGENCY, BACK), toast=_("Saved."))


async def on_call_button(request: Request) -> Button:
    """Return the button that opens the form for the organiser on call and the address."""
    seen = (await _stored(request)).values()
    return Button(_("Telephone on call"), edit_on_call.seeing(*seen).to())


@routes.press("tof", who=ORGANISER)
async def open_on_call(request: Request) -> Reply:
    """Open the form for the organiser on call and the address, filled in with what is stored now."""
    form = await on_call_button(request)
    return reply(then=form.action)


async def _number_known(request: Request) -> bool:
    return bool((await _stored(request))["telephone"])


TO_PREPARE = (Preparation(80, "oncall", _("Telephone on call"), _number_known, open_on_call.to()),)


@inverses.declare("itc")
async def restore_on_call(request: Request, values: Values) -> None:
    """Restore the former telephone and address. Raises UserError if one of them was changed again since."""
    if await _stored(request) != values["after"]:
        raise changed_since()
    await ON_CALL.choose(request.tx, values["before"])

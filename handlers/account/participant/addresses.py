"""Adds an e-mail address to a person's accounts: they type the address, then the six digits that were sent to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.config.installation import one_mailbox
from bot.config.settings import Settings
from bot.content.errors import Stale
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Name, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes
from bot.membership import letters
from bot.people import attempt_store, participant_store, secret_store
from bot.people.naming import account_label
from bot.people.participants import Account
from handlers.account.actions import SETTINGS
from handlers.account.content import MINUTES
from handlers.account.messages import TRIES, answer_code
from handlers.account.service import PAUSE_MINUTES
from handlers.navigation.actions import HOME

routes = Routes()

_ASKED = attempt_store.counted_action("address asked")


class AddressForm(Form):
    """The form for the e-mail address to which a person wants messages to be sent."""

    title: ClassVar[Text] = _("Your e-mail address")
    address: str = text(_("E-mail"), max_length=254, hint=_("A code is sent there, which you enter here."))


class CodeForm(Form):
    """The form for the code that was sent to an e-mail address."""

    title: ClassVar[Text] = _("Enter the code")
    codes: ClassVar[bool] = True
    code: str = text(_("The code of six digits"), max_length=20)


def add_address(settings: Settings, accounts: Sequence[Account]) -> tuple[Button, ...]:
    """Return the button by which a person adds their e-mail address; empty if one is added or none can be."""
    label = letters.offer_address(settings, accounts)
    return (Button(label, type_address.to()),) if label else ()


@routes.form("sea", AddressForm)
async def type_address(request: Request, form: AddressForm) -> Reply:
    """Send a code to the e-mail address that a person typed, and ask for the code.

    A person can request five codes in ten minutes, and an address can get five, because anybody can type the address of
    somebody else. Raises Incomplete for a wrong address, and after too many codes.
    """
    request.require_owner()
    person, now = request.participant, request.now
    if letters.offer_address(request.settings, await participant_store.accounts_of(request.tx, person.id)) is None:
        raise Stale
    try:
        address = one_mailbox(form.address)
    except ValueError:
        raise Incomplete("address", _("«{value}» is not an e-mail address.", value=Name(form.address))) from None
    for counted in (str(person.id), secret_store.hash_mailbox(address)):
        if await attempt_store.pause(request.tx, _ASKED, counted, now):
            raise Incomplete("address", _("Too many codes: wait {minutes} minutes.", minutes=PAUSE_MINUTES))
        await attempt_store.count(request.tx, _ASKED, counted, now)
    await letters.ask_to_prove(request.tx, person.id, address, now)
    return reply(
        _("A code is on its way to {address}.", address=Strong(Name(address))),
        _n("It works once, for {count} minute.", "It works once, for {count} minutes.", MINUTES),
        buttons=(Button(_("Enter the code"), type_code.to(), style="primary"), SETTINGS),
        secret=True,
    )


@routes.form("sec", CodeForm)
async def type_code(request: Request, form: CodeForm) -> Reply:
    """Link the e-mail address to which a code was sent to the person who typed the code."""
    request.require_owner()

    async def prove() -> Reply | None:
        digits = "".join(sign for sign in form.code if sign.isdecimal())
        account = await letters.prove_by_code(request.tx, request.participant.id, digits, request.now)
        if account is None:
            return None
        return reply(
            _("An account was added: {account}.", account=Strong(account_label(account))),
            _("Messages come there if you choose it, or if nothing else reaches you."),
            buttons=(SETTINGS, HOME),
        )

    refusal = (_("This code does not work: perhaps it was mistyped, used already or is too old."), TRIES)
    return await answer_code(request, prove, again=type_code.to(), refusal=refusal)

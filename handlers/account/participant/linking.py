"""Links a second account to a person.

One account shows a code, it is typed on the other account, and the person confirms on both.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, text
from bot.content.texts import Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ANYONE, Request, Routes
from bot.delivery import outbox
from bot.membership import accounts, browsers
from bot.people import attempt_store, codes, link_code_store, participant_store, secret_store
from bot.people.naming import account_label, called
from bot.people.participants import Account, Participant
from handlers.account import service
from handlers.account.actions import SETTINGS, Claim
from handlers.account.messages import TRIES, answer_code, ask_whether_owner
from handlers.navigation.actions import ASK, HOME

routes = Routes()

_VALID_MINUTES = link_code_store.VALID // timedelta(minutes=1)
_REFUSAL = (
    _n(
        "This code does not work: perhaps it was mistyped, used already, or is older than {count} minute.",
        "This code does not work: perhaps it was mistyped, used already, or is older than {count} minutes.",
        _VALID_MINUTES,
    ),
    TRIES,
)
_ASKED = attempt_store.counted_action("asked by code")


class LinkAccountForm(Form):
    """The form for the code that is shown on the person's other account."""

    title: ClassVar[Text] = _("Link your accounts")
    codes: ClassVar[bool] = True
    typed: str = text(
        _("The code from your other account"), max_length=40, hint=_("8 characters, for instance ABCD-EFGH")
    )


@routes.command(
    "lier",
    _("Use another account too"),
    names={"en": "link", "de": "verbinden"},
    who=ANYONE,
    plain_words=_("another account, add an account, add another account"),
)
async def link(request: Request) -> Reply:
    """Show a new link code to a person; ask somebody whom the bot does not know to enter a code.

    A code that follows the command is answered as if it was typed into the form.
    """
    if request.argument:
        return replace(await enter_code(request, LinkAccountForm(request.argument)), unsaid=True)
    if request.person is None:
        return reply(
            _("Have you joined on another account? Type /lier there, then enter here the code it shows."),
            buttons=(Button(_("Enter my code"), enter_code.to(), style="primary"), HOME),
        )
    request.require_owner()
    assert request.account.id is not None
    code = await link_code_store.issue(request.tx, request.person.id, request.account.id, request.now)
    view = View(
        (
            _("Your code: {code}", code=Strong(codes.spell(code))),
            _n(
                "It works once, for {count} minute. Type /lier on your other account and enter it there.",
                "It works once, for {count} minutes. Type /lier on your other account and enter it there.",
                _VALID_MINUTES,
            ),
        ),
        (HOME,),
        secret=True,
        confidential=True,  # on the page, a browser that is new does not show it
    )
    return Reply(view, fresh=True)


@routes.form("ke", LinkAccountForm, who=ANYONE)
async def enter_code(request: Request, form: LinkAccountForm) -> Reply:
    """Answer a typed link code: ask the person who typed it whether they own the code, or refuse a wrong code."""
    if request.person:
        return await _taken_already(request, request.person, form.typed)
    return await answer_code(request, lambda: _ask_owner(request, form.typed), again=enter_code.to(), refusal=_REFUSAL)


async def _ask_owner(request: Request, code: str) -> Reply | None:
    owner = await service.owner_of_link_code(request.tx, code, request.now)
    return ask_whether_owner(owner, code) if owner else None


@routes.press(Claim, who=ANYONE)
async def claim(request: Request, typed: str) -> Reply:
    """Store that an account asks to be linked to the owner of a link code, and ask the owner to confirm that.

    The question is sent to the account that showed the code. If the code is wrong or the account already belongs to
    somebody, nothing is stored, and the reply says so.
    """
    if request.person:
        return await _taken_already(request, request.person, typed)
    # What a press carries can be guessed as well as what is typed.
    return await answer_code(request, lambda: _note_claim(request, typed), again=enter_code.to(), refusal=_REFUSAL)


async def _note_claim(request: Request, code: str) -> Reply | None:
    account = request.account
    secret = await secret_store.find(request.tx, "link", code, request.now)
    if secret is None:
        return await _note_claim_by_invitation(request, code)
    if secret.used and secret.account_id == account.id:
        return _waiting()  # a second tap
    if secret.used or secret.expired:
        return None
    question = await _ask_for(request, secret)
    shown_on = secret.account_id
    await outbox.notify(
        request.tx, secret.participant_id, question, request.now, outbox.Telling.ANSWER, account_id=shown_on
    )
    return _waiting()


async def _ask_for(request: Request, secret: secret_store.Secret) -> View:
    """Store that the account is asked for with a link code, and return the question for the owner of the code."""
    account = request.account
    claimed = existing(await link_code_store.claim(request.tx, secret, account, request.now))
    name = Strong(account_label(account))
    return View(
        (_("Someone typed your code on this account: {account}. Is it yours?", account=name),),
        (
            Button(_("Yes, link it"), accept.to(claimed), style="primary"),
            Button(_("No, it is not mine"), refuse.to(claimed), style="danger"),
        ),
    )


async def _note_claim_by_invitation(request: Request, code: str) -> Reply | None:
    """Ask somebody who came in since they were invited whether the account is theirs, wherever they are in.

    Whoever was asked often is asked no more for a while. Returns None for a code that is not to be asked about.
    """
    tx, now = request.tx, request.now
    invitation = await service.find_invitation(tx, code, now)
    if invitation is None or invitation.used or invitation.expired:
        return None
    owner, ways = invitation.participant_id, await service.ways_to_ask(tx, invitation)
    if not ways:
        return None
    waits = request.account.id is not None and await link_code_store.claimed(tx, owner, request.account.id) is not None
    if not waits and not await attempt_store.pause(tx, _ASKED, str(owner), now):
        await attempt_store.count(tx, _ASKED, str(owner), now)
        issued = await secret_store.issue(tx, "link", owner, now, expires=now + link_code_store.VALID)
        question = await _ask_for(request, existing(await secret_store.find(tx, "link", issued, now)))
        await accounts.tell_accounts(tx, owner, ways, question, now)
    return reply(
        _(
            "You are in already, on another account: answer the message waiting there. If you can no longer get"
            " in there, ask the team for a new code."
        )
    )


@routes.press("ky")
async def accept(request: Request, account_id: int) -> Reply:
    """Link an account to the person whose link code was typed on it, and notify them on that account.

    `account_id` is the id of the account.
    """
    person = request.participant
    known = await participant_store.accounts_of(request.tx, person.id)
    linked = next((account for account in known if account.id == account_id), None)
    if linked is None:
        account = existing(await link_code_store.claimed(request.tx, person.id, account_id))
        linked = await _attach(request, person, account)
    return reply(
        _("Linked: {account} is yours too.", account=Strong(account_label(linked))),
        _("Each message still reaches you once. You choose where in your settings."),
        buttons=(SETTINGS, HOME),
        # L10N: a passing notice: two accounts are one person's now
        toast=_("Linked."),
    )


async def _attach(request: Request, person: Participant, account: Account) -> Account:
    linked = await accounts.attach(request.tx, account, person.id, request.now, by=request.account.id)
    await browsers.tell_of_untold(request.tx, person.id, request.now)
    await secret_store.revoke(request.tx, person.id, "link")
    await outbox.refresh_membership(request.tx, person.id, request.now)
    welcome = View((_("Linked. You are {name} here too.", name=Strong(called(person))),), (HOME,))
    await outbox.notify(request.tx, person.id, welcome, request.now, outbox.Telling.ANSWER, account_id=linked.id)
    return linked


@routes.press("kn")
async def refuse(request: Request, account: int) -> Reply:
    """Reject an account on which the person's link code was typed; nothing is linked. `account` is its id."""
    if await link_code_store.claimed(request.tx, request.participant.id, account) is None:
        raise Stale
    await link_code_store.forget_claims(request.tx, request.participant.id)
    return reply(
        _("Nothing was linked. If you showed your code to nobody, tell the team."),
        buttons=(ASK, HOME),
        toast=_("Nothing was linked."),
    )


async def _taken_already(request: Request, person: Participant, code: str) -> Reply:
    """Refuse a code on an account that belongs to somebody already, without saying whether the code works.

    Only if the code is the person's own, the reply says so.
    """
    secret = await secret_store.find(request.tx, "link", code, request.now)
    if secret and secret.participant_id == person.id:
        raise UserError(_("This is your own code: enter it on your other account."), buttons=(HOME,))
    raise UserError(
        _("This account belongs to {name} already. To merge two profiles, write to the team.",
          name=called(person)),
        buttons=(ASK, HOME),
    )  # fmt: skip


def _waiting() -> Reply:
    return reply(
        _("Almost there: confirm on the account that gave you the code. A message is waiting there."),
        toast=_("Noted."),
    )

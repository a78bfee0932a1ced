"""Joining the gathering: by a personal link, by a code, or by a form if registration is open."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from functools import partial
from typing import ClassVar

from bot.content import i18n
from bot.content.actions import Action
from bot.content.errors import UserError, existing
from bot.content.forms import Form, Incomplete, choice, integer, territory, text
from bot.content.texts import Name, Strong, Text, _
from bot.content.views import Button, Option, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import ANYONE, Go, Request, Routes, in_new_browser
from bot.delivery import outbox
from bot.membership import accounts, browsers
from bot.people import codes, participant_store, secret_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.account.actions import Claim
from handlers.account.messages import answer_code, ask_whether_owner, guesser_of, offer_private_pushes
from handlers.account.service import (
    count_wrong_code,
    find_invitation,
    owner_of_link_code,
    pause_before_a_code,
    ways_to_ask,
)
from handlers.announcements.service.digest import digest_for
from handlers.groups.service.membership import no_group_view, round_of_the_day, take_into_groups
from handlers.groups.store.members import group_of
from handlers.navigation.actions import BACK, HOME, AskToRenew
from handlers.navigation.service import roles_line
from handlers.registration.messages import WRONG_CODE, privacy_line
from handlers.themes.actions import ShowMyTheme
from handlers.themes.service import may_choose_theme
from handlers.themes.store import choice_of
from handlers.workshops.service.facilitators import role_view

routes = Routes()


class Enter(Action, code="je"):
    """The button that opens the form for an invitation's code."""


class InvitationCodeForm(Form):
    """The form for the code of an invitation."""

    title: ClassVar[Text] = _("Your invitation")
    codes: ClassVar[bool] = True
    invitation: str = text(
        _("The code of your invitation"), max_length=40, hint=_("12 characters, for instance ABCD-EFGH-JKLM")
    )


def _no_name(typed: str) -> Text | None:
    has_letters = any(char.isalpha() for char in typed)
    return None if has_letters else _("A first name has letters. Write the one people call you by.")


class RegistrationForm(Form):
    """The form for open registration."""

    title: ClassVar[Text] = _("Register")
    given_name: str = text(_("Your first name"), max_length=60, refuses=_no_name)
    territory: str = territory(_("The territory you speak for"), hint=_("A country or region, for instance «Québec»"))
    birth_year: int = integer(_("Your year of birth"), minimum=1900, maximum=2100)
    organisation: str = text(_("Your organisation or project"), max_length=100, required=False)
    locale: str = choice(_("Your language"), [Option(locale, i18n.locale_name(locale)) for locale in i18n.LOCALES])


_ENTER = Enter()
_ANEW = "anew:"
"""The beginning of the subject of messages that somebody asks for a new invitation."""
_ASKED_AGAIN = timedelta(days=1)


def welcome(request: Request) -> Reply:
    """Greet a person whom the bot does not know, and tell the person how to join."""
    hello = _("Welcome to {gathering}.", gathering=Strong(request.settings.gathering.name))
    enter = Button(_("Enter my code"), Enter(), style="primary")
    if request.settings.gathering.registration == "open":
        return reply(
            hello,
            _("Register in a minute, or enter the code of your invitation."),
            buttons=(
                Button(_("Register"), register.to(), style="primary"),
                Button(_("Enter my code"), Enter()),
            ),
        )
    return reply(hello, _("Open the link of your invitation, or enter its code."), buttons=(enter,))


async def welcome_stranger(request: Request) -> View:
    """Return the part of a screen that tells people who have not joined how to join; an empty View for others."""
    return welcome(request).view if request.person is None else View(())


@routes.press("j", who=ANYONE, linkable=True)
@in_new_browser
async def join(request: Request, invitation: str) -> Reply:
    """Let a person join by opening the link of an invitation."""
    return await answer_code(request, lambda: _open(request, invitation), again=_ENTER, refusal=WRONG_CODE)


@routes.form(Enter, InvitationCodeForm, who=ANYONE)
@routes.command(
    "code",
    _("Enter the code of your invitation"),
    who=ANYONE,
    form=InvitationCodeForm,
    plain_words=_("code, my code, I have a code, invitation, my invitation"),
)
@in_new_browser
async def enter(request: Request, form: InvitationCodeForm) -> Reply:
    """Let a person join by the code of an invitation, typed into the form or after the command."""
    return await join(request, form.invitation)


async def _open(request: Request, code: str) -> Reply | None:
    """Return the answer to a code, or to the secret part of a page's link; None if it is wrong.

    An invitation's code lets the person join; who has come in already says elsewhere whether the account is theirs, or
    if that is possible nowhere and a later invitation was made, can ask for a new one. A code that links a second
    account leads to the question whether that account is theirs.
    """
    secret = await find_invitation(request.tx, code, request.now)
    if secret is None and request.person is None:
        owner = await owner_of_link_code(request.tx, code, request.now)
        if owner is not None:
            return ask_whether_owner(owner, code)
    if secret and request.person and request.person.id == secret.participant_id:
        return await greet(request)
    if secret is None or secret.used or secret.expired or request.person:
        return None
    if await ways_to_ask(request.tx, secret):
        return reply(then=Claim(codes.normalise(code)), fresh=True)
    if await _gave_way(request, secret):
        return reply(
            _("You are in already, by another invitation; this one no longer lets anybody in by itself."),
            # L10N: a button: ask the team to make a new invitation
            buttons=(Button(_("Ask for a new invitation"), ask_anew.to(codes.normalise(code)), style="primary"),),
            fresh=True,
        )
    person = await participant_store.find(request.tx, secret.participant_id)
    return await _take_in(request, person, secret) if person else None


async def _gave_way(request: Request, secret: secret_store.Secret) -> bool:
    """Return whether an invitation is worth nothing by itself, because its owner came in since by another one.

    The code that was made last still lets in whoever lost every other way.
    """
    if not await secret_store.came_in_since(request.tx, secret):
        return False
    return secret.purpose == "page" or not await secret_store.is_latest(request.tx, secret)


@routes.press("jn", who=ANYONE)
async def ask_anew(request: Request, invitation: str) -> Reply:
    """Notify organisers that a person needs a new invitation, because the old one was replaced; at most once a day."""
    find = partial(_ask_anew, request, invitation)
    return await answer_code(request, find, again=_ENTER, refusal=WRONG_CODE)


async def _ask_anew(request: Request, code: str) -> Reply | None:
    secret = await find_invitation(request.tx, code, request.now)
    if secret is None or request.person or not await _gave_way(request, secret):
        return None
    person = existing(await participant_store.find(request.tx, secret.participant_id))
    subject = f"{_ANEW}{person.id}"
    last = await outbox.last_notified_at(request.tx, subject)
    if last is None or request.now - last >= _ASKED_AGAIN:
        view = View(
            (
                _(
                    "Somebody opened an older invitation for {name}, and asks for a new one.",
                    name=Strong(called(person, "full")),
                ),
                _("Make sure that it is them, then send it to the address that you know."),
            ),
            (Button(_("New invitation"), AskToRenew(person.id), style="primary"), BACK),
        )
        await outbox.notify_organisers(
            request.tx, view, request.now, outbox.Telling.NEWS, subject=subject, about=person.id
        )
    return reply(_("The team knows, and sends you a new invitation as it sent the first."), toast=_("Noted."))


@routes.guard()
@in_new_browser
async def take_code(request: Request, text: str, *, answering: bool) -> Reply | None:
    """Return the reply to a typed text that is an invitation's code; None for any other text.

    A stranger joins by the code. A person who has joined reads that no code is needed, and the code is not stored. A
    text that could be a code is compared with the existing codes; a stranger's text that matches no code counts as a
    guess. `answering` is whether the text answers a question of the bot.
    """
    sure = codes.must_be(text)
    if not sure and (answering or not codes.might_be(text)):
        return None
    account = request.account
    if request.person is None and sure:
        await dialogue_store.end(request.tx, account.platform, account.form_chat)
        return await join(request, text)
    if sure:
        return _needed_no_more(answering=answering)
    guesser = guesser_of(request)
    if await pause_before_a_code(request.tx, guesser, request.now):
        return None
    if await secret_store.is_one(request.tx, text):
        if request.person is None:
            return await join(request, text)
        await count_wrong_code(request.tx, guesser, request.now)
        return _needed_no_more(answering=False)
    if request.person is None:
        await count_wrong_code(request.tx, guesser, request.now)
    return None


def _needed_no_more(*, answering: bool) -> Reply:
    more = (_("The question before is still waiting for your answer."),) if answering else ()
    return reply(
        _("This looks like a code, so I did not keep it. You are in already and do not need one: show it to nobody."),
        *more,
        buttons=(HOME,),
        fresh=True,
    )


async def _take_in(request: Request, person: Participant, secret: secret_store.Secret | None) -> Reply:
    account = await accounts.attach(request.tx, request.account, person.id, request.now)
    if secret:
        await secret_store.use(request.tx, secret, account.id, request.now)
    await participant_store.join(request.tx, person.id, request.now)
    await browsers.tell_of_untold(request.tx, person.id, request.now)
    await outbox.refresh_membership(request.tx, person.id, request.now)
    joined = await participant_store.find(request.tx, person.id)
    request.account, request.person = account, joined
    if joined and joined.locale:
        request.locale = joined.locale
    await _tell_of_no_theme(request, joined or person)
    greeting = await greet(request, person=joined or person)
    if missed := await digest_for(request.tx, person.id, request.now):
        await outbox.notify(request.tx, person.id, missed, request.now, outbox.Telling.ANSWER, account_id=account.id)
    return greeting


async def _tell_of_no_theme(request: Request, person: Participant) -> None:
    """Notify organisers if a person joins after the deadline for themes and has none."""
    if not person.attends or await may_choose_theme(request.tx, request.now):
        return
    if (await choice_of(request.tx, person.id)).theme is None:
        name = Strong(called(person, "full"))
        said = _("{name} joined after the deadline and has no theme: find them a place.", name=name)
        view = View((said,), (BACK,))
        await outbox.notify_organisers(
            request.tx, view, request.now, outbox.Telling.NEWS, but=person.id, about=person.id
        )


@routes.press("hi")
@in_new_browser
async def greet(request: Request, *, person: Participant | None = None) -> Reply:
    """Greet a person by first name, show the privacy notice, and the themes or, once groups are published, their group.

    A latecomer is put into a group first, unless the browser is unconfirmed. `person` is somebody who has just joined;
    None stands for the person who sent the request.
    """
    person = person or request.participant
    role = await role_view(request.tx, person.id) if person.facilitates else View(())
    buttons = (*role.buttons, *offer_private_pushes((request.account,)))
    hello = _("Welcome, {name}!", name=Strong(called(person, "given")))
    notice = await privacy_line(request.tx, request.settings, request.now)
    lines = (hello, *role.lines, *await roles_line(request.tx, request.settings, person), notice)
    if not person.attends:
        return reply(*lines, buttons=(*buttons, HOME))
    shown = await round_of_the_day(request.tx, request.today)
    missing = (
        ()
        if request.unconfirmed
        else await take_into_groups(request.tx, person.id, request.now, shown=shown.number if shown else None)
    )
    no_group = (*no_group_view(shown).lines, "") if shown and shown in missing else ()
    placed = shown is not None and await group_of(request.tx, person.id, shown.number) is not None
    return reply(*lines, "", *no_group, buttons=buttons, then=Go("groupe") if placed else ShowMyTheme())


async def tell_roles(request: Request) -> View:
    """Return the line of the home screen that tells a person their roles."""
    return View((*await roles_line(request.tx, request.settings, request.participant),))


async def _registration_is_open(request: Request) -> None:
    """Raise UserError if registration is not open, or the person is registered already.

    This is checked before the form opens, and again once it is filled in.
    """
    if request.settings.gathering.registration != "open":
        said = _("Registration is by invitation. Open your link, or enter your code.")
        raise UserError(said, buttons=(Button(_("Enter my code"), Enter(), style="primary"),))
    if request.person:
        raise UserError(_("You are registered already."), buttons=(HOME,))


@routes.form("jr", RegistrationForm, who=ANYONE, check=_registration_is_open)
@routes.command(
    "inscription", _("Register"), names={"en": "register", "de": "anmelden"},
    who=ANYONE, form=RegistrationForm, check=_registration_is_open,
)  # fmt: skip
async def register(request: Request, form: RegistrationForm) -> Reply:
    """Register the person who filled in the form.

    Raises UserError, and stores nothing, if the person is too young or too old for the gathering.
    """
    await _registration_is_open(request)
    gathering = request.settings.gathering
    first, last = gathering.birth_years
    if not first <= form.birth_year <= last:
        raise UserError(
            _(
                "This gathering is for people aged {youngest} to {oldest}. Nothing you wrote was kept. Thank"
                " you for your interest.",
                youngest=gathering.minimum_age,
                oldest=gathering.maximum_age,
            )
        )
    person = await participant_store.add(
        request.tx,
        ref=f"W-{random.token_hex(4).upper()}",
        given_name=_name(request, _unquoted(form.given_name)),
        family_name="",
        territory=form.territory,
        birth_year=form.birth_year,
        organisation=_unquoted(form.organisation),
        locale=form.locale,
        now=request.now,
    )
    return await _take_in(request, person, None)


def _unquoted(typed: str) -> str:
    """Return an answer without the quotation marks by which its writer says that it is no cry for help."""
    return typed.strip('«»"“”„ ') or typed


def _name(request: Request, typed: str) -> str:
    """Return a first name as it is shown, with a capital. Raises Incomplete for what nobody is called.

    Anybody may choose a name where registration is open: it must not read like something else.
    """
    if request.is_command(typed):
        raise Incomplete(
            "given_name", _("«{name}» is a command for me. Write the first name people call you by.", name=Name(typed))
        )
    return typed if typed != typed.lower() else typed[0].upper() + typed[1:]

"""The person's settings: language, account that gets the messages, topics of messages, and stopping all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.content import i18n
from bot.content.errors import Stale, existing
from bot.content.texts import Listing, Span, Strong, _
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import Go, Request, Routes, in_unconfirmed_browser
from bot.membership.accounts import MINE
from bot.people import participant_store, preference_store
from bot.people.naming import account_label
from bot.people.notifications import TOPICS, Topic
from bot.people.participants import Account
from handlers.account.actions import SETTINGS, PushPrivately
from handlers.account.messages import offer_private_pushes
from handlers.account.participant.addresses import add_address
from handlers.account.participant.leaving import GET_MESSAGES_AGAIN, NOT_COMING, STOPPED
from handlers.navigation.actions import HOME

routes = Routes()

_TOPICS: Mapping[Topic, Span] = {"team": _("Messages from the team"), "reminders": _("Reminders")}
_TOPICS_NAMED: Mapping[Topic, Span] = {"team": _("messages from the team"), "reminders": _("reminders")}
"""The names of the topics as they are written inside a sentence."""


@routes.command(
    "reglages",
    _("Language, messages, accounts"),
    names={"en": "settings", "de": "einstellungen"},
    plain_words=_(
        "settings, my settings, language, change language, notifications, messages, too many messages, stop,"
        " unsubscribe"
    ),
    listed=90,
)
async def show_settings(request: Request) -> Reply:
    """Show the person's settings, with a button to change each."""
    person = request.participant
    accounts = await participant_store.accounts_of(request.tx, person.id)
    choose = (Button(_("Where messages go"), offer_accounts.to()),) if len(accounts) > 1 else ()
    pushes = GET_MESSAGES_AGAIN if person.stopped else Button(_("Stop all messages"), Go("stop"))
    return reply(
        _("Language: {language}", language=i18n.locale_name(request.locale)),
        await _told_of(request),
        _destination(request, accounts),
        buttons=(
            Button(_("Language"), offer_languages.to()),
            Button(_("Notifications"), offer_topics.to()),
            *choose,
            *add_address(request.settings, accounts),
            *_private_pushes(accounts),
            MINE,
            pushes,
            Button(_("Privacy"), Go("confidentialite")),
            *((NOT_COMING,) if person.attends and person.joined else ()),
        ),
    )


async def _told_of(request: Request) -> Span:
    if request.participant.stopped:
        return _("Notifications: none, you stopped them")
    muted = await preference_store.muted(request.tx, request.participant.id)
    told = tuple(_TOPICS_NAMED[topic] for topic in TOPICS if topic not in muted)
    return _("Notifications: {kinds}", kinds=Listing(told)) if told else _("Notifications: only about your place")


def _destination(request: Request, accounts: Sequence[Account]) -> Span:
    """Return the sentence that says to which account the bot sends the person's messages."""
    open_ones = [account for account in accounts if account.private_pushes or not account.needs_consent]
    if not open_ones:
        return _("Messages: only answers, until you want to be told in private")
    wanted = request.participant.preferred_account
    chosen = min(open_ones, key=lambda account: (account.unreachable, account.id != wanted))
    return _("Messages go to: {account}", account=account_label(chosen))


async def offer_to_be_told(request: Request) -> View:
    """Return, for the home screen, the button by which a person agrees to private messages on this account.

    A person who stopped all messages is told so instead. The View is empty if no agreement is missing, and for a person
    who has withdrawn.
    """
    if request.participant.status == "withdrawn":
        return View(())
    return View((STOPPED,)) if request.participant.stopped else View((), offer_private_pushes((request.account,)))


def _private_pushes(accounts: Sequence[Account]) -> tuple[Button, ...]:
    if any(account.needs_consent and account.private_pushes for account in accounts):
        return (Button(_("No more private messages"), PushPrivately(False)),)
    return offer_private_pushes(accounts)


@routes.press(PushPrivately)
async def push_privately(request: Request, wanted: bool) -> Reply:
    """Store that the person agrees to private messages (`wanted` True), or withdraws the agreement (False)."""
    await preference_store.set_private_pushes(request.tx, request.participant.id, wanted)
    if wanted:
        said = _("From now on I will write to you in private when there is something for you.")
    else:
        said = _("I will not write to you first here any more. You still get answers to what you ask.")
    return reply(said, buttons=(SETTINGS, HOME), toast=_("Noted."))


@routes.press("sl")
async def offer_languages(request: Request) -> Reply:
    """Show the gathering's languages, each with its own name, to choose one."""
    languages = tuple(Option(locale, i18n.locale_name(locale)) for locale in request.settings.gathering.locales)
    return reply(
        _("Which language would you like to read?"),
        choice=Choice(set_language.to(), languages, selected=(request.locale,)),
        buttons=(SETTINGS,),
    )


@routes.pick("sls")
@in_unconfirmed_browser
async def set_language(request: Request, locale: str) -> Reply:
    """Store the person's language, and use it from this reply on."""
    if locale not in request.settings.gathering.locales:
        raise Stale
    await participant_store.set_locale(request.tx, request.participant.id, locale)
    request.locale = locale
    return reply(_("From now on I will write to you in English."), buttons=(SETTINGS, HOME), toast=_("Noted."))


go_back_to = routes.press("slb")(set_language.handler)
"""The button that restores the language in which the bot wrote before."""


@routes.press("sa")
async def offer_accounts(request: Request) -> Reply:
    """Show the person's accounts, to choose the one to which the bot sends messages."""
    accounts = await participant_store.accounts_of(request.tx, request.participant.id)
    preferred = request.participant.preferred_account
    return reply(
        _("Where should messages go? You can use each account whenever you like."),
        choice=Choice(
            prefer.to(),
            tuple(Option(str(account.id), account_label(account)) for account in accounts),
            selected=(str(preferred),) if preferred else (),
        ),
        buttons=(SETTINGS,),
    )


@routes.pick("sas")
async def prefer(request: Request, account_id: int) -> Reply:
    """Store the account to which the bot sends the person's messages. Raises Stale if it is not the person's own.

    If the platform requires agreement to private messages, choosing the account counts as agreement.
    """
    accounts = {each.id: each for each in await participant_store.accounts_of(request.tx, request.participant.id)}
    account = existing(accounts.get(account_id))
    await participant_store.prefer(request.tx, request.participant.id, account_id)
    if account.needs_consent:
        await preference_store.set_private_pushes(request.tx, request.participant.id, True)
    return reply(
        _("Messages go to: {account}", account=Strong(account_label(account))),
        buttons=(SETTINGS, HOME),
        toast=_("Noted."),
    )


@routes.press("sn")
async def offer_topics(request: Request) -> Reply:
    """Show the topics of messages; the person can turn each one on or off."""
    muted = await preference_store.muted(request.tx, request.participant.id)
    return reply(
        _("What would you like to hear about? You always get what concerns your place, and answers to what you ask."),
        choice=Choice(
            set_topics.to(),
            tuple(Option(topic, _TOPICS[topic]) for topic in TOPICS),
            selected=tuple(topic for topic in TOPICS if topic not in muted),
            at_least=0,
            at_most=len(TOPICS),
            placeholder=_("What you hear about"),
        ),
        buttons=(Button(_("Choose reminders"), Go("rappels")), SETTINGS),
    )


@routes.pick("sns")
async def set_topics(request: Request, wanted: tuple[str, ...]) -> Reply:
    """Store the topics on which the person wants messages, and show the topics again. `wanted` are keys of topics."""
    if not set(wanted) <= set(TOPICS):
        raise Stale
    await preference_store.mute(request.tx, request.participant.id, [topic for topic in TOPICS if topic not in wanted])
    shown = await offer_topics(request)
    return Reply(shown.view, toast=_("Noted."))


@routes.command("stop", _("Stop all messages"), linkable=False)
async def stop(request: Request) -> Reply:
    """Send the person no more messages except answers. The person can still use everything."""
    await participant_store.set_stopped(request.tx, request.participant.id, True)
    return reply(
        _("You will get no more messages, except answers to what you ask. Your profile and your place are kept."),
        buttons=(GET_MESSAGES_AGAIN, HOME),
    )

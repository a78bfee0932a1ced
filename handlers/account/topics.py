"""Answers people's typed words about their account: another language, and leaving the gathering."""

from __future__ import annotations

from bot.content.i18n import locale_name
from bot.content.names import fold, words
from bot.content.texts import Span, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request
from bot.conversation.topics import Topic, show
from bot.people import participant_store
from handlers.account.participant.leaving import NOT_COMING, leave, may_leave
from handlers.account.participant.preferences import go_back_to, offer_languages

_NAMES = {
    "fr": frozenset(("francais", "francaise", "french", "franzosisch")),
    "en": frozenset(("anglais", "anglaise", "english", "englisch", "englais", "inglish", "anglai")),
    "de": frozenset(("allemand", "allemande", "german", "deutsch", "dutsch")),
}
"""The names of the bot's languages in each of these languages, without accents."""
_NOT = frozenset(
    (
        *("pas", "plus", "aucun", "arrete", "pourquoi", "traduction", "traduire", "no", "not", "dont", "stop", "why"),
        *("understand", "bad", "translate", "translation", "nicht", "kein", "warum", "ubersetzen"),
    )
)
"""Words of texts that name a language without asking for it."""


async def tell_language(request: Request, text: str) -> Reply:
    """Switch to the language that a text asks for, with a button to undo that; otherwise offer the languages."""
    folded = frozenset(words(fold(text)))
    named = [locale for locale, names in _NAMES.items() if names & folded]
    offered = request.settings.gathering.locales
    if len(named) != 1 or named[0] not in offered or named[0] == request.locale or folded & _NOT:
        return await offer_languages(request)
    before = request.locale
    await participant_store.set_locale(request.tx, request.participant.id, named[0])
    request.locale = named[0]
    back: Span = _("Back to {language}", language=locale_name(before))
    return reply(_("From now on I will write to you in English."), buttons=(Button(back, go_back_to.to(before)),))


LANGUAGE = Topic(
    "language",
    # L10N: long
    _(
        "language, change language, switch language, in english, english, speak english, english please, to english,"
        " in french, french, no french, in german, german, speak german, speak french, talk german, other language,"
        " translate, translation, in spanish/arabic/dutch/italian, switch to french/german/english, français, deutsch,"
        " wrong language, what language"
    ),
    _("Language"),
    tell_language,
)

LEAVE = Topic(
    "leave",
    # L10N: long
    _(
        "leave the gathering/programme/program/event/bot/whole, quit, i quit, leave this, i'm out, unsubscribe,"
        " unsubscribe me, unregister, withdraw, withdrawing, drop out, dropping out, remove me, take me off, off the"
        " list, cancel my participation/registration/place/spot, not coming, not coming back, can't come, won't come,"
        " won't be coming, going home, go home, leaving for good, leaving early good, opt out, give up my place, sign"
        " me out, deregister, done with this"
    ),
    NOT_COMING.label,
    show(leave.ask),
    when=may_leave,
)

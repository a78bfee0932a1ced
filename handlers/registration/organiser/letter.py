"""Organisers' screens for the text of invitations in each language, shown as an invented person would get it.

The bot does not send it: the file of invitations contains the text for each person, to be sent by other means.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.errors import Stale
from bot.content.forms import Form, Incomplete, text
from bot.content.i18n import locale_name
from bot.content.texts import Listing, Name, Reader, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, FormAnswers, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.membership.inviting import page_link, telegram_link
from bot.people.invitations import Invitation
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.registration import store
from handlers.registration.messages import ready_letter, write_letter
from handlers.registration.model.letter import (
    PLACEHOLDERS,
    LetterFacts,
    addresses_in,
    all_placeholders,
    placeholder,
    problem_with,
    used_in,
)
from handlers.registration.service import letter_facts

routes = Routes()

_LONGEST = 2000
_PLACE = "invitation-place"
"""The journal's key of the place and of whom people can ask."""
_EXAMPLE_CODE, _EXAMPLE_LINK = "ABCDEFGHJKLM", "ABCDEFGHJKLMNPQRSTUVWXYZ23"


class LetterForm(Form):
    """The form for the text of invitations in one language."""

    title: ClassVar[Text] = _("The text of invitations")
    words: str = text(_("What the invitation says"), max_length=_LONGEST, multiline=True)


class PlaceAndContactForm(Form):
    """The form for the place that invitations mention, and for the contact to whom people can write with questions."""

    title: ClassVar[Text] = _("Place and contact")
    place: str = text(
        _("Where does the gathering take place?"), max_length=200, required=False, hint=_("Empty: it is not said.")
    )
    contact: str = text(
        _("Whom can people ask?"),
        max_length=200,
        required=False,
        hint=_("A name with an e-mail address or a telephone number. Empty: nobody."),
    )


@routes.press("oit", who=ORGANISER)
async def show_letters(request: Request) -> Reply:
    """List the gathering's languages, with whether organisers wrote a text for invitations in each."""
    texts = await store.letter_texts(request.tx)
    facts = await letter_facts(request.tx, request.settings, request.now)
    lines: list[Span] = [_("What the invitation says, in each language:")]
    for locale in request.settings.gathering.locales:
        language = locale_name(locale, request.locale)
        if locale in texts:
            lines.append(_("{language}: written by the team", language=language))
        else:
            lines.append(_("{language}: the ready text", language=language))
    lines += [
        _("Place: {place}", place=Name(facts.place) if facts.place else "–"),
        _("Contact: {contact}", contact=Name(facts.contact) if facts.contact else "–"),
    ]
    languages = (
        Button(locale_name(locale, request.locale), show_letter.to(locale))
        for locale in request.settings.gathering.locales
    )
    return reply(*lines, buttons=(*languages, place_button(facts), BACK))


def place_button(facts: LetterFacts) -> Button:
    """Return the button to the form for the place and the contact, which are in `facts` as they are now."""
    return Button(_("Place and contact"), edit_place.seeing(facts.place, facts.contact).to())


LETTERS = Button(_("The text"), show_letters.to())
"""The button to the texts of invitations."""


def example_invitation(settings: Settings, username: str | None, locale: str) -> Invitation:
    """Return an invitation for an invented person; its code and links open nothing.

    `username` is the bot's name on Telegram; None if the bot never ran on Telegram.
    """
    return Invitation(
        participant_id=0,
        ref="",
        given_name="Camille",
        family_name="",
        email="",
        locale=locale,
        telegram_link=telegram_link(username, f"j-{_EXAMPLE_CODE}") if username else None,
        code="ABCD-EFGH-JKLM",
        page_link=page_link(settings, _EXAMPLE_LINK) if settings.web.public_url else None,
    )


@routes.press("oitl", who=ORGANISER)
async def show_letter(request: Request, locale: str) -> Reply:
    """Show the invitation in one language as an invented person would get it, with buttons to change the text."""
    written = await _written(request, locale)
    facts = await letter_facts(request.tx, request.settings, request.now)
    present = written or ready_letter(request.settings, locale)
    username = await setting_store.telegram_username(request.tx)
    invitation = example_invitation(request.settings, username, locale)
    reader = Reader(locale, request.settings.gathering.zone, request.now)
    letter = write_letter(invitation, request.settings, reader, written, facts)
    said = {"place": facts.place, "contact": facts.contact}
    unsaid = [key for key, value in said.items() if not value and key in used_in(present)]
    lines: list[Span] = [
        Strong(_("{language}, for Camille, who is invented:", language=locale_name(locale, request.locale))),
        "",
        *(Name(line) if line else "" for line in letter.splitlines()),
        "",
    ]
    if unsaid:
        lines.append(
            _("Left out, as nothing is said of it: {what}.", what=Listing(tuple(PLACEHOLDERS[key] for key in unsaid)))
        )
    if own := addresses_in(present):
        lines.append(
            _(
                "The same for everybody: {addresses}. Only {link} is each person's own.",
                addresses=Listing(tuple(map(Name, own))),
                link=placeholder("link"),
            )
        )
    change = edit_letter.seeing(present).to(locale)
    ready = (Button(_("Take the ready text"), take_ready_letter.seeing(present).to(locale)),) if written else ()
    return reply(
        *lines,
        buttons=(
            Button(_("Change the text"), change, style="primary"),
            *((place_button(facts),) if unsaid else ()),
            *ready,
            LETTERS,
            BACK,
        ),
    )


async def _written(request: Request, locale: str) -> str | None:
    """Return the text that organisers wrote in a language, None for none. Raises Stale for a language not in use."""
    if locale not in request.settings.gathering.locales:
        raise Stale
    return (await store.letter_texts(request.tx)).get(locale)


async def _present(request: Request, locale: str) -> StoredVersion:
    present = await _written(request, locale) or ready_letter(request.settings, locale)
    return StoredVersion((present,), FormAnswers(_subject(locale), {"words": present}))


def _subject(locale: str) -> str:
    return f"invitation-text:{locale}"


async def _about(request: Request, locale: str) -> Span:
    return _(
        "{language}. In braces, filled in for each person: {known}.",
        language=locale_name(locale, request.locale),
        known=all_placeholders(),
    )


@routes.form("oitw", LetterForm, who=ORGANISER, unless_changed=_present, about=_about)
async def edit_letter(request: Request, form: LetterForm, locale: str) -> Reply:
    """Store the text of invitations in one language, and show it as an invented person would get it."""
    if problem := problem_with(form.words):
        raise Incomplete("words", problem)
    return await _store(request, locale, "" if form.words == ready_letter(request.settings, locale) else form.words)


async def _to_drop(request: Request, locale: str) -> StoredVersion:
    present = await _written(request, locale) or ready_letter(request.settings, locale)
    return StoredVersion((present,), LookAgain(show_letter.to(locale), _subject(locale)))


@routes.press("oitd", who=ORGANISER, unless_changed=_to_drop)
async def take_ready_letter(request: Request, locale: str) -> Reply:
    """Replace the organisers' text of invitations in one language with the bot's own text."""
    if await _written(request, locale) is None:
        return await show_letter(request, locale)
    return await _store(request, locale, "")


async def _store(request: Request, locale: str, after: str) -> Reply:
    before = await _written(request, locale) or ""
    await store.keep_letter_text(request.tx, locale, after)
    shown = await show_letter(request, locale)
    if after == before:
        return with_lines_first(shown, _("Nothing was changed."), "")
    what = _("Text of invitations changed: {language}", language=locale_name(locale, request.locale))
    values = {"before": before, "after": after}
    undo = await record_change(request, _subject(locale), what, restore_letter.to(locale), values)
    view = replace(shown.view, lines=(what, "", *shown.view.lines), buttons=(undo, *shown.view.buttons))
    return replace(shown, view=view, toast=_("Saved."))


@inverses.declare("iil")
async def restore_letter(request: Request, values: Values, locale: str) -> Undone:
    """Restore a former text of invitations. Raises UserError if the text was changed again since."""
    if (await _written(request, locale) or "") != values["after"]:
        raise changed_since()
    await store.keep_letter_text(request.tx, locale, values["before"])
    return Undone(buttons=(LETTERS,))


async def _place_now(request: Request) -> StoredVersion:
    facts = await letter_facts(request.tx, request.settings, request.now)
    filled = {"place": facts.place, "contact": facts.contact}
    return StoredVersion(tuple(filled.values()), FormAnswers(_PLACE, filled))


@routes.form("oitp", PlaceAndContactForm, who=ORGANISER, unless_changed=_place_now)
async def edit_place(request: Request, form: PlaceAndContactForm) -> Reply:
    """Store the place that invitations mention, and the contact for questions."""
    facts = await letter_facts(request.tx, request.settings, request.now)
    before, after = [facts.place, facts.contact], [form.place, form.contact]
    await store.keep_place_and_contact(request.tx, *after)
    values = {"before": before, "after": after}
    what = _("Invitations: place and contact changed")
    undo = await record_change(request, _PLACE, what, restore_place.to(), values)
    shown = await show_letters(request)
    return replace(shown, view=replace(shown.view, buttons=(undo, *shown.view.buttons)), toast=_("Saved."))


@inverses.declare("iip")
async def restore_place(request: Request, values: Values) -> Undone:
    """Restore the former place and contact. Raises UserError if they were changed again since."""
    facts = await letter_facts(request.tx, request.settings, request.now)
    if [facts.place, facts.contact] != values["after"]:
        raise changed_since()
    await store.keep_place_and_contact(request.tx, *values["before"])
    return Undone(buttons=(LETTERS,))

"""The same announcement in other languages: written, rewritten and dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content import i18n, markdown
from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Composition, Form, Incomplete, message
from bot.content.i18n import LOCALES
from bot.content.texts import Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.announcements import content_store
from handlers.announcements.actions import (
    OpenAnnouncement,
    check,
    find_draft,
    mark_of,
    unless_changed,
    words_of,
)
from handlers.announcements.content_store import ELSE
from handlers.announcements.preview import ChooseLanguage, changed, preview
from handlers.navigation.actions import BACK

routes = Routes()


@dataclass(frozen=True, slots=True)
class WriteVariant(Action):
    """Write a draft's words in another language."""

    code: ClassVar[str] = "alw"
    announcement: int
    locale: str
    seen: str


@dataclass(frozen=True, slots=True)
class DropVariant(Action):
    """Have a language read what everybody reads."""

    code: ClassVar[str] = "alx"
    announcement: int
    locale: str
    seen: str


@dataclass(frozen=True, slots=True)
class VariantForm(Form):
    """The same in another language."""

    title: ClassVar[Text] = _("In another language")
    message: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("The same text in that language"), hint=_("Files go with every language.")
    )


@routes.action(ChooseLanguage, who=ORGANISER)
async def choose_language(request: Request, action: ChooseLanguage) -> Reply:
    """The languages in which the same can be said."""
    draft = await find_draft(request, action.announcement)
    content = await words_of(request, draft)
    seen = await mark_of(request, draft)
    buttons = []
    for locale in LOCALES:
        label = i18n.locale_name(locale, request.locale)
        if locale in content.words:
            rewrite_it = _("Rewrite: {language}", language=label)
            buttons.append(Button(rewrite_it, WriteVariant(draft.id, locale, seen)))
            buttons.append(Button(_("Drop: {language}", language=label), DropVariant(draft.id, locale, seen)))
        else:
            buttons.append(Button(_("Write: {language}", language=label), WriteVariant(draft.id, locale, seen)))
    return reply(
        _("Who reads another language can get a text of their own; everybody else gets the one you wrote first."),
        buttons=(*buttons, Button(_("See the announcement"), OpenAnnouncement(draft.id)), BACK),
    )


async def _written_variant(request: Request, action: WriteVariant) -> Mapping[str, str]:
    content = await words_of(request, await find_draft(request, action.announcement))
    return {"message": markdown.write(content.words.get(action.locale, ()))}


@routes.action(WriteVariant, who=ORGANISER, form=VariantForm, before=_written_variant)
async def write_variant(request: Request, action: WriteVariant, form: VariantForm) -> Reply:
    """Keep the words of one language."""
    draft = await find_draft(request, action.announcement)
    if action.locale not in LOCALES:
        raise Stale
    if form.message.attachments:
        raise Incomplete("message", _("Files go with every language, so only the text is asked here."))
    check(request, form.message)
    await unless_changed(request, draft, action.seen, "message")
    content = await words_of(request, draft)
    words = {**content.words, action.locale: form.message.body}
    await content_store.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft, copy=True, locale=action.locale)


@routes.action(DropVariant, who=ORGANISER)
async def drop_variant(request: Request, action: DropVariant) -> Reply:
    """Let a language read what everybody reads."""
    draft = await find_draft(request, action.announcement)
    if kept := await changed(request, draft, action.seen):
        return kept
    content = await words_of(request, draft)
    words = {locale: lines for locale, lines in content.words.items() if locale == ELSE or locale != action.locale}
    await content_store.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft)

"""Announcing: what was announced, and writing something new; its words, its link, its other languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot import announcing, campaigns, i18n, markdown
from bot.actions import Action
from bot.domain.announcements import Announcement
from bot.errors import Stale, UserError
from bot.forms import Composition, Form, Incomplete, message, text
from bot.i18n import LOCALES
from bot.routes import ORGANISER, Request, Routes
from bot.storage import announcements
from bot.storage.announcements import ELSE, LinkButton
from bot.texts import Moment, Span, Text, _
from bot.views import Button, Reply, reply, with_lines_first
from handlers.organising.announcing_audience import choose_audience
from handlers.organising.announcing_links import (
    ANNOUNCEMENTS,
    ChooseAudience,
    OpenAnnouncement,
    find,
    find_draft,
    mark_of,
    title_of,
    words_of,
)
from handlers.organising.announcing_preview import (
    AskToDiscard,
    ChooseLanguage,
    Rewrite,
    SetLink,
    preview,
)
from handlers.organising.announcing_report import report
from handlers.organising.campaigning import WriteCampaign
from handlers.organising.layout import BACK

routes = Routes()

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Write(Action):
    """Open the form of a new announcement."""

    code: ClassVar[str] = "an"


@dataclass(frozen=True, slots=True)
class WriteVariant(Action):
    """Write a draft's words in another language."""

    code: ClassVar[str] = "alw"
    announcement: int
    locale: str


@dataclass(frozen=True, slots=True)
class DropVariant(Action):
    """Have a language read what everybody reads."""

    code: ClassVar[str] = "alx"
    announcement: int
    locale: str


@dataclass(frozen=True, slots=True)
class Discard(Action):
    """Throw a draft away."""

    code: ClassVar[str] = "ady"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class MessageForm(Form):
    """What is announced, as it should look."""

    title: ClassVar[Text] = _("An announcement")
    message: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("What do you want to tell them?"), hint=_("As it should look: text, pictures, documents.")
    )


@dataclass(frozen=True, slots=True)
class VariantForm(Form):
    """The same in another language."""

    title: ClassVar[Text] = _("In another language")
    message: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("The same text in that language"), hint=_("Files go with every language.")
    )


@dataclass(frozen=True, slots=True)
class LinkForm(Form):
    """A button below the text."""

    title: ClassVar[Text] = _("A link button")
    label: str = text(_("What does the button say?"), max_length=40, required=False, hint=_("Empty: no button."))
    url: str = text(_("Where does it lead?"), max_length=500, required=False, hint=_("https://…"))


@routes.command("annoncer", _("Tell many people something"), names={"en": "announce", "de": "ansagen"}, who=ORGANISER)
async def announce(request: Request) -> Reply:
    """What was announced lately, and the way to announce something."""
    found = await announcements.recent(request.tx, _SHOWN)
    said: Span = (
        _("What was announced lately, and what is being written:")
        if found
        else _("Nothing was announced yet. Write the first announcement; you see who gets it before it leaves.")
    )
    listed = [Button(await _label(request, each), OpenAnnouncement(each.id)) for each in found]
    return reply(
        said,
        buttons=(
            Button(_("Write an announcement"), Write(), style="primary"),
            Button(_("A campaign"), WriteCampaign()),
            *listed,
            BACK,
        ),
    )


async def _label(request: Request, announcement: Announcement) -> Span:
    title = await title_of(request, announcement)
    match announcement.state:
        case "draft":
            return _("Draft: {title}", title=title)
        case "waiting":
            assert announcement.due is not None
            return _("{moment}: {title}", moment=Moment(announcement.due), title=title)
        case "sending":
            return _("On its way: {title}", title=title)
        case "sent":
            return _("Sent: {title}", title=title)
        case "cancelled":
            return _("Cancelled: {title}", title=title)
        case "withdrawn":
            return _("Withdrawn: {title}", title=title)


@routes.action(OpenAnnouncement, who=ORGANISER)
async def open_announcement(request: Request, action: OpenAnnouncement) -> Reply:
    """A draft to go on with, or how far it has come."""
    announcement = await find(request, action.announcement)
    return await (preview if announcement.is_open else report)(request, announcement)


def _check(request: Request, made: Composition) -> None:
    """Raises Incomplete where it is too long: the form stays open with what was written."""
    try:
        announcing.check_length(made.body, request.settings)
    except UserError as refusal:
        raise Incomplete("message", refusal.text) from None


@routes.action(Write, who=ORGANISER, form=MessageForm)
async def write(request: Request, _action: Write, form: MessageForm) -> Reply:
    """Keep it as a draft, and ask whom it is for."""
    _check(request, form.message)
    made = await announcing.draft(request.tx, request.settings, request.participant.id, form.message, request.now)
    chosen = await choose_audience(request, ChooseAudience(made.id))
    return with_lines_first(chosen, _("Your text is kept as a draft."))


async def _written(request: Request, action: Rewrite) -> Mapping[str, str]:
    content = await words_of(request, await find_draft(request, action.announcement))
    return {"message": markdown.write(content.lines(ELSE))}


@routes.action(Rewrite, who=ORGANISER, form=MessageForm, before=_written)
async def rewrite(request: Request, action: Rewrite, form: MessageForm) -> Reply:
    """Say it otherwise. Where another organiser was faster both texts stay, this one as a draft of its own."""
    _check(request, form.message)
    draft = await find(request, action.announcement)
    if not draft.is_open or await mark_of(request, draft) != action.seen:
        made = await announcing.draft(request.tx, request.settings, request.participant.id, form.message, request.now)
        await announcements.address(request.tx, made.id, draft.audience)
        return reply(
            _("This announcement was changed meanwhile. What you wrote is kept as a draft of its own."),
            buttons=(
                Button(_("See mine"), OpenAnnouncement(made.id), style="primary"),
                Button(_("See the other"), OpenAnnouncement(draft.id)),
                ANNOUNCEMENTS,
            ),
            fresh=True,
        )
    content = await words_of(request, draft)
    await announcements.put_words(request.tx, draft.id, {**content.words, ELSE: form.message.body}, content.link)
    await announcements.put_files(request.tx, draft.id, form.message.view().attachments)
    return await preview(request, await find(request, draft.id), copy=True)


@routes.action(ChooseLanguage, who=ORGANISER)
async def choose_language(request: Request, action: ChooseLanguage) -> Reply:
    """The languages in which the same can be said."""
    draft = await find_draft(request, action.announcement)
    content = await words_of(request, draft)
    buttons = []
    for locale in LOCALES:
        label = i18n.locale_name(locale)
        if locale in content.words:
            rewrite_it = _("Rewrite: {language}", language=label)
            buttons.append(Button(rewrite_it, WriteVariant(draft.id, locale)))
            buttons.append(Button(_("Drop: {language}", language=label), DropVariant(draft.id, locale)))
        else:
            buttons.append(Button(_("Write: {language}", language=label), WriteVariant(draft.id, locale)))
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
    _check(request, form.message)
    content = await words_of(request, draft)
    words = {**content.words, action.locale: form.message.body}
    await announcements.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft, copy=True, locale=action.locale)


@routes.action(DropVariant, who=ORGANISER)
async def drop_variant(request: Request, action: DropVariant) -> Reply:
    """Let a language read what everybody reads."""
    draft = await find_draft(request, action.announcement)
    content = await words_of(request, draft)
    words = {locale: lines for locale, lines in content.words.items() if locale == ELSE or locale != action.locale}
    await announcements.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft)


async def _linked(request: Request, action: SetLink) -> Mapping[str, str]:
    link = (await words_of(request, await find_draft(request, action.announcement))).link
    return {"label": link.label, "url": link.url} if link else {}


@routes.action(SetLink, who=ORGANISER, form=LinkForm, before=_linked)
async def set_link(request: Request, action: SetLink, form: LinkForm) -> Reply:
    """Put a button below the text, or take it away."""
    draft = await find_draft(request, action.announcement)
    if bool(form.label) != bool(form.url):
        raise Incomplete("url" if form.label else "label", _("A button needs both its words and its address."))
    if form.url and not _leads_somewhere(form.url):
        raise Incomplete("url", _("This is no address of a page. It begins with https://"))
    content = await words_of(request, draft)
    link = LinkButton(form.label, form.url) if form.url else None
    await announcements.put_words(request.tx, draft.id, content.words, link)
    return await preview(request, draft, copy=True)


def _leads_somewhere(url: str) -> bool:
    address = url.removeprefix("https://")
    return address != url and "." in address.split("/")[0].strip(".") and not any(map(str.isspace, url))


@routes.action(AskToDiscard, who=ORGANISER)
async def ask_to_discard(request: Request, action: AskToDiscard) -> Reply:
    """Ask before words are thrown away."""
    draft = await find_draft(request, action.announcement)
    seen = await mark_of(request, draft)
    return reply(
        _(
            "Throw the draft «{title}» away? Nobody got it, and it cannot be brought back.",
            title=await title_of(request, draft),
        ),
        buttons=(
            Button(_("Throw away"), Discard(draft.id, seen), style="danger"),
            Button(_("Keep it"), OpenAnnouncement(draft.id)),
        ),
    )


@routes.action(Discard, who=ORGANISER)
async def discard(request: Request, action: Discard) -> Reply:
    """Throw a draft away, unless it was changed since it was asked."""
    draft = await find_draft(request, action.announcement)
    if await mark_of(request, draft) != action.seen:
        changed = _("This draft was changed meanwhile, so it was kept. This is how it is now.")
        return with_lines_first(await preview(request, draft), changed, "")
    await announcements.discard(request.tx, draft.id)
    await campaigns.stop_reminding(request.tx, draft.id)
    return with_lines_first(await announce(request), _("The draft is gone."), "")

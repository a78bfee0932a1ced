"""Announcing: what was announced, and writing something new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content import markdown
from bot.content.actions import Action
from bot.content.forms import Composition, Form, message
from bot.content.texts import Moment, Span, Text, _, _n
from bot.content.views import Button, Reply, View, reply, with_lines_first, with_lines_last
from bot.conversation import dialogues
from bot.conversation.routes import ORGANISER, Go, Request, Routes
from bot.files.uploads import remarks
from handlers.announcements import campaigns, content_store, service, store
from handlers.announcements.actions import (
    ANNOUNCEMENTS,
    ChooseAudience,
    OpenAnnouncement,
    check,
    find,
    find_draft,
    mark_of,
    title_of,
    words_of,
)
from handlers.announcements.audience import choose_audience
from handlers.announcements.campaign_organiser import WriteCampaign
from handlers.announcements.content_store import ELSE
from handlers.announcements.model import Announcement
from handlers.announcements.preview import AskToDiscard, Rewrite, preview
from handlers.announcements.report_screen import report
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE, turn

routes = Routes()


@dataclass(frozen=True, slots=True)
class ListAnnouncements(Action):
    """See a page of what was announced, from 0."""

    code: ClassVar[str] = "apg"
    page: int


@dataclass(frozen=True, slots=True)
class Write(Action):
    """Open the form of a new announcement."""

    code: ClassVar[str] = "an"


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


@routes.command(
    "annoncer",
    _("Tell many people something"),
    names={"en": "announce", "de": "ankuendigen"},
    who=ORGANISER,
    said=_("announce, announcement, announcements, write an announcement"),
)
async def announce(request: Request) -> Reply:
    """What was announced, and the way to announce something."""
    return await list_announcements(request, ListAnnouncements(0))


async def count_unsent(request: Request) -> View:
    """Announcements that did not leave yet, as a part of the organisers' screen, and the way to all of them."""
    unsent = await store.unsent(request.tx)
    lines: list[Span] = []
    if unsent.next_due:
        lines.append(
            _n(
                "{count} announcement waits, for {moment}.",
                "{count} announcements wait, the first for {moment}.",
                unsent.waiting,
                moment=Moment(unsent.next_due),
            )
        )
    if unsent.drafts:
        lines.append(_n("{count} draft.", "{count} drafts.", unsent.drafts))
    return View(tuple(lines), (Button(_("Announce"), Go("annoncer")),))


@routes.action(ListAnnouncements, who=ORGANISER)
async def list_announcements(request: Request, action: ListAnnouncements) -> Reply:
    """A page of them: what has still to leave, what was sent, and what is being written.

    Where there is none yet, what is written next is the first.
    """
    found = await store.listed(request.tx, PER_PAGE, action.page * PER_PAGE)
    if not found:
        await dialogues.expect(request, Write().encode())
    said: Span = (
        _("What was announced lately, and what is being written:")
        if found
        else _("Nothing was announced yet. Write the first announcement here; you see who gets it before it leaves.")
    )
    listed = [Button(await _label(request, each), OpenAnnouncement(each.id)) for each in found]
    return reply(
        said,
        buttons=(
            Button(_("Write an announcement"), Write(), style="primary"),
            Button(_("A campaign"), WriteCampaign()),
            *listed,
            *turn(ListAnnouncements, action.page, await store.count(request.tx)),
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
        case "sent" if announcement.asks_seen:
            seen = await store.count_seen(request.tx, announcement.id)
            return _("Sent, {seen} seen: {title}", seen=seen, title=title)
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


@routes.action(Write, who=ORGANISER, form=MessageForm)
async def write(request: Request, _action: Write, form: MessageForm) -> Reply:
    """Keep it as a draft, and ask whom it is for."""
    check(request, form.message)
    made = await service.draft(request.tx, request.settings, request.participant.id, form.message, request.now)
    chosen = await choose_audience(request, ChooseAudience(made.id))
    return with_lines_first(chosen, _("Your text is kept as a draft."), *remarks(form.message.attachments))


async def _written(request: Request, action: Rewrite) -> Mapping[str, str]:
    content = await words_of(request, await find_draft(request, action.announcement))
    return {"message": markdown.write(content.lines(ELSE))}


@routes.action(Rewrite, who=ORGANISER, form=MessageForm, before=_written)
async def rewrite(request: Request, action: Rewrite, form: MessageForm) -> Reply:
    """Say it otherwise. Where another organiser was faster both texts stay, this one as a draft of its own."""
    check(request, form.message)
    draft = await find(request, action.announcement)
    if not draft.is_open or await mark_of(request, draft) != action.seen:
        made = await service.draft(request.tx, request.settings, request.participant.id, form.message, request.now)
        await store.address(request.tx, made.id, draft.audience)
        if not form.message.attachments and (other := await content_store.content(request.tx, draft.id)):
            await content_store.put_files(request.tx, made.id, other.attachments)
        return reply(
            _("This announcement was changed meanwhile. What you wrote is kept as a draft of its own."),
            *remarks(form.message.attachments),
            buttons=(
                Button(_("See mine"), OpenAnnouncement(made.id), style="primary"),
                Button(_("See the other"), OpenAnnouncement(draft.id)),
                ANNOUNCEMENTS,
            ),
            fresh=True,
        )
    content = await words_of(request, draft)
    await content_store.put_words(request.tx, draft.id, {**content.words, ELSE: form.message.body}, content.link)
    if form.message.attachments:
        await content_store.put_files(request.tx, draft.id, form.message.view().attachments)
    shown = await preview(request, await find(request, draft.id), copy=True)
    return with_lines_last(shown, *remarks(form.message.attachments))


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
    await store.discard(request.tx, draft.id)
    await campaigns.stop_reminding(request.tx, draft.id)
    return with_lines_first(await announce(request), _("The draft is gone."), "")

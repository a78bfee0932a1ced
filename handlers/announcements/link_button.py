"""The button below an announcement that leads somewhere: put there, taken away, corrected in copies that are out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.addresses import leads_somewhere
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Text, _
from bot.content.views import Reply, reply
from bot.conversation import live_screens
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Values, changed_since, note
from handlers.announcements import content_store, service
from handlers.announcements.actions import (
    back_to,
    find,
    find_draft,
    subject,
    title_of,
    unless_changed,
    words_of,
)
from handlers.announcements.content_store import LinkButton
from handlers.announcements.corrections import CorrectLink, corrected, find_out
from handlers.announcements.model import Announcement
from handlers.announcements.preview import SetLink, preview
from handlers.announcements.progress import screen_of
from handlers.navigation.changes import inverses

routes = Routes()


@dataclass(frozen=True, slots=True)
class RestoreLink(Action):
    """The inverse: the button as it was."""

    code: ClassVar[str] = "iw"
    announcement: int


@dataclass(frozen=True, slots=True)
class LinkForm(Form):
    """A button below the text."""

    title: ClassVar[Text] = _("A link button")
    label: str = text(_("What does the button say?"), max_length=40, required=False, hint=_("Empty: no button."))
    url: str = text(_("Where does it lead?"), max_length=500, required=False, hint=_("https://…"))


async def _linked(request: Request, action: SetLink) -> Mapping[str, str]:
    return _filled((await words_of(request, await find_draft(request, action.announcement))).link)


@routes.action(SetLink, who=ORGANISER, form=LinkForm, before=_linked)
async def set_link(request: Request, action: SetLink, form: LinkForm) -> Reply:
    """Put a button below the text, or take it away."""
    draft = await find_draft(request, action.announcement)
    link = _typed(draft, form)
    await unless_changed(request, draft, action.seen, "url")
    content = await words_of(request, draft)
    await content_store.put_words(request.tx, draft.id, content.words, link)
    return await preview(request, draft, copy=True)


def _typed(announcement: Announcement, form: LinkForm) -> LinkButton | None:
    """The button, None for none. A campaign always has one. Raises Incomplete."""
    if bool(form.label) != bool(form.url) or (announcement.kind != "announcement" and not form.url):
        raise Incomplete("url" if form.label else "label", _("A button needs both its words and its address."))
    if form.url and not leads_somewhere(form.url):
        raise Incomplete("url", _("This is no address of a page. It begins with https://"))
    return LinkButton(form.label, form.url) if form.url else None


async def _linked_out(request: Request, action: CorrectLink) -> Mapping[str, str]:
    return _filled((await words_of(request, await find_out(request, action.announcement))).link)


def _filled(link: LinkButton | None) -> Mapping[str, str]:
    return {"label": link.label, "url": link.url} if link else {}


@routes.action(CorrectLink, who=ORGANISER, form=LinkForm, before=_linked_out)
async def correct_link(request: Request, action: CorrectLink, form: LinkForm) -> Reply:
    """Have every copy lead elsewhere, unless another organiser corrected it meanwhile."""
    announcement = await find_out(request, action.announcement)
    link = _typed(announcement, form)
    await unless_changed(request, announcement, action.seen, "url")
    content = await words_of(request, announcement)
    edited = await service.say(request.tx, announcement, replace(content, link=link), content.words, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    said = _("Corrected: «{title}»", title=await title_of(request, announcement))
    values = {"before": _kept(content.link), "after": _kept(link)}
    undo = await note(request, subject(announcement), said, RestoreLink(announcement.id), values)
    return reply(
        said,
        *await corrected(request, announcement, edited),
        buttons=(undo, *back_to(announcement.id)),
        toast=_("Saved."),
    )


def _kept(link: LinkButton | None) -> list[str]:
    return [link.label, link.url] if link else []


@inverses.declare(RestoreLink)
async def restore_link(request: Request, action: RestoreLink, values: Values) -> None:
    """Let every copy lead where it led before, unless it was changed since or withdrawn."""
    announcement = await find(request, action.announcement)
    content = await words_of(request, announcement)
    if not announcement.is_out or _kept(content.link) != values["after"]:
        raise changed_since()
    before = LinkButton(*values["before"]) if values["before"] else None
    await service.say(request.tx, announcement, replace(content, link=before), content.words, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))

"""What would be sent, exactly, and to whom, before anything is: the copy as a message of its own, then the counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.content import i18n
from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.names import collation
from bot.content.texts import Listing, Name, Reader, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.delivery import outbox
from bot.people.audience_store import describe
from bot.people.naming import on_platform, platform_name
from handlers.announcements import content_store, service
from handlers.announcements.actions import (
    ANNOUNCEMENTS,
    ChooseAudience,
    back_to,
    find,
    find_draft,
    mark_of,
    words_of,
)
from handlers.announcements.campaign_organiser import ShowReminders
from handlers.announcements.content_store import Content
from handlers.announcements.messages import draw
from handlers.announcements.model import Announcement
from handlers.announcements.reach import Reach, Way, by_platform
from handlers.announcements.report import reason
from handlers.announcements.splitting import parts
from handlers.navigation.actions import BACK

routes = Routes()

_MOST_NAMES = 20
_BEGINNING = 30
WHY: Mapping[Way, Text] = {
    "stopped": _("wants no messages"),
    "muted": _("wants none of the team"),
    "closed": _("blocked the bot"),
    "no opt-in": _("wants none in private"),
    "no account": _("has no account"),
}
"""Why someone is not reached."""


@dataclass(frozen=True, slots=True)
class Send(Action):
    """Send it. `seen` marks what was shown; `sure`: although somebody just sent the same."""

    code: ClassVar[str] = "as"
    announcement: int
    seen: str
    urgent: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class AskUrgent(Action):
    """Ask once more before people are woken."""

    code: ClassVar[str] = "au"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class ChooseTime(Action):
    """Open the form of the hour it leaves."""

    code: ClassVar[str] = "at"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class AskForSeen(Action):
    """Put the button «Seen» below it, or take it away."""

    code: ClassVar[str] = "avq"
    announcement: int
    asks: bool
    seen: str


@dataclass(frozen=True, slots=True)
class DropFiles(Action):
    """Take pictures and documents off a draft."""

    code: ClassVar[str] = "anf"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class ChooseLanguage(Action):
    """Choose a language to say it in as well."""

    code: ClassVar[str] = "al"
    announcement: int


@dataclass(frozen=True, slots=True)
class SetLink(Action):
    """Open the form of the link button."""

    code: ClassVar[str] = "ak"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class Rewrite(Action):
    """Open the form of a draft's words. `seen` marks the draft as it was shown."""

    code: ClassVar[str] = "anr"
    announcement: int
    seen: str


@dataclass(frozen=True, slots=True)
class AskToDiscard(Action):
    """Ask before a draft is thrown away."""

    code: ClassVar[str] = "adq"
    announcement: int


async def preview(
    request: Request, announcement: Announcement, *, copy: bool = False, locale: str | None = None
) -> Reply:
    """Whom a draft would reach, and all that can be done with it. `copy`: its exact copy comes too, as a message."""
    content = await words_of(request, announcement)
    if copy:
        await _send_copy(request, announcement, locale or request.locale)
    people = await service.preview(request.tx, request.settings, announcement.audience, request.now)
    seen = await mark_of(request, announcement)
    files = bool(await content_store.file_kinds(request.tx, announcement.id))
    lines: list[Span] = [
        Strong(_("For: {audience}", audience=await describe(request.tx, announcement.audience))),
        counts(people),
        *later(request, people, request.now),
        *_missed(people),
        *_splits(content, request.reader),
    ]
    others = [i18n.locale_name(each, request.locale) for each in content.words if each]
    if others:
        lines.append(_("With a text of its own: {languages}.", languages=Listing(tuple(others))))
    if copy:
        lines.append(_("Exactly this is what they get: see the message that comes with this one."))
    return reply(
        *lines, buttons=(*_sending(announcement, people, seen), *_editing(announcement, seen, files=files), BACK)
    )


async def _send_copy(request: Request, announcement: Announcement, locale: str) -> None:
    content = await content_store.content(request.tx, announcement.id)
    assert content is not None
    await outbox.notify(
        request.tx,
        request.participant.id,
        draw(content, locale),
        request.now,
        asked=True,
        urgent=True,
        account_id=request.account.id,
    )


def counts(people: Sequence[Reach]) -> Text:
    """«81 people: 60 on Telegram, 14 on Discord and 7 on their page; 4 unreachable»."""
    reached = by_platform(people)
    told = sum(reached.values())
    if not told:
        return _("Nobody would get this. Choose another audience.")
    parts_ = Listing(tuple(on_platform(name, reached[name]) for name in sorted(reached)))
    if not (missed := len(people) - told):
        return _n("{count} person: {platforms}.", "{count} people: {platforms}.", told, platforms=parts_)
    return _n(
        "{count} person: {platforms}; {missed} unreachable.",
        "{count} people: {platforms}; {missed} unreachable.",
        told,
        platforms=parts_,
        missed=missed,
    )


def later(request: Request, people: Sequence[Reach], at: datetime) -> tuple[Text, ...]:
    """How many of them get later what leaves at an instant, and why."""
    found = service.later(people, request.settings, at)
    return tuple(
        _("{count} of them later: {reason}.", count=found[word], reason=reason(word)) for word in sorted(found)
    )


def _missed(people: Iterable[Reach]) -> tuple[Span, ...]:
    """Those it would not reach, by name and why."""
    missed = sorted((each for each in people if not each.reached), key=lambda each: collation(each.full_name))
    if not missed:
        return ()
    named: list[Span] = [
        _("{name} ({reason})", name=Name(each.full_name), reason=WHY[each.way]) for each in missed[:_MOST_NAMES]
    ]
    if more := len(missed) - _MOST_NAMES:
        named += [_n("{count} more", "{count} more", more)] if more > 0 else []
    return (_("Not reached: {names}.", names=Listing(tuple(named))),)


def _splits(content: Content, reader: Reader) -> list[Span]:
    """How it arrives where one message is too short for it."""
    lines: list[Span] = []
    for locale in content.words:
        for platform, pieces in parts(content.lines(locale), reader).items():
            begun = Listing(tuple(Name(f"{piece[:_BEGINNING].strip()}…") for piece in pieces))
            lines.append(
                _n(
                    "{platform}: {count} message, nothing cut. It begins: {beginnings}.",
                    "{platform}: {count} messages, nothing cut. They begin: {beginnings}.",
                    len(pieces),
                    platform=platform_name(platform),
                    beginnings=begun,
                )
            )
    return lines


def _sending(announcement: Announcement, people: Sequence[Reach], seen: str) -> tuple[Button, ...]:
    if not any(each.reached for each in people):
        return ()
    return (
        Button(_("Send now"), Send(announcement.id, seen, False, False), style="primary"),
        Button(_("Choose a time"), ChooseTime(announcement.id, seen)),
        Button(_("Urgent"), AskUrgent(announcement.id, seen)),
    )


def _reminding(announcement: Announcement) -> tuple[Button, ...]:
    return (Button(_("Reminders"), ShowReminders(announcement.id)),) if announcement.kind == "campaign" else ()


def _editing(announcement: Announcement, seen: str, *, files: bool) -> tuple[Button, ...]:
    asks = announcement.asks_seen
    return (
        Button(
            _("Do not ask for «Seen»") if asks else _("Ask for «Seen»"), AskForSeen(announcement.id, not asks, seen)
        ),
        Button(_("Other language"), ChooseLanguage(announcement.id)),
        Button(_("Link button"), SetLink(announcement.id, seen)),
        *((Button(_("Take the files off"), DropFiles(announcement.id, seen)),) if files else ()),
        *_reminding(announcement),
        Button(_("Change audience"), ChooseAudience(announcement.id)),
        Button(_("Rewrite"), Rewrite(announcement.id, seen)),
        Button(_("Throw away"), AskToDiscard(announcement.id)),
        ANNOUNCEMENTS,
    )


@routes.action(AskForSeen, who=ORGANISER)
async def ask_for_seen(request: Request, action: AskForSeen) -> Reply:
    """Have readers press «Seen», or not."""
    draft = await find_draft(request, action.announcement)
    if kept := await changed(request, draft, action.seen):
        return kept
    await content_store.ask_for_seen(request.tx, draft.id, action.asks)
    return await preview(request, await find(request, draft.id))


@routes.action(DropFiles, who=ORGANISER)
async def drop_files(request: Request, action: DropFiles) -> Reply:
    """Leave the words alone, without what hangs on them."""
    draft = await find_draft(request, action.announcement)
    if kept := await changed(request, draft, action.seen):
        return kept
    if not (await words_of(request, draft)).has_words:
        raise UserError(_("Without files there is nothing left to send. Rewrite it first."), buttons=back_to(draft.id))
    await content_store.put_files(request.tx, draft.id, ())
    return await preview(request, draft, copy=True)


async def changed(request: Request, draft: Announcement, seen: str) -> Reply | None:
    """The draft as it is now, where another organiser changed what was `seen`: nothing is saved. None otherwise."""
    if await mark_of(request, draft) == seen:
        return None
    said = _("This was changed meanwhile, so nothing was saved.")
    return with_lines_first(await preview(request, draft), said, "")

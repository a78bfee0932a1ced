"""Screens to check what a draft would send and to whom, to send or schedule it, and to cancel unsent messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar

from bot.content import i18n
from bot.content.actions import Action
from bot.content.dates import DateProblem
from bot.content.errors import UserError
from bot.content.forms import Form, text
from bot.content.names import shortened
from bot.content.texts import Listing, Moment, Name, Reader, Span, Strong, Text, _, _n, plain
from bot.content.typed_times import REFUSALS, from_minute
from bot.content.views import Button, Later, Reply, View, reply, with_lines_first
from bot.conversation import live_screens
from bot.conversation.routes import ORGANISER, Instead, Request, Routes, StoredVersion
from bot.conversation.versions import fingerprint
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE, Audience
from bot.people.naming import called, on_platform, platform_name
from handlers.announcements.actions import (
    ANNOUNCEMENTS,
    ChooseAudience,
    OpenAnnouncement,
    back_to,
    draft_now,
    find,
    find_draft,
    values_of,
    version_of,
    words_of,
)
from handlers.announcements.messages import draw, parts, reason
from handlers.announcements.model import GRACE, Announcement
from handlers.announcements.organiser.campaigns import show_reminders
from handlers.announcements.organiser.report import CancelAnnouncement, report
from handlers.announcements.progress import screen_of
from handlers.announcements.service import changing, drafts, recipients, releasing
from handlers.announcements.service.titles import title_of
from handlers.announcements.store import announcements, contents
from handlers.announcements.store.contents import CopiedContent
from handlers.announcements.store.reach import (
    AudienceReach,
    Way,
    count_by_language,
    count_by_platform,
    count_reach,
)
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.time_questions import read_back

routes = Routes()

_MOST_NAMES = 20
_BEGINNING, _QUOTED = 30, 300
WHY: Mapping[Way, Text] = {
    "stopped": _("wants no messages"),
    "muted": _("wants no messages from the team"),
    "closed": _("blocked the bot"),
    "no opt-in": _("wants no private messages"),
    "no account": _("has no account"),
}
"""The reasons why an announcement does not reach a person, in words that follow the person's name, by `Way`."""


class ChooseLanguage(Action, code="al"):
    """The button that shows the languages into which a draft can be translated."""

    announcement: int


class SetLink(Action, code="ak"):
    """The button that opens the form for the link button below a draft.

    `seen` is the digest of the draft as it was shown, to notice that another organiser changed it.
    """

    announcement: int
    seen: str


class Rewrite(Action, code="anr"):
    """The button that opens the form to change a draft's words.

    `seen` is the digest of the draft as it was shown, to notice that another organiser changed it.
    """

    announcement: int
    seen: str


class AskToDiscard(Action, code="adq"):
    """The button that asks for confirmation before a draft is deleted."""

    announcement: int


async def preview(
    request: Request, announcement: Announcement, *, copy: bool = False, locale: str | None = None
) -> Reply:
    """Show whom a draft would reach, with buttons to change, send and schedule it.

    With `copy`, the organiser also gets the draft as a message, exactly as recipients would get it. `locale` is the
    language of that message; None stands for the organiser's own.
    """
    people = await reach_of(request, announcement.audience)
    content = await words_of(request, announcement)
    if copy:
        await _send_copy(request, announcement, locale or request.locale)
    shown = await values_of(request, announcement)
    files = bool(await contents.file_kinds(request.tx, announcement.id))
    lines: list[Span] = [
        Strong(_("For: {audience}", audience=await describe(request.tx, announcement.audience))),
        *(() if copy else (quoted(content, request.reader),)),
        counts(people),
        *_languages(people, request),
        *later(request, people, request.now),
        *_missed(people),
        *await _not_joined(request, announcement.audience),
        *_splits(content, request.reader),
    ]
    others = [i18n.locale_name(word, request.locale) for word in content.words if word]
    if others:
        lines.append(_("With a text of its own: {languages}.", languages=Listing(tuple(others))))
    if copy:
        lines.append(_("This is exactly what they get: see the message that comes with this one."))
    if over := _is_over(announcement, request.now):
        lines.append(over)
    sending = () if over else _sending(announcement, people, shown)
    dropping = files and content.has_words
    editing = _editing(announcement, shown, dropping=dropping)
    return reply(*lines, buttons=(*sending, *editing, BACK), again=OpenAnnouncement(announcement.id))


def quoted(content: CopiedContent, reader: Reader) -> Span:
    """Return the beginning of a draft's words in the reader's language, in quotation marks; its title without words."""
    words = " ".join(plain(line, reader) for line in content.lines(reader.locale)).strip()
    return _("«{words}»", words=Name(shortened(words, _QUOTED))) if words else title_of(content)


def _is_over(announcement: Announcement, at: datetime) -> Text | None:
    """Return what is said of a campaign that has ended by then, so that it cannot be sent; None for any other."""
    end = announcement.deadline
    if end is None or end > at:
        return None
    return _(
        "The deadline is {deadline}: nothing leaves after that. The draft is kept as it was.", deadline=Moment(end)
    )


async def _send_copy(request: Request, announcement: Announcement, locale: str) -> None:
    content = await contents.find_content(request.tx, announcement.id)
    assert content is not None
    await outbox.notify(
        request.tx,
        request.participant.id,
        replace(draw(content, locale), who=ORGANISER),
        request.now,
        outbox.Telling.PRESSING_ANSWER,
        account_id=request.account.id,
    )


async def reach_of(request: Request, audience: Audience) -> AudienceReach:
    """Return how many people of an audience an announcement sent now would reach, by way, and who would not get it."""
    in_channels = await recipients.is_posted_in_channels(request.tx, request.settings, audience)
    look = partial(
        count_reach,
        audience=audience,
        topic=recipients.TOPIC,
        in_channels=in_channels,
        today=request.settings.gathering.hours.day(request.now),
        most_missed=_MOST_NAMES,
    )
    return await request.preload(("reach", audience, in_channels), look)


def counts(people: AudienceReach) -> Text:
    """Return a line that says how many people an announcement would reach on each platform, and how many not at all.

    The line reads like «81 people: 60 on Telegram, 14 on Discord and 7 on their page; 4 unreachable».
    """
    reached = count_by_platform(people.counts)
    told = sum(reached.values())
    if not told:
        return _("Nobody would get this. Choose another audience.")
    parts_ = Listing(tuple(on_platform(name, reached[name]) for name in sorted(reached)))
    if not (missed := _count_missed(people)):
        return _n("{count} person: {platforms}.", "{count} people: {platforms}.", told, platforms=parts_)
    return _n(
        "{count} person: {platforms}; {missed} unreachable.",
        "{count} people: {platforms}; {missed} unreachable.",
        told,
        platforms=parts_,
        missed=missed,
    )


def later(request: Request, people: AudienceReach, at: datetime) -> tuple[Text, ...]:
    """Return a line for each reason why some people would get an announcement after `at`, with the number of people."""
    found = recipients.count_later(people.counts, request.settings, at)
    return tuple(
        _("{count} of them later: {reason}.", count=found[word], reason=reason(word)) for word in sorted(found)
    )


def _count_missed(people: AudienceReach) -> int:
    return sum(reach.people for reach in people.counts if not reach.reached)


def _missed(people: AudienceReach) -> tuple[Span, ...]:
    """Return a line with the names of the people whom a draft would not reach, and why; () if there are none."""
    if not people.missed:
        return ()
    named: list[Span] = [
        _("{name} ({reason})", name=called(person, "full"), reason=WHY[person.way]) for person in people.missed
    ]
    if more := _count_missed(people) - len(named):
        named.append(_n("{count} more", "{count} more", more))
    return (_("Not reached: {names}.", names=Listing(tuple(named))),)


def _languages(people: AudienceReach, request: Request) -> tuple[Span, ...]:
    """Return a line with how many people are reached in each language; () if it is one."""
    locales = request.settings.gathering.locales
    told = count_by_language(people.counts, locales)
    named = tuple(
        _("{language}: {count}", language=i18n.locale_name(locale, request.locale), count=told[locale])
        for locale in locales
        if told.get(locale)
    )
    return (Listing(named),) if len(named) > 1 else ()


async def _not_joined(request: Request, audience: Audience) -> tuple[Span, ...]:
    """Return a line with how many have not joined, for an announcement to everyone."""
    count = (await people_store.turnout(request.tx)).invited if audience == EVERYONE else 0
    line = _n("{count} person has not joined: not reached.", "{count} people have not joined: not reached.", count)
    return (line,) if count else ()


def _splits(content: CopiedContent, reader: Reader) -> list[Span]:
    """Return a line for each platform on which the text of a draft becomes several messages."""
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


def _sending(announcement: Announcement, people: AudienceReach, shown: tuple[object, ...]) -> tuple[Button, ...]:
    if not people.anyone:
        return ()
    return (
        Button(_("Send now"), send.seeing(*shown).to(announcement.id, urgent=False, sure=False), style="primary"),
        Button(_("Choose a time"), choose_time.seeing(*shown).to(announcement.id)),
        # L10N: a button: send an announcement at once, also to people who sleep
        Button(_("Urgent"), ask_urgent.seeing(*shown).to(announcement.id)),
    )


def _reminding(announcement: Announcement) -> tuple[Button, ...]:
    return (Button(_("Reminders"), show_reminders.to(announcement.id)),) if announcement.kind == "campaign" else ()


def _editing(announcement: Announcement, shown: tuple[object, ...], *, dropping: bool) -> tuple[Button, ...]:
    seen = fingerprint(*shown)
    asks = announcement.asks_seen
    return (
        # L10N: a button, a verb: change the words of a draft
        Button(_("Rewrite"), Rewrite(announcement.id, seen)),
        Button(_("Change audience"), ChooseAudience(announcement.id)),
        Button(
            _("Do not ask for «Seen»") if asks else _("Ask for «Seen»"),
            ask_for_seen.seeing(*shown).to(announcement.id, not asks),
        ),
        Button(_("Other language"), ChooseLanguage(announcement.id)),
        Button(_("Link button"), SetLink(announcement.id, seen)),
        *((Button(_("Take the files off"), drop_files.seeing(*shown).to(announcement.id)),) if dropping else ()),
        *_reminding(announcement),
        # L10N: a button, a verb: delete a draft
        Button(_("Throw away"), AskToDiscard(announcement.id)),
        ANNOUNCEMENTS,
    )


@routes.press("avq", who=ORGANISER, unless_changed=draft_now)
async def ask_for_seen(request: Request, announcement: int, asks: bool) -> Reply:
    """Add to a draft the button «Seen», with which readers confirm that they saw it; if `asks` is False, remove it."""
    draft = await find_draft(request, announcement)
    await contents.ask_for_seen(request.tx, draft.id, asks)
    return await preview(request, await find(request, draft.id))


@routes.press("anf", who=ORGANISER, unless_changed=draft_now)
async def drop_files(request: Request, announcement: int) -> Reply:
    """Remove all attachments of a draft. Raises UserError if it has no words, because nothing would be left to send."""
    draft = await find_draft(request, announcement)
    if not (await words_of(request, draft)).has_words:
        raise UserError(_("Without files there is nothing left to send. Rewrite it first."), buttons=back_to(draft.id))
    await contents.put_files(request.tx, draft.id, ())
    return await preview(request, draft, copy=True)


class TimeForm(Form):
    """The form for the time at which a draft will be sent."""

    title: ClassVar[Text] = _("When is it sent?")
    at: str = text(_("Day and hour"), max_length=60, hint=_("For instance «tomorrow 14:00» or «10 June 14:00»."))


class _Send(Action, code="as"):
    """The button that sends a draft; the fields are as for `send`."""

    announcement: int
    seen: str
    urgent: bool
    sure: bool


class _SendAt(Action, code="aty"):
    """The button that schedules a draft; the fields are as for `send_at`."""

    announcement: int
    minute: int
    seen: str
    sure: bool


async def _to_send(request: Request, announcement_id: int, *_carried: object) -> StoredVersion | None:
    """Return the draft that would be sent, which is shown again where it changed; None for what is no draft."""
    announcement = await find(request, announcement_id)
    if not announcement.is_open:
        return None

    async def show_again() -> Reply:
        changed = _("This was changed meanwhile, so nothing was sent. This is how it is now.")
        return with_lines_first(await preview(request, announcement, copy=True), changed, "")

    return replace(await version_of(request, announcement), conflict=Instead(show_again))


@routes.press(_Send, who=ORGANISER, unless_changed=_to_send)
async def send(request: Request, announcement_id: int, urgent: bool, sure: bool) -> Reply:
    """Enqueue the messages of a draft, and show that they will be sent in a few seconds, with a button to cancel.

    `urgent` ignores quiet hours and the limit of messages a day. Nothing is sent in three cases: another organiser has
    sent the draft (its report is shown); the draft would reach nobody (the draft is shown); the same words were just
    sent (a warning is shown). `sure` says that the organiser has confirmed this warning.
    """
    announcement = await find(request, announcement_id)
    if not announcement.is_open:
        return await report(request, announcement)
    people = await reach_of(request, announcement.audience)
    if not people.anyone:
        return await preview(request, announcement)
    _check_end(announcement, request.now)
    again = send.seeing(*await values_of(request, announcement)).to(announcement.id, urgent, sure=True)
    if not sure and (warned := await _warned(request, announcement, again)):
        return warned
    await releasing.release_announcement(request.tx, request.settings, announcement, request.now, urgent=urgent)
    await request.show_below(screen_of(announcement.id))
    count = sum(count_by_platform(people.counts).values())
    put_off = () if urgent else later(request, people, request.now)
    ways_on = (Button(_("See progress"), OpenAnnouncement(announcement.id)), ANNOUNCEMENTS)
    leaves = _n(
        "It leaves in {seconds} seconds, for {count} person.",
        "It leaves in {seconds} seconds, for {count} people.",
        count,
        seconds=int(GRACE.total_seconds()),
    )
    sentence = _n("It has left, for {count} person.", "It has left, for {count} people.", count)
    return reply(
        leaves,
        *put_off,
        buttons=(Button(_("Cancel"), CancelAnnouncement(announcement.id), style="danger"), *ways_on),
        later=Later(request.now + GRACE, View((sentence, *put_off), ways_on, quiet=True)),
    )


def _check_end(draft: Announcement, leaves: datetime) -> None:
    """Raise UserError if a campaign would be sent only after its deadline. `leaves` is when it would be sent."""
    if over := _is_over(draft, leaves):
        raise UserError(
            over,
            buttons=(Button(_("See the announcement"), OpenAnnouncement(draft.id)), ANNOUNCEMENTS, BACK),
        )


async def _warned(request: Request, draft: Announcement, again: Action) -> Reply | None:
    """Return a warning if the same words were just sent to the same people or are scheduled; else None.

    `again` is the action of the warning's button that sends or schedules the draft all the same.
    """
    twin = await drafts.find_twin(request.tx, draft, request.now)
    if twin is None:
        return None
    return reply(
        await _who_sent(request, twin),
        _("Yours is kept as a draft."),
        buttons=(
            Button(_("See the other"), OpenAnnouncement(twin.id), style="primary"),
            Button(_("Send it all the same"), again),
            Button(_("See the announcement"), OpenAnnouncement(draft.id)),
            ANNOUNCEMENTS,
        ),
    )


async def _who_sent(request: Request, twin: Announcement) -> Span:
    if twin.due is not None:
        return _(
            "The same announcement leaves {moment}, for the same people. Send it a second time?",
            moment=Moment(twin.due),
        )
    author = await participant_store.find(request.tx, twin.author_id) if twin.author_id else None
    if author is None:
        return _("The same was sent to the same people a few minutes ago. Send it a second time?")
    return _(
        "{name} sent the same to the same people a few minutes ago. Send it a second time?",
        name=called(author, "given"),
    )


@routes.press("au", who=ORGANISER, unless_changed=draft_now)
async def ask_urgent(request: Request, announcement: int) -> Reply:
    """Ask an organiser to confirm that a draft is sent at once, even in quiet hours and beyond the daily limit."""
    draft = await find_draft(request, announcement)
    _check_end(draft, request.now)
    people = await reach_of(request, draft.audience)
    yes = send.seeing(*await values_of(request, draft)).to(draft.id, urgent=True, sure=False)
    return reply(
        _("Urgent: it leaves before everything else, even at night, even after two messages today."),
        counts(people),
        buttons=(
            Button(_("Yes, it is urgent"), yes, style="danger"),
            Button(_("No, as usual"), OpenAnnouncement(draft.id)),
        ),
    )


@routes.form("at", TimeForm, who=ORGANISER, unless_changed=draft_now)
async def choose_time(request: Request, form: TimeForm, announcement: int) -> Reply:
    """Ask an organiser to confirm the typed time to send a draft; if it is ambiguous, offer the possible times.

    Raises UserError for a campaign whose deadline is before that time.
    """
    draft = await find_draft(request, announcement)
    shown = await values_of(request, draft)
    time = await read_back(
        request,
        form.at,
        field="at",
        confirm=lambda minute: send_at.seeing(*shown).to(draft.id, minute, sure=False),
        ways_on=(
            Button(_("Write another time"), choose_time.seeing(*shown).to(draft.id)),
            Button(_("See the announcement"), OpenAnnouncement(draft.id)),
        ),
    )
    if isinstance(time, Reply):
        return time
    _check_end(draft, time.instant)
    people = await reach_of(request, draft.audience)
    return reply(
        _("It leaves {moment}. Right?", moment=time.words),
        *later(request, people, time.instant),
        buttons=time.buttons,
    )


@routes.press(_SendAt, who=ORGANISER, unless_changed=_to_send)
async def send_at(request: Request, announcement_id: int, minute: int, sure: bool) -> Reply:
    """Schedule a draft to be sent at `minute` (minutes since 1970), and show the report.

    Nothing is scheduled, and the reply says so, if the time has passed, the draft would reach nobody, or the same words
    were just sent. `sure` says that the organiser has confirmed the warning about the same words. If another organiser
    has sent the draft, only the report is shown.
    """
    announcement = await find(request, announcement_id)
    if not announcement.is_open:
        return await report(request, announcement)
    if not (await reach_of(request, announcement.audience)).anyone:
        return await preview(request, announcement)
    shown = await values_of(request, announcement)
    _check_end(announcement, from_minute(minute))
    due = from_minute(minute)
    if due <= request.now:
        return reply(
            REFUSALS[DateProblem.PAST],
            buttons=(Button(_("Write another time"), choose_time.seeing(*shown).to(announcement.id)), BACK),
        )
    again = send_at.seeing(*shown).to(announcement.id, minute, sure=True)
    if not sure and (warned := await _warned(request, announcement, again)):
        return warned
    await announcements.wait_for_hour(request.tx, announcement.id, due)
    return await report(request, await find(request, announcement.id))


@routes.press(CancelAnnouncement, who=ORGANISER)
async def cancel(request: Request, announcement_id: int) -> Reply:
    """Cancel a scheduled announcement, or the messages of an announcement that have not been sent yet.

    If no message was sent, the announcement becomes a draft again. If all were sent, nothing changes, and the report is
    shown.
    """
    announcement = await find(request, announcement_id)
    after = await changing.cancel_announcement(request.tx, announcement, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    if after.is_open and not announcement.is_open:
        said = _("Cancelled: nothing was sent. It is a draft again.")
        return with_lines_first(await preview(request, after), said, "")
    if after.calling_back == "remove":
        return reply(
            _("Cancelled: nothing was sent. It is a draft again in a moment."),
            buttons=(Button(_("See the announcement"), OpenAnnouncement(after.id)), ANNOUNCEMENTS, BACK),
        )
    return await report(request, after)

"""What organisers can do with announcements: draft, preview, send, cancel, correct, withdraw and retry.

A copy is the message to one recipient: a participant, or a channel of many. To release an announcement is to enqueue
its copies. A campaign is an announcement with a link, a deadline and reminders.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.background import reminder_store, reminding
from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, number_of
from bot.background.scheduling import Released
from bot.config.settings import Settings, SharedChannel
from bot.content.errors import UserError
from bot.content.forms import Composition
from bot.content.i18n import LOCALES
from bot.content.leads import Lead, parse_lead
from bot.content.reasons import Reason
from bot.content.texts import Localised, Moment, Reader, Span, Strong, _, _n, plain
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import outbox, standing
from bot.delivery.outgoing import Ended, Outcome
from bot.delivery.shared_channels import channel_is_gone, note_channel
from bot.people import audience_store
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from bot.people.participant_store import IdRange
from handlers.announcements.messages import ReadAnnouncement, catch_up, end, parts, remind
from handlers.announcements.model import GRACE, MOST_PARTS, Announcement, CallingBack, Kind
from handlers.announcements.store import (
    acknowledgements,
    announcements,
    campaigns,
    changes,
    contents,
    releases,
    reports,
    sending,
    slices,
    unfinished,
)
from handlers.announcements.store.contents import ELSE, CopiedContent, Lines
from handlers.announcements.store.reach import PersonReach, Reach, who_is_reached
from handlers.announcements.store.releases import ClosedToCopies, CopyChannel, Release
from handlers.announcements.store.slices import Copies
from handlers.reminders.service import remind_no_more

TOPIC: Topic = "team"
"""The topic of notifications that participants mute if they want no announcements."""
SAME_WITHIN = timedelta(minutes=10)
"""How long after an announcement organisers are warned before they send the same words again."""
VALID_FOR = timedelta(days=30)
"""How long after an announcement was sent it is shown to people who join."""
_MOST_IN_DIGEST = 5
_LONGEST_TITLE = 60


async def channel_of(tx: Transaction, settings: Settings, audience: Audience) -> SharedChannel | None:
    """Return the shared channel in which an announcement to all, or to a theme, is posted once.

    Returns None if there is no such channel.
    """
    if audience.kind not in ("all", "theme"):
        return None
    channel = settings.shared_channel(audience.value if audience.kind == "theme" else None)
    return None if channel is None or await channel_is_gone(tx, channel.chat) else channel


async def preview_reach(
    tx: Transaction, settings: Settings, audience: Audience, now: datetime
) -> Sequence[PersonReach]:
    """Return everyone in an audience, with how an announcement reaches them or the reason why it does not."""
    in_place = await is_in_place(tx, settings, audience)
    today = settings.gathering.hours.day(now)
    return await who_is_reached(tx, audience, TOPIC, in_place=in_place, today=today)


async def is_in_place(tx: Transaction, settings: Settings, audience: Audience) -> bool:
    """Return whether an announcement is posted in a channel, where a platform has channels."""
    return await channel_of(tx, settings, audience) is not None or await _has_channel(tx, audience)


def count_later(people: Iterable[Reach], settings: Settings, at: datetime) -> Mapping[str, int]:
    """Return how many of these people would get an announcement sent at `at` later, by reason.

    The reasons are quiet hours (NIGHT) and the limit of messages a day (ENOUGH).
    """
    hours = settings.gathering.hours
    found = Counter[str]()
    for reach in people:
        alone = reach.way == "private"
        if reach.reached and hours.wakes_at(reach.territory if alone else None, at, away=reach.away):
            found[Reason.NIGHT] += reach.people
        elif (
            alone and reach.last_but_one and reach.last_but_one >= hours.day_began(reach.territory, at, away=reach.away)
        ):
            found[Reason.ENOUGH] += reach.people
    return found


async def _has_channel(tx: Transaction, audience: Audience) -> bool:
    return audience.kind == "group" and bool(await releases.channels_of_group(tx, audience.number))


def check_length(lines: Lines, settings: Settings) -> None:
    """Raise UserError if a platform would need more than MOST_PARTS messages to show these lines."""
    for locale in LOCALES:
        longest = max(map(len, parts(lines, Reader(locale, settings.gathering.zone)).values()), default=1)
        if longest > MOST_PARTS:
            raise UserError(
                _(
                    "This is too long: it would arrive as {count} messages, at most {most} are sent."
                    " Shorten it, or put it into a document.",
                    count=longest,
                    most=MOST_PARTS,
                )
            )


async def draft_announcement(
    tx: Transaction, settings: Settings, author_id: int, made: Composition, now: datetime
) -> Announcement:
    """Store the message `made` by the organiser `author_id` as a draft, and return the draft.

    Raises UserError if the text is too long.
    """
    check_length(made.body, settings)
    return await announcements.add_announcement(tx, author_id, made.body, made.view().attachments, now)


async def find_twin(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement | None:
    """Return another announcement with the same words, files and audience; None if there is none.

    Only announcements that are scheduled or were sent within the last ten minutes count.
    """
    content = await contents.find_words(tx, announcement.id)
    files = await contents.file_kinds(tx, announcement.id)
    for other in await announcements.waiting_or_recent(tx, now - SAME_WITHIN):
        if other.id == announcement.id or other.audience != announcement.audience or not content:
            continue
        words = await contents.find_words(tx, other.id)
        if words and words.words == content.words and await contents.file_kinds(tx, other.id) == files:
            return other
    return None


async def release_announcement(
    tx: Transaction,
    settings: Settings,
    announcement: Announcement,
    now: datetime,
    *,
    urgent: bool = False,
    grace: timedelta = GRACE,
) -> bool:
    """Enqueue the messages of a draft or scheduled announcement, to be sent after `grace`.

    If they are for very many people, most of them are enqueued by `go_on`. With `urgent`, quiet hours and the limit of
    messages a day are ignored. Returns False, and enqueues nothing, if the announcement is no longer a draft or
    scheduled.
    """
    if not await announcements.begin_release(tx, announcement.id, now, urgent=urgent):
        return False
    channel = await channel_of(tx, settings, announcement.audience)
    await _enqueue_some(tx, replace(announcement, urgent=urgent), now, due=now + grace, channel=channel)
    return True


async def release_due_announcement(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Enqueue messages of the first scheduled announcement that is due. Returns False if none is."""
    for first in (await announcements.due_announcements(tx, now))[:1]:
        await release_announcement(tx, settings, first, now, urgent=first.urgent, grace=timedelta())
        return True
    return False


async def cancel_announcement(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement:
    """Cancel an announcement that is scheduled or being sent, and return it as it is afterwards.

    If no message has been sent, the announcement is a draft again; otherwise only the messages that have not been sent
    are cancelled. Nothing leaves any more; of very many messages most are removed or cancelled by `go_on`, and only
    then is it a draft.
    """
    if announcement.state == "waiting":
        await announcements.set_state(tx, announcement.id, "draft")
    elif announcement.state == "sending":
        how: CallingBack = "remove" if await reports.nothing_left(tx, announcement.id) else "cancel"
        await announcements.set_state(tx, announcement.id, "cancelled")
        await unfinished.begin_to_call_back(tx, announcement.id, how)
        if how == "cancel":
            await stop_reminding(tx, announcement.id)
        await _call_back_some(tx, announcement.id, how, now)
    return await _again(tx, announcement)


async def _call_back_some(tx: Transaction, announcement_id: int, how: CallingBack, now: datetime) -> int:
    """Cancel or remove some messages of a cancelled announcement, and store it when none is left. Returns how many."""
    if how == "cancel":
        count = await changes.cancel_copies(tx, announcement_id, now, most=slices.AT_ONCE)
    else:
        count = await changes.forget_copies(tx, announcement_id, most=slices.AT_ONCE)
    if count < slices.AT_ONCE:
        await announcements.set_state(tx, announcement_id, "cancelled" if how == "cancel" else "draft")
    return count


async def go_on(tx: Transaction, settings: Settings, now: datetime) -> Announcement | None:
    """Enqueue, change or call back further messages of an announcement to very many people.

    Returns the announcement as it is afterwards; None if there was nothing to go on with.
    """
    announcement = await unfinished.first_unfinished(tx)
    if announcement is None:
        return None
    if announcement.calling_back:
        await _call_back_some(tx, announcement.id, announcement.calling_back, now)
    elif announcement.copied_to is not None:
        channel = await channel_of(tx, settings, announcement.audience)
        await _enqueue_some(tx, announcement, now, due=announcement.copies_due or now, channel=channel)
    else:
        await _change_some(tx, announcement, now)
    return await _again(tx, announcement)


async def _change_some(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Correct, take back or try again some messages of an announcement, as its state asks, and store how far that is.

    Of a campaign that is over, messages that have not left are cancelled, and once all were looked at, the reminders
    say that it is over. Returns how many messages will be edited.
    """
    edited, looked_at = 0, 0
    if announcement.changed_to is not None:
        copies = await slices.next_copies(tx, announcement.id, announcement.changed_to)
        if copies:
            edited = await _change(tx, announcement, copies, now)
            looked_at = copies.count
        more = copies and await slices.next_copies(tx, announcement.id, copies.last)
        await unfinished.note_changed(tx, announcement.id, copies.last if copies and more else None)
        if more:
            return edited
        await sending.finish_announcements(tx, [announcement.id], now)
    if announcement.closed_to is not None and looked_at < slices.AT_ONCE:
        most = slices.AT_ONCE - looked_at
        subject = campaign_subject(announcement.id)
        last = await outbox.follow_some(tx, subject, end, now, after=announcement.closed_to, most=most)
        await unfinished.note_closed(tx, announcement.id, last)
    return edited


async def _change(tx: Transaction, announcement: Announcement, copies: Copies, now: datetime) -> int:
    """Do with these messages what the state of their announcement asks. Returns how many will be edited."""
    if announcement.state == "withdrawn":
        await changes.withdraw_copies(tx, copies, now)
        return 0
    if announcement.closed_to is not None:
        await changes.cancel_these(tx, copies, now)
    if announcement.trying_again:
        await changes.retry_copies(tx, copies, now)
    return await catch_up(tx, copies, now)


async def correct_announcement(
    tx: Transaction, settings: Settings, announcement: Announcement, made: Composition, now: datetime, *, locale: str
) -> int:
    """Replace the words in one locale, and enqueue edits of the messages that have arrived.

    The locale ELSE stands for all readers whose language has no words of its own. Returns what `set_words` returns.
    Raises UserError if files were added or replaced by files of another kind (picture or document).
    """
    check_length(made.body, settings)
    content = await contents.find_words(tx, announcement.id)
    assert content is not None
    await _keep_kind(tx, announcement, content, made, locale)
    if made.attachments:
        await contents.put_files(tx, announcement.id, made.view().attachments)
    return await set_words(tx, announcement, content, {**content.words, locale: made.body}, now)


async def _keep_kind(
    tx: Transaction, announcement: Announcement, content: CopiedContent, made: Composition, locale: str
) -> None:
    held = [kind for kind, _name, _bytes in await contents.file_kinds(tx, announcement.id)]
    sent = ["picture" if attachment.picture else "file" for attachment in made.attachments]
    if sent and (locale != ELSE or sent != held):
        raise UserError(
            _(
                "A correction keeps its kind: text stays text, a picture another picture. Your text is kept;"
                " to add a file, withdraw this one and announce anew."
            )
        )
    if not made.body and content.lines(locale):
        raise UserError(_("A correction keeps its kind: write the text that takes the place of the old one."))


async def set_words(
    tx: Transaction, announcement: Announcement, content: CopiedContent, words: Mapping[str, Lines], now: datetime
) -> int:
    """Replace all words of an announcement, and enqueue edits of the messages that have arrived.

    `words` are by locale; the link and the files stay those of `content`. Returns what `edit_copies` returns.
    """
    await contents.put_words(tx, announcement.id, words, content.link, corrected=now)
    return await edit_copies(tx, announcement, now)


async def edit_copies(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Enqueue edits of the messages that show earlier words of an announcement. Returns how many will be edited.

    If there are very many, most are edited by `go_on`, and all that have arrived are counted: how many of these show
    the new words already, because their language's did not change, is not known yet.
    """
    await unfinished.begin_to_change(tx, announcement.id)
    edited = await _change_some(tx, await _again(tx, announcement), now)
    is_done = (await _again(tx, announcement)).changed_to is None
    return edited if is_done else await reports.count_there(tx, announcement.id)


async def withdraw_announcement(tx: Transaction, announcement: Announcement, now: datetime) -> None:
    """Withdraw an announcement: enqueue the deletion of messages that have arrived, and send no others.

    If there are very many, most are deleted by `go_on`. The report tells which ones a platform refused to delete.
    """
    await announcements.set_state(tx, announcement.id, "withdrawn")
    await stop_reminding(tx, announcement.id)
    await unfinished.begin_to_change(tx, announcement.id)
    await _change_some(tx, await _again(tx, announcement), now)


async def retry_failures(tx: Transaction, announcement: Announcement, now: datetime) -> None:
    """Try again to send, edit or delete the messages for which that failed. If there are very many, `go_on` does most.

    `changes.count_failed` tells how many these are.
    """
    await unfinished.begin_to_change(tx, announcement.id, trying_again=True)
    await _change_some(tx, await _again(tx, announcement), now)


async def digest_for(tx: Transaction, participant_id: int, now: datetime) -> View | None:
    """Return one message that lists announcements sent before a participant joined; None if there are none.

    Announcements that are not for the participant, that the participant got already, or that are over are left out.
    """
    received = await reports.received_by(tx, participant_id)
    titles: list[Span] = []
    buttons: list[Button] = []
    for other in await announcements.released_since(tx, now - VALID_FOR):
        if len(titles) == _MOST_IN_DIGEST:
            break
        over = other.deadline is not None and other.deadline <= now
        if over or other.id in received or not await audience_store.includes(tx, other.audience, participant_id):
            continue
        content = await contents.find_words(tx, other.id)
        assert content is not None
        named = title_of(content)
        titles.append(named)
        buttons.append(Button(named, ReadAnnouncement(other.id)))
    if not titles:
        return None
    sentence = _n(
        "{count} announcement was made before you came, and still holds:",
        "{count} announcements were made before you came, and still hold:",
        len(titles),
    )
    return View((sentence, *(Strong(title) for title in titles)), tuple(buttons))


def title_of(content: CopiedContent) -> Span:
    """Return the title of an announcement for lists: the beginning of its first line, in every language it has."""
    found = {locale: short for locale, lines in content.words.items() if (short := _beginning(lines))}
    if not found:
        return _("A picture or document")
    first = found.get(ELSE) or next(iter(found.values()))
    return Localised({ELSE: first, **{locale: short for locale, short in found.items() if locale}})


def _beginning(lines: Lines) -> str:
    for line in lines:
        words = " ".join(plain(line, Reader("fr", "UTC")).split())
        if words:
            return words if len(words) <= _LONGEST_TITLE else f"{words[: _LONGEST_TITLE - 1].rstrip()}…"
    return ""


async def _again(tx: Transaction, announcement: Announcement) -> Announcement:
    found = await announcements.find_announcement(tx, announcement.id)
    assert found is not None
    return found


# --- An announcement released: one row a recipient, on the account they are written to, or one row a shared place.


async def enqueue_copies(
    tx: Transaction,
    announcement_id: int,
    audience: Audience,
    now: datetime,
    *,
    due: datetime | None = None,
    urgent: bool = False,
    topic: Topic | None = TOPIC,
    channel: SharedChannel | None = None,
) -> int:
    """Enqueue a copy of an announcement (a message) for each recipient, to be sent at `due`. Returns how many.

    `due` is by default now. People who stopped all messages or muted the `topic` get no copy; a `topic` of None cannot
    be muted. `channel` is the shared channel in which the announcement is posted once for its audience; a group's own
    channels are found here. People who have a copy already get no second one, so that calling this again reaches only
    newcomers.
    """
    release = Release(announcement_id, urgent, due or now, now)
    channels = await _channels(tx, audience, channel)
    count = await releases.add_copies_in_channels(tx, release, channels)
    after = 0
    while people := await slices.next_people(tx, after):
        count += await _copy_to(tx, release, audience, topic, people, in_channels=bool(channels))
        after = people.last
    return count


async def _enqueue_some(
    tx: Transaction, announcement: Announcement, now: datetime, *, due: datetime, channel: SharedChannel | None
) -> None:
    """Enqueue copies for the next people, and store how far that is. The first call adds those in channels too."""
    release = Release(announcement.id, announcement.urgent, due, now)
    channels = await _channels(tx, announcement.audience, channel)
    if announcement.copied_to is None:
        await releases.add_copies_in_channels(tx, release, channels)
    people = await slices.next_people(tx, announcement.copied_to or 0)
    if people:
        await _copy_to(tx, release, announcement.audience, TOPIC, people, in_channels=bool(channels))
    more = people and await slices.next_people(tx, people.last)
    await unfinished.note_copied(tx, announcement.id, people.last if people and more else None, due)
    if not more:
        await sending.finish_announcements(tx, [announcement.id], now)


async def _copy_to(
    tx: Transaction, release: Release, audience: Audience, topic: Topic | None, people: IdRange, *, in_channels: bool
) -> int:
    """Enqueue copies for those of these people who are in an audience. Returns how many."""
    count = await releases.add_copies(tx, release, audience, topic, people, in_channels=in_channels)
    if in_channels:
        return count
    return count + await _call_by_name(
        tx, release, await releases.closed_to_copies(tx, release, audience, topic, people)
    )


async def go_on_without_channel(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Replace messages for channels that turned out to be deleted by a message to each person in their audience."""
    for outcome in outcomes:
        claimed = outcome.claimed
        to_a_channel = claimed.copy and claimed.op == "send" and not claimed.recipient.account_id
        if not (isinstance(outcome, Ended) and outcome.channel_gone and claimed.copy and to_a_channel):
            continue
        await note_channel(tx, claimed.recipient.chat, there=False)
        if announcement := await announcements.find_announcement(tx, claimed.copy.original_id):
            await releases.forget_copy(tx, claimed.id)
            await _enqueue_some(tx, replace(announcement, copied_to=None), now, due=now, channel=None)


async def _channels(tx: Transaction, audience: Audience, channel: SharedChannel | None) -> Sequence[CopyChannel]:
    """Return the channels in which an announcement is posted once for its audience: a group's own, or `channel`."""
    if audience.kind == "group":
        return await releases.channels_of_group(tx, audience.number)
    if audience.kind in ("all", "theme") and channel:
        return [CopyChannel(channel.platform, None, channel.chat, channel.role)]
    return []


async def _call_by_name(tx: Transaction, release: Release, people: Sequence[ClosedToCopies]) -> int:
    """Mention people who take no private messages in the thread of their last group. Returns how many rows are added.

    People without such a thread are stored as not reached.
    """
    if not people:
        return 0
    named: dict[tuple[str, int], list[str]] = defaultdict(list)
    called = await releases.called_by_name(tx, release.announcement_id)
    unreached = []
    for person in people:
        if person.native_id in called:
            continue
        thread = await releases.last_thread(tx, person.participant_id, person.platform)
        if thread is not None:
            named[person.platform, thread].append(person.native_id)
        else:
            unreached.append(person)
    await releases.add_copies_in_threads(tx, release, named)
    await releases.add_unreached(tx, release, unreached)
    return len(named) + len(unreached)


# --- Campaigns: an announcement with a link and a deadline, that reminds people before it and stops by itself.


KIND: Kind = "campaign"
"""The `kind` of announcements that are campaigns; also the beginning of the subject of a campaign's reminders."""
LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("7d", "3d", "1d", "3h", "1h"))
"""The times before its deadline at which a campaign can remind people, the longest first."""
USUAL_LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("3d", "1d", "3h"))


def campaign_subject(campaign_id: int) -> str:
    """Return the subject under which a campaign's reminders are stored."""
    return f"{KIND}:{campaign_id}"


async def plan_reminders(
    tx: Transaction, campaign_id: int, deadline: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Replace a campaign's reminders by one for each of `leads`, which are times before its `deadline`.

    Reminders that would be in the past are left out. `zone` is the gathering's time zone.
    """
    await reminding.schedule(tx, campaign_subject(campaign_id), deadline, zone, leads, now)


async def planned_reminders(tx: Transaction, campaign_id: int) -> Sequence[Lead]:
    """Return how long before its deadline a campaign will remind people, for each reminder not sent yet."""
    return [other.lead for other in await reminder_store.planned(tx, campaign_subject(campaign_id))]


async def stop_reminding(tx: Transaction, campaign_id: int) -> None:
    """Delete the reminders of a campaign, if there are any."""
    await reminding.unschedule(tx, campaign_subject(campaign_id))


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return a campaign's reminder; None if the campaign is gone or over, not sent yet, or has another deadline now."""
    announcement = await announcements.find_announcement(tx, number_of(reminder.subject))
    content = await contents.find_words(tx, number_of(reminder.subject))
    if (
        announcement is None
        or content is None
        or announcement.kind != KIND
        or announcement.state not in ("sending", "sent")
    ):
        return None
    if announcement.deadline is None or announcement.deadline != reminder.about or announcement.deadline <= now:
        return None
    return Notice(announcement.audience, remind(content))


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """Return a line that tells when a campaign ends; None if the campaign is gone or was not sent."""
    campaign = await announcements.find_announcement(tx, number_of(reminder.subject))
    if campaign is None or not campaign.is_out:
        return None
    return _("{time}: the deadline of a campaign", time=Moment(reminder.about))


CAMPAIGNS = Subject(kind=KIND, compose=_notice, name=_name, of_its_day=False)
"""How reminders of campaigns are composed and named, for the module that sends reminders."""


async def mark_done(tx: Transaction, campaign_id: int, participant_id: int, now: datetime) -> bool:
    """Store that a participant has done what a campaign asks, and cancel their reminders.

    Returns False if the participant had confirmed that before.
    """
    await remind_no_more(tx, campaign_subject(campaign_id), participant_id)
    done = _("You said that you have done it.")
    await standing.settle(tx, campaign_subject(campaign_id), done, now, people=(participant_id,))
    return await acknowledgements.mark_seen(tx, campaign_id, participant_id, now)


class Campaigns:
    """Tells the ticker (the loop that does what is due) when campaigns end, and edits their messages to say so."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, since a campaign that ended while the program was stopped is still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next campaign ends, perhaps in the past; None if there is none."""
        return await campaigns.next_campaign_end(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End the first campaign whose deadline has passed. Returns None if there is none.

        Of one to very many people, most messages are changed by `go_on`.
        """
        for campaign_id in (await campaigns.ended_campaigns(tx, now))[:1]:
            await campaigns.end_campaign(tx, campaign_id)
            await stop_reminding(tx, campaign_id)
            campaign = await announcements.find_announcement(tx, campaign_id)
            assert campaign is not None
            return Released(await _change_some(tx, campaign, now))
        return None

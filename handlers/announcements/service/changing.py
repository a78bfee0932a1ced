"""Changes announcements that were released: cancels, corrects, withdraws or retries their messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import Composition
from bot.content.texts import _
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.announcements.messages import catch_up, end
from handlers.announcements.model import Announcement, CallingBack
from handlers.announcements.service.campaigns import campaign_subject, stop_reminding
from handlers.announcements.service.drafts import check_length
from handlers.announcements.store import announcements, changes, contents, reports, sending, slices, unfinished
from handlers.announcements.store.contents import ELSE, CopiedContent, Lines
from handlers.announcements.store.slices import Copies


async def cancel_announcement(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement:
    """Cancel an announcement that is scheduled or being sent, and return its new state.

    If no message was sent, the announcement becomes a draft again; otherwise only the unsent messages are cancelled. If
    it has very many messages, this is completed later, some at a time. An announcement in another state stays as it is.
    """
    if announcement.state in ("waiting", "sending"):
        await announcements.note_over(tx, announcement.id)
    if announcement.state == "waiting":
        await announcements.set_state(tx, announcement.id, "draft")
    elif announcement.state == "sending":
        how: CallingBack = "remove" if await reports.none_was_sent(tx, announcement.id) else "cancel"
        await announcements.set_state(tx, announcement.id, "cancelled")
        await unfinished.begin_to_call_back(tx, announcement.id, how)
        if how == "cancel":
            await stop_reminding(tx, announcement.id)
        await call_back_some(tx, announcement.id, how, now)
    return await read_again(tx, announcement)


async def call_back_some(tx: Transaction, announcement_id: int, how: CallingBack, now: datetime) -> int:
    """Cancel or remove the next messages of a cancelled announcement, and return how many.

    `how` is «cancel» or «remove». When no messages are left, the announcement gets its final state, «cancelled» or
    «draft».
    """
    if how == "cancel":
        count = await changes.cancel_copies(tx, announcement_id, now, most=slices.AT_ONCE)
    else:
        count = await changes.forget_copies(tx, announcement_id, most=slices.AT_ONCE)
    if count < slices.AT_ONCE:
        await announcements.set_state(tx, announcement_id, "cancelled" if how == "cancel" else "draft")
    return count


async def change_some(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Correct, withdraw or retry the next messages of an announcement, as its state requires, and store the progress.

    If the announcement is a campaign that is over, its unsent messages are cancelled, and in the end its reminders are
    edited to say that it is over. Returns how many messages will be edited.
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
    """Replace the words of an announcement in one locale, and enqueue edits of the messages that have arrived.

    The locale ELSE stands for all readers whose language has no words of its own. Returns how many messages will be
    edited. Raises UserError if files were added or replaced by files of another kind (picture or document).
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
                "You can only correct text with text, a picture with a picture. Your text is kept; to add a"
                " file, withdraw this announcement and make a new one."
            )
        )
    if not made.body and content.lines(locale):
        raise UserError(_("You can only correct text with text: write the new one."))


async def set_words(
    tx: Transaction, announcement: Announcement, content: CopiedContent, words: Mapping[str, Lines], now: datetime
) -> int:
    """Replace all words of an announcement, and enqueue edits of the messages that have arrived.

    `words` are by locale; `content` holds the link and the files, which stay. Returns how many messages will be edited.
    """
    await contents.put_words(tx, announcement.id, words, content.link, corrected=now)
    return await edit_copies(tx, announcement, now)


async def edit_copies(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Enqueue edits of the messages that show earlier words of an announcement. Returns how many will be edited.

    If there are very many messages, most are edited later, some at a time. The result then counts all messages that
    have arrived, even in languages whose words did not change.
    """
    await unfinished.begin_to_change(tx, announcement.id)
    edited = await change_some(tx, await read_again(tx, announcement), now)
    is_done = (await read_again(tx, announcement)).changed_to is None
    return edited if is_done else await reports.count_there(tx, announcement.id)


async def withdraw_announcement(tx: Transaction, announcement: Announcement, now: datetime) -> None:
    """Withdraw an announcement: enqueue the deletion of messages that have arrived, and cancel the others.

    If there are very many messages, most are deleted later, some at a time. The report on the announcement says which
    messages a platform refused to delete.
    """
    await announcements.set_state(tx, announcement.id, "withdrawn")
    await stop_reminding(tx, announcement.id)
    await unfinished.begin_to_change(tx, announcement.id)
    await change_some(tx, await read_again(tx, announcement), now)


async def retry_failures(tx: Transaction, announcement: Announcement, now: datetime) -> None:
    """Try again every sending, editing or deletion of an announcement's messages that failed.

    If there are very many, most are tried again later, some at a time.
    """
    await unfinished.begin_to_change(tx, announcement.id, trying_again=True)
    await change_some(tx, await read_again(tx, announcement), now)


async def read_again(tx: Transaction, announcement: Announcement) -> Announcement:
    """Return an announcement as it is stored now, after a change."""
    found = await announcements.find_announcement(tx, announcement.id)
    assert found is not None
    return found

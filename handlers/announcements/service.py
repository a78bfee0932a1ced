"""Telling many people something: draft, preview, release, calling back, correcting, withdrawing, trying again.

The words are kept once (`handlers.announcements.content_store`), a copy is a row of the outbox
(`handlers.announcements.copy_store`). Everything here runs in the caller's transaction; the caller has made sure that
who asks organises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.config.settings import Settings, SharedChannel
from bot.content.errors import UserError
from bot.content.forms import Composition
from bot.content.i18n import LOCALES
from bot.content.reasons import Reason
from bot.content.texts import Localised, Reader, Span, Strong, _, _n, plain
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS
from bot.delivery.shared_channels import channel_is_gone
from bot.people import audience_store
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from handlers.announcements import campaigns, content_store, copy_store, reach, store
from handlers.announcements.broadcasting import release as put_out
from handlers.announcements.content_store import ELSE, Content, Lines
from handlers.announcements.messages import ReadAnnouncement, catch_up
from handlers.announcements.model import GRACE, MOST_PARTS, Announcement
from handlers.announcements.reach import Reach
from handlers.announcements.splitting import parts

TOPIC: Topic = "team"
"""What people turn off who want none of it."""
SAME_WITHIN = timedelta(minutes=10)
"""How long ago another organiser's same words are pointed out."""
VALID_FOR = timedelta(days=30)
"""How long what was announced may still matter to who joins late."""
_MOST_IN_DIGEST = 5
_LONGEST_TITLE = 60


async def channel_of(tx: Transaction, settings: Settings, audience: Audience) -> SharedChannel | None:
    """The channel where what is for all, or for a theme, is said once; None where it is written to each."""
    if audience.kind not in ("all", "theme"):
        return None
    channel = settings.announcements_channel(audience.value if audience.kind == "theme" else None)
    return None if channel is None or await channel_is_gone(tx, channel.chat) else channel


async def preview(tx: Transaction, settings: Settings, audience: Audience, now: datetime) -> Sequence[Reach]:
    """Everyone it is for, and how it gets to them or why it does not."""
    in_place = await channel_of(tx, settings, audience) is not None or await _has_thread(tx, audience)
    today = settings.gathering.hours.day(now)
    return await reach.reach(tx, audience, TOPIC, in_place=in_place, today=today)


def later(people: Sequence[Reach], settings: Settings, at: datetime) -> Mapping[str, int]:
    """How many of those reached get it later than what is not urgent leaves, by reason: NIGHT, or ENOUGH today."""
    hours = settings.gathering.hours
    found = Counter[str]()
    for each in people:
        alone = each.way == "private"
        if each.reached and hours.wakes_at(each.territory if alone else None, at, away=each.away):
            found[Reason.NIGHT] += 1
        elif alone and each.last_but_one and each.last_but_one >= hours.day_began(each.territory, at, away=each.away):
            found[Reason.ENOUGH] += 1
    return found


async def _has_thread(tx: Transaction, audience: Audience) -> bool:
    if audience.kind != "group":
        return False
    row = await tx.one(
        f"SELECT 1 AS found FROM spaces WHERE platform IN {SPEAKING_IN_CHANNELS} AND group_id = :group"
        " AND thread <> ''",
        group=audience.number,
    )
    return row is not None


def check_length(lines: Lines, settings: Settings) -> None:
    """Raises UserError where a platform would need more than MOST_PARTS messages for it."""
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


async def draft(tx: Transaction, settings: Settings, author_id: int, made: Composition, now: datetime) -> Announcement:
    """Keep what somebody wrote, to be addressed and sent. Raises UserError where it is too long."""
    check_length(made.body, settings)
    return await store.add(tx, author_id, made.body, made.view().attachments, now)


async def twin(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement | None:
    """The same to the same audience, sent within the last ten minutes or waiting for its hour; None for none."""
    content = await content_store.words(tx, announcement.id)
    files = await content_store.file_kinds(tx, announcement.id)
    for other in await store.rivals(tx, now - SAME_WITHIN):
        if other.id == announcement.id or other.audience != announcement.audience or not content:
            continue
        said = await content_store.words(tx, other.id)
        if said and said.words == content.words and await content_store.file_kinds(tx, other.id) == files:
            return other
    return None


async def release(
    tx: Transaction,
    settings: Settings,
    announcement: Announcement,
    now: datetime,
    *,
    urgent: bool = False,
    grace: timedelta = GRACE,
) -> bool:
    """Make the copies of a draft, or of one that waited, to leave after `grace`. False: somebody did already."""
    if not await store.begin(tx, announcement.id, now, urgent=urgent):
        return False
    await put_out(
        tx,
        announcement.id,
        announcement.audience,
        now,
        due=now + grace,
        urgent=urgent,
        topic=TOPIC,
        channel=await channel_of(tx, settings, announcement.audience),
    )
    await copy_store.finish(tx, [announcement.id], now)
    return True


async def release_due(tx: Transaction, settings: Settings, now: datetime) -> int:
    """Make the copies of all whose hour has come; of how many announcements."""
    waiting = await store.due(tx, now)
    for each in waiting:
        await release(tx, settings, each, now, urgent=each.urgent, grace=timedelta())
    return len(waiting)


async def cancel(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement:
    """Keep what has not left from leaving. Where nothing has, or it waited, it is a draft again, nothing lost."""
    if announcement.state == "waiting":
        await store.put_state(tx, announcement.id, "draft")
    elif announcement.state == "sending":
        await store.put_state(tx, announcement.id, "cancelled")
        await copy_store.cancel(tx, announcement.id, now)
        if await reach.nothing_left(tx, announcement.id):
            await reach.forget_copies(tx, announcement.id)
            await store.put_state(tx, announcement.id, "draft")
        else:
            await campaigns.stop_reminding(tx, announcement.id)
    return await _again(tx, announcement)


async def correct(
    tx: Transaction, settings: Settings, announcement: Announcement, made: Composition, now: datetime, *, locale: str
) -> int:
    """Say it otherwise, in one locale (ELSE: to all who have no words of their own): copies that arrived are edited.

    How many. A correction keeps its kind: raises UserError where other kinds of things hang on it than before.
    """
    check_length(made.body, settings)
    content = await content_store.words(tx, announcement.id)
    assert content is not None
    await _keep_kind(tx, announcement, content, made, locale)
    if made.attachments:
        await content_store.put_files(tx, announcement.id, made.view().attachments)
    return await say(tx, announcement, content, {**content.words, locale: made.body}, now)


async def _keep_kind(
    tx: Transaction, announcement: Announcement, content: Content, made: Composition, locale: str
) -> None:
    held = [kind for kind, _name, _bytes in await content_store.file_kinds(tx, announcement.id)]
    sent = ["picture" if each.picture else "file" for each in made.attachments]
    if sent and (locale != ELSE or sent != held):
        raise UserError(
            _(
                "A correction keeps its kind: text stays text, a picture another picture. Your text is kept;"
                " to add a file, withdraw this one and announce anew."
            )
        )
    if not made.body and content.lines(locale):
        raise UserError(_("A correction keeps its kind: write the text that takes the place of the old one."))


async def say(
    tx: Transaction, announcement: Announcement, content: Content, words: Mapping[str, Lines], now: datetime
) -> int:
    """Let its copies say these words from now on; how many are edited."""
    await content_store.put_words(tx, announcement.id, words, content.link, corrected=now)
    return await catch_up(tx, announcement.id, now)


async def withdraw(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Take back every copy; how many are to be deleted. What the platforms refuse is in the report."""
    await store.put_state(tx, announcement.id, "withdrawn")
    await campaigns.stop_reminding(tx, announcement.id)
    return await copy_store.withdraw(tx, announcement.id, now)


async def retry_failures(tx: Transaction, announcement: Announcement, now: datetime) -> int:
    """Try once more whom it did not reach; how many."""
    return await copy_store.retry(tx, announcement.id, now)


async def digest(tx: Transaction, participant_id: int, now: datetime) -> View | None:
    """What was announced before someone came and is still valid for them, as one message; None for nothing."""
    known = await reach.received(tx, participant_id)
    titles: list[Span] = []
    buttons: list[Button] = []
    for each in await store.released_since(tx, now - VALID_FOR):
        if len(titles) == _MOST_IN_DIGEST:
            break
        over = each.deadline is not None and each.deadline <= now
        if over or each.id in known or not await audience_store.includes(tx, each.audience, participant_id):
            continue
        content = await content_store.words(tx, each.id)
        assert content is not None
        named = title(content)
        titles.append(named)
        buttons.append(Button(named, ReadAnnouncement(each.id)))
    if not titles:
        return None
    said = _n(
        "{count} announcement was made before you came, and still holds:",
        "{count} announcements were made before you came, and still hold:",
        len(titles),
    )
    return View((said, *(Strong(each) for each in titles)), tuple(buttons))


def title(content: Content) -> Span:
    """How an announcement is known among others: the beginning of its first line, in each language it has."""
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
    found = await store.find(tx, announcement.id)
    assert found is not None
    return found

"""The places of groups, and which of them are to be brought in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.features import features_of, platforms
from bot.database.engine import Transaction
from bot.delivery.channels import CreatedChannel
from bot.people.group_store import tables

PLATFORMS = tuple(name for name, features in platforms().items() if features.group_channel)
"""Where groups can have places of their own."""
FORUM_INVITATION = "telegram_forum_invitation"
"""The setting that holds the forum's chat and the link by which people ask to enter it."""
_OFFERED = "spaces_on_{platform}"


@dataclass(frozen=True, slots=True)
class DueChannel:
    """A place that is due: `wanted` is the revision it is brought to, `attempts` how often that failed."""

    id: int
    group_id: int
    platform: str
    wanted: int
    due: datetime
    attempts: int


async def offer(tx: Transaction, platform: str, offered: bool, now: datetime) -> None:
    """Note whether a platform has places for groups; where it has, those published before get theirs too."""
    await setting_store.put(tx, _OFFERED.format(platform=platform), str(int(offered)))
    if offered:
        await tx.run(_insert("TRUE"), platform=platform, now=to_micros(now))


async def want(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Have the places of groups brought in step; a group of an unpublished round has none."""
    rows = [{"group": group_id, "now": to_micros(now)} for group_id in group_ids]
    await tx.many(
        "UPDATE channels SET wanted = wanted + 1, due_at = :now, attempts = 0 WHERE group_id = :group",
        rows,
    )
    for platform in PLATFORMS:
        if await setting_store.get(tx, _OFFERED.format(platform=platform)) == "1":
            await tx.many(_insert("g.id = :group"), [row | {"platform": platform} for row in rows])


def _insert(which: str) -> str:
    """What makes places for groups g of published rounds that have none; `which` of them, in SQL."""
    return (
        "INSERT INTO channels (group_id, platform, due_at) SELECT g.id, CAST(:platform AS TEXT), CAST(:now AS BIGINT)"
        f" FROM {tables().groups} g WHERE {tables().published} AND {which}"
        " ON CONFLICT (group_id, platform) DO NOTHING"
    )


async def want_again(tx: Transaction, delivery_id: int) -> None:
    """Have the place that a delivery goes to brought in step at once: somebody deleted what was there."""
    await tx.run(
        "UPDATE channels SET wanted = wanted + 1, due_at = 0 WHERE wanted = shown"
        " AND id = (SELECT d.channel_id FROM deliveries d WHERE d.id = :id)",
        id=delivery_id,
    )


async def groups(tx: Transaction) -> Sequence[int]:
    """The groups that have places, by id, on whichever platform."""
    rows = await tx.all("SELECT DISTINCT group_id FROM channels ORDER BY group_id")
    return [row["group_id"] for row in rows]


async def want_of(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have the places of someone's groups brought in step: an account came or went."""
    rows = await tx.all(f"SELECT m.group_id FROM {tables().members} m WHERE m.participant_id = :id", id=participant_id)
    if rows:
        await want(tx, [row["group_id"] for row in rows], now)


async def let_out(tx: Transaction, account_id: int) -> None:
    """Note that an account is in no place any more: it is let in anew when those are brought in step."""
    await tx.run("DELETE FROM admissions WHERE account_id = :id", id=account_id)


async def due(tx: Transaction, platform: str) -> DueChannel | None:
    """The place to look after next, perhaps not before `due`."""
    row = await tx.one(
        "SELECT * FROM channels WHERE platform = :platform ORDER BY due_at, id LIMIT 1",
        platform=platform,
    )
    if row is None:
        return None
    due_at = from_micros(row["due_at"])
    return DueChannel(row["id"], row["group_id"], row["platform"], row["wanted"], due_at, row["attempts"])


async def created(tx: Transaction, channel_id: int) -> CreatedChannel:
    """What is written down of a place; nothing for one that is not there."""
    row = await tx.one("SELECT * FROM channels WHERE id = :id", id=channel_id)
    if row is None:
        return CreatedChannel()
    people = await tx.all(
        "SELECT a.native_id FROM admissions e JOIN accounts a ON a.id = e.account_id WHERE e.channel_id = :id",
        id=channel_id,
    )
    return CreatedChannel(
        row["title"],
        row["chat"],
        row["thread"],
        row["role"],
        row["card"],
        row["digest"],
        frozenset(person["native_id"] for person in people),
        row["url"],
    )


async def taken(tx: Transaction, platform: str) -> frozenset[str]:
    """The native ids, of threads and roles alike, that some place has."""
    rows = await tx.all("SELECT thread, role FROM channels WHERE platform = :platform", platform=platform)
    return frozenset(each for row in rows for each in (row["thread"], row["role"]) if each)


async def note(tx: Transaction, channel_id: int, created: CreatedChannel) -> None:
    """Write down what was made."""
    await tx.run(
        "UPDATE channels SET title = :title, chat = :chat, thread = :thread, role = :role, card = :card,"
        " digest = :digest, url = :url WHERE id = :id",
        id=channel_id,
        title=created.title,
        chat=created.chat,
        thread=created.thread,
        role=created.role,
        card=created.card,
        digest=created.digest,
        url=created.url,
    )
    await tx.run("DELETE FROM admissions WHERE channel_id = :id", id=channel_id)
    await tx.many(
        "INSERT INTO admissions (channel_id, account_id) SELECT s.id, a.id FROM channels s"
        " JOIN accounts a ON a.platform = s.platform AND a.native_id = :native_id WHERE s.id = :id",
        [{"id": channel_id, "native_id": person} for person in created.people],
    )


async def done(tx: Transaction, stored: DueChannel, now: datetime, again: datetime) -> None:
    """A place is in step; it is looked after `again`, at once where more was asked for meanwhile."""
    await tx.run(
        "UPDATE channels SET shown = :wanted, attempts = 0,"
        " due_at = CASE WHEN wanted > :wanted THEN CAST(:now AS BIGINT) ELSE CAST(:again AS BIGINT) END WHERE id = :id",
        id=stored.id,
        wanted=stored.wanted,
        now=to_micros(now),
        again=to_micros(again),
    )


async def postpone(tx: Transaction, stored: DueChannel, again: datetime) -> None:
    """A place could not be brought in step, and is tried again; at once where more was asked for meanwhile."""
    await tx.run(
        "UPDATE channels SET attempts = attempts + 1, due_at = CASE WHEN wanted > :wanted THEN due_at ELSE :again END"
        " WHERE id = :id",
        id=stored.id,
        wanted=stored.wanted,
        again=to_micros(again),
    )


async def forget(tx: Transaction, channel_id: int) -> None:
    """A place is closed for good."""
    await tx.run("DELETE FROM channels WHERE id = :id", id=channel_id)


async def latest_url(tx: Transaction, participant_id: int, platform: str) -> str:
    """The address of the place of the last group that someone is in, on a platform; '' where none is there yet."""
    row = await tx.one(
        f"SELECT s.url FROM {tables().members} m JOIN channels s ON s.group_id = m.group_id AND s.platform = :platform"
        " WHERE m.participant_id = :participant AND s.url <> '' ORDER BY m.round DESC LIMIT 1",
        participant=participant_id,
        platform=platform,
    )
    return row["url"] if row else ""


async def links(tx: Transaction, group_id: int, participant_id: int) -> list[tuple[str, str]]:
    """Platform and address of a group's places, for a person: those of the platforms on which they have an account.

    Where groups' channels stand in a forum, who is not in it yet is shown the way in instead, as soon as the group is
    to have one.
    """
    rows = await tx.all(
        "SELECT s.platform, s.url, MAX(a.in_forum) AS in_forum FROM channels s"
        " JOIN accounts a ON a.platform = s.platform AND a.participant_id = :participant"
        " WHERE s.group_id = :group GROUP BY s.platform, s.url ORDER BY s.platform",
        group=group_id,
        participant=participant_id,
    )
    found = []
    for row in rows:
        url: str = row["url"]
        if features_of(row["platform"]).channels_on_request and not row["in_forum"]:
            url = (await invitation(tx))[1] or url
        if url:
            found.append((row["platform"], url))
    return found


async def invitation(tx: Transaction) -> tuple[str, str]:
    """The forum's chat, and the link by which people ask to enter it; '' for none yet."""
    chat, _space, link = (await setting_store.get(tx, FORUM_INVITATION) or "").partition(" ")
    return chat, link


async def set_invitation(tx: Transaction, chat: str, link: str) -> None:
    """Keep the link by which people ask to enter the forum."""
    await setting_store.put(tx, FORUM_INVITATION, f"{chat} {link}")


async def enter_forum(tx: Transaction, account_id: int, entered: bool) -> None:
    """Note that an account entered the forum, or left it."""
    await tx.run("UPDATE accounts SET in_forum = :entered WHERE id = :id", id=account_id, entered=int(entered))


async def in_forum(tx: Transaction, account_id: int) -> bool:
    """Whether an account is in the forum, as far as is known."""
    row = await tx.one("SELECT in_forum FROM accounts WHERE id = :id", id=account_id)
    return bool(row and row["in_forum"])


async def claim_topic(tx: Transaction, platform: str, chat: str, title: str, thread: str, url: str) -> bool:
    """Give a topic to the place it was made for, if the program ended before that was written down.

    False where it is no place's: it has one, or is gone.
    """
    known = await tx.one(
        "SELECT 1 FROM channels WHERE platform = :platform AND chat = :chat AND thread = :thread",
        platform=platform,
        chat=chat,
        thread=thread,
    )
    return bool(known) or bool(
        await tx.run(
            "UPDATE channels SET chat = :chat, thread = :thread, url = :url"
            " WHERE platform = :platform AND thread = '' AND title = :title",
            platform=platform,
            chat=chat,
            thread=thread,
            title=title,
            url=url,
        )
    )

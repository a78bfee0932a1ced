"""The SQL of groups' channels: what exists on the platforms, and which channels have to be brought in step."""

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
"""The names of the platforms on which groups can have channels of their own."""
FORUM_INVITATION = "telegram_forum_invitation"
"""The key of the setting that holds the forum's chat and the link by which people ask to enter it."""
_OFFERED = "spaces_on_{platform}"


@dataclass(frozen=True, slots=True)
class DueChannel:
    """A channel and the instant from which it is due to be brought in step with its group.

    `wanted` is the revision that it is to show, `attempts` counts the tries that failed.
    """

    id: int
    group_id: int
    platform: str
    wanted: int
    due: datetime
    attempts: int


async def set_offered(tx: Transaction, platform: str, offered: bool, now: datetime) -> None:
    """Note whether a platform gives groups channels; if so, request one for every group of a published round."""
    await setting_store.put(tx, _OFFERED.format(platform=platform), str(int(offered)))
    if offered:
        await tx.run(_insert("TRUE"), platform=platform, now=to_micros(now))


async def request_sync(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Request that the channels of groups are brought in step; groups of an unpublished round get none."""
    rows = [{"group": group_id, "now": to_micros(now)} for group_id in group_ids]
    await tx.many(
        "UPDATE channels SET wanted = wanted + 1, due_at = :now, attempts = 0 WHERE group_id = :group",
        rows,
    )
    for platform in PLATFORMS:
        if await setting_store.get(tx, _OFFERED.format(platform=platform)) == "1":
            await tx.many(_insert("g.id = :group"), [row | {"platform": platform} for row in rows])


def _insert(which: str) -> str:
    """Return the SQL that adds channels for groups `g` of published rounds without one; `which` is a condition on g."""
    return (
        "INSERT INTO channels (group_id, platform, due_at) SELECT g.id, CAST(:platform AS TEXT), CAST(:now AS BIGINT)"
        f" FROM {tables().groups} g WHERE {tables().published} AND {which}"
        " ON CONFLICT (group_id, platform) DO NOTHING"
    )


async def request_repair(tx: Transaction, delivery_id: int) -> None:
    """Request that the channel of a delivery is created anew at once, because somebody deleted it."""
    await tx.run(
        "UPDATE channels SET wanted = wanted + 1, due_at = 0 WHERE wanted = shown"
        " AND id = (SELECT d.channel_id FROM deliveries d WHERE d.id = :id)",
        id=delivery_id,
    )


async def groups_with_channels(tx: Transaction) -> Sequence[int]:
    """Return the ids of the groups that have a channel on any platform."""
    rows = await tx.all("SELECT DISTINCT group_id FROM channels ORDER BY group_id")
    return [row["group_id"] for row in rows]


async def request_sync_of_person(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Request that the channels of a person's groups are brought in step, after an account was linked or removed."""
    rows = await tx.all(f"SELECT m.group_id FROM {tables().members} m WHERE m.participant_id = :id", id=participant_id)
    if rows:
        await request_sync(tx, [row["group_id"] for row in rows], now)


async def forget_admissions(tx: Transaction, account_id: int) -> None:
    """Note that an account is in no channel any more, so that it is admitted again with the next synchronisation."""
    await tx.run("DELETE FROM admissions WHERE account_id = :id", id=account_id)


async def next_channel(tx: Transaction, platform: str) -> DueChannel | None:
    """Return the channel that is due first on a platform, perhaps in the future; None where there is none."""
    row = await tx.one(
        "SELECT * FROM channels WHERE platform = :platform ORDER BY due_at, id LIMIT 1",
        platform=platform,
    )
    if row is None:
        return None
    due_at = from_micros(row["due_at"])
    return DueChannel(row["id"], row["group_id"], row["platform"], row["wanted"], due_at, row["attempts"])


async def created_channel(tx: Transaction, channel_id: int) -> CreatedChannel:
    """Return what was created of a channel so far; an empty one where nothing was."""
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


async def used_ids(tx: Transaction, platform: str) -> frozenset[str]:
    """Return the native ids of all threads and roles that belong to a channel of ours on a platform."""
    rows = await tx.all("SELECT thread, role FROM channels WHERE platform = :platform", platform=platform)
    return frozenset(native_id for row in rows for native_id in (row["thread"], row["role"]) if native_id)


async def note_created(tx: Transaction, channel_id: int, created: CreatedChannel) -> None:
    """Store what was created of a channel so far, and who was admitted to it."""
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
        [{"id": channel_id, "native_id": native_id} for native_id in created.people],
    )


async def mark_synchronised(tx: Transaction, channel: DueChannel, now: datetime, again: datetime) -> None:
    """Note that a channel shows revision `wanted`; it is due `again`, or at once if another change was requested."""
    await tx.run(
        "UPDATE channels SET shown = :wanted, attempts = 0,"
        " due_at = CASE WHEN wanted > :wanted THEN CAST(:now AS BIGINT) ELSE CAST(:again AS BIGINT) END WHERE id = :id",
        id=channel.id,
        wanted=channel.wanted,
        now=to_micros(now),
        again=to_micros(again),
    )


async def postpone(tx: Transaction, channel: DueChannel, again: datetime) -> None:
    """Note that a try failed; the channel is due `again`, or at once if another change was requested meanwhile."""
    await tx.run(
        "UPDATE channels SET attempts = attempts + 1, due_at = CASE WHEN wanted > :wanted THEN due_at ELSE :again END"
        " WHERE id = :id",
        id=channel.id,
        wanted=channel.wanted,
        again=to_micros(again),
    )


async def forget(tx: Transaction, channel_id: int) -> None:
    """Forget a channel that was closed for good."""
    await tx.run("DELETE FROM channels WHERE id = :id", id=channel_id)


async def latest_url(tx: Transaction, participant_id: int, platform: str) -> str:
    """Return the address of a person's channel on a platform, that of their latest group; '' where there is none."""
    row = await tx.one(
        f"SELECT s.url FROM {tables().members} m JOIN channels s ON s.group_id = m.group_id AND s.platform = :platform"
        " WHERE m.participant_id = :participant AND s.url <> '' ORDER BY m.round DESC LIMIT 1",
        participant=participant_id,
        platform=platform,
    )
    return row["url"] if row else ""


async def links(tx: Transaction, group_id: int, participant_id: int) -> list[tuple[str, str]]:
    """Return a group's channels for one person, as pairs of platform and address, where they have an account.

    Where channels are topics of a forum, a person who is not in the forum gets the invitation to it instead, even
    before the group's channel exists.
    """
    rows = await tx.all(
        "SELECT s.platform, s.url, MAX(a.in_forum) AS in_forum FROM channels s"
        " JOIN accounts a ON a.platform = s.platform AND a.participant_id = :participant"
        " WHERE s.group_id = :group GROUP BY s.platform, s.url ORDER BY s.platform",
        group=group_id,
        participant=participant_id,
    )
    addresses = []
    for row in rows:
        url: str = row["url"]
        if features_of(row["platform"]).channels_on_request and not row["in_forum"]:
            url = (await forum_invitation(tx))[1] or url
        if url:
            addresses.append((row["platform"], url))
    return addresses


async def forum_invitation(tx: Transaction) -> tuple[str, str]:
    """Return the forum's chat and the link by which people ask to enter it; '' for what does not exist yet."""
    chat, _space, link = (await setting_store.get(tx, FORUM_INVITATION) or "").partition(" ")
    return chat, link


async def set_forum_invitation(tx: Transaction, chat: str, link: str) -> None:
    """Store the link by which people ask to enter the forum."""
    await setting_store.put(tx, FORUM_INVITATION, f"{chat} {link}")


async def set_in_forum(tx: Transaction, account_id: int, entered: bool) -> None:
    """Note whether an account is in the forum."""
    await tx.run("UPDATE accounts SET in_forum = :entered WHERE id = :id", id=account_id, entered=int(entered))


async def is_in_forum(tx: Transaction, account_id: int) -> bool:
    """Return whether an account is known to be in the forum."""
    row = await tx.one("SELECT in_forum FROM accounts WHERE id = :id", id=account_id)
    return bool(row and row["in_forum"])


async def claim_topic(tx: Transaction, platform: str, chat: str, title: str, thread: str, url: str) -> bool:
    """Assign a topic to the channel it was created for, if the program ended before it was stored.

    Returns False where the topic belongs to no channel: the channel has another topic, or is gone.
    """
    row = await tx.one(
        "SELECT 1 FROM channels WHERE platform = :platform AND chat = :chat AND thread = :thread",
        platform=platform,
        chat=chat,
        thread=thread,
    )
    return bool(row) or bool(
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

"""The SQL of groups' channels: what was created on the platforms, and which channels have to be updated.

A group's channel is a thread on Discord and a topic of the forum on Telegram. A round is one day's set of groups; its
groups get channels once the round is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.features import features_of, platforms
from bot.database.engine import Transaction, one_column
from bot.delivery.channels import CreatedChannel
from bot.people.group_store import tables

PLATFORMS = tuple(name for name, features in platforms().items() if features.group_channel)
"""The names of the platforms on which groups can have channels of their own."""
FORUM_INVITATION = "telegram_forum_invitation"
"""The key of the setting with the forum's chat and the link by which people ask to enter that chat."""
_OFFERED = "spaces_on_{platform}"


@dataclass(frozen=True, slots=True)
class DueChannel:
    """A group's channel that must be compared with its group at the instant `due`, and updated.

    `wanted` is the revision that the channel must show. `attempts` counts the failed attempts.
    """

    id: int
    group_id: int
    platform: str
    wanted: int
    due: datetime
    attempts: int


async def set_offered(tx: Transaction, platform: str, offered: bool, now: datetime) -> None:
    """Store whether groups can have channels (threads or topics) on a platform.

    If `offered` is True, a channel is requested for every group of a published round that has none on the platform. A
    round is the groups of one day; people know them once it is published.
    """
    await setting_store.put(tx, _OFFERED.format(platform=platform), str(int(offered)))
    if offered:
        await tx.run(_insert("TRUE"), platform=platform, now=to_micros(now))


async def request_sync(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Request that the channels (threads or topics) of groups are created or updated.

    Groups that are not published yet, so that people do not know them, get no channels.
    """
    rows = [{"group": group_id, "now": to_micros(now)} for group_id in group_ids]
    await tx.many(
        "UPDATE channels SET wanted = wanted + 1, due_at = :now, attempts = 0 WHERE group_id = :group",
        rows,
    )
    for platform in PLATFORMS:
        if await setting_store.get(tx, _OFFERED.format(platform=platform)) == "1":
            await tx.many(_insert("g.id = :group"), [row | {"platform": platform} for row in rows])


def _insert(which: str) -> str:
    """Return the SQL that adds channels for groups `g` of published rounds that have none.

    `which` is an SQL condition that restricts the groups g.
    """
    return (
        "INSERT INTO channels (group_id, platform, due_at) SELECT g.id, CAST(:platform AS TEXT), CAST(:now AS BIGINT)"
        f" FROM {tables().groups} g WHERE {tables().published} AND {which}"
        " ON CONFLICT (group_id, platform) DO NOTHING"
    )


async def request_repair(tx: Transaction, delivery_id: int) -> None:
    """Request that a group's channel is created again at once, because somebody deleted it.

    `delivery_id` is the id of a message that could not be sent to the channel. Nothing happens if an update of the
    channel was requested already.
    """
    await tx.run(
        "UPDATE channels SET wanted = wanted + 1, due_at = 0 WHERE wanted = shown"
        " AND id = (SELECT d.channel_id FROM deliveries d WHERE d.id = :id)",
        id=delivery_id,
    )


async def groups_with_channels(tx: Transaction) -> Sequence[int]:
    """Return the ids of the groups that have a channel (thread or topic) on any platform."""
    return await tx.values(int, "SELECT DISTINCT group_id FROM channels ORDER BY group_id")


async def request_sync_of_person(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Request that the channels of a participant's groups are updated, after an account was linked or unlinked."""
    rows = await tx.all(f"SELECT m.group_id FROM {tables().members} m WHERE m.participant_id = :id", id=participant_id)
    if rows:
        await request_sync(tx, [row["group_id"] for row in rows], now)


async def forget_admissions(tx: Transaction, account_id: int) -> None:
    """Store that an account is no longer a member of any group's channel.

    If the account should belong to a channel, the next update of the channel admits it again.
    """
    await tx.run("DELETE FROM admissions WHERE account_id = :id", id=account_id)


async def next_channel(tx: Transaction, platform: str) -> DueChannel | None:
    """Return the group's channel that must be updated first on a platform; None if there is none.

    The instant at which it must be updated may be in the future.
    """
    row = await tx.one(
        "SELECT * FROM channels WHERE platform = :platform ORDER BY due_at, id LIMIT 1",
        platform=platform,
    )
    if row is None:
        return None
    due_at = from_micros(row["due_at"])
    return DueChannel(row["id"], row["group_id"], row["platform"], row["wanted"], due_at, row["attempts"])


async def created_channel(tx: Transaction, channel_id: int) -> CreatedChannel:
    """Return what has been created so far of a group's channel on its platform; an empty CreatedChannel for nothing."""
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
    """Return the platform's ids of all threads and roles that were created for groups' channels."""
    rows = await tx.all("SELECT thread, role FROM channels WHERE platform = :platform", platform=platform)
    return frozenset(native_id for row in rows for native_id in (row["thread"], row["role"]) if native_id)


async def note_created(tx: Transaction, channel_id: int, created: CreatedChannel) -> None:
    """Store what was created so far of a group's channel on its platform, and which accounts were admitted to it."""
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
    """Store that a group's channel shows its revision `channel.wanted`.

    The channel is updated again at the instant `again`, or at once if a change was requested in the meantime.
    """
    await tx.run(
        "UPDATE channels SET shown = :wanted, attempts = 0,"
        " due_at = CASE WHEN wanted > :wanted THEN CAST(:now AS BIGINT) ELSE CAST(:again AS BIGINT) END WHERE id = :id",
        id=channel.id,
        wanted=channel.wanted,
        now=to_micros(now),
        again=to_micros(again),
    )


async def postpone(tx: Transaction, channel: DueChannel, again: datetime) -> None:
    """Store that an attempt to update a group's channel failed.

    The attempt is repeated at the instant `again`, or earlier if another change was requested in the meantime.
    """
    await tx.run(
        "UPDATE channels SET attempts = attempts + 1, due_at = CASE WHEN wanted > :wanted THEN due_at ELSE :again END"
        " WHERE id = :id",
        id=channel.id,
        wanted=channel.wanted,
        again=to_micros(again),
    )


async def forget(tx: Transaction, channel_id: int) -> None:
    """Delete the row of a group's channel that was closed for good on its platform."""
    await tx.run("DELETE FROM channels WHERE id = :id", id=channel_id)


async def latest_url(tx: Transaction, participant_id: int, platform: str) -> str:
    """Return the address of the channel (thread or topic) of a participant's latest group on a platform; '' if none."""
    found = await tx.value_or_none(
        str,
        f"SELECT s.url FROM {tables().members} m JOIN channels s ON s.group_id = m.group_id AND s.platform = :platform"
        " WHERE m.participant_id = :participant AND s.url <> '' ORDER BY m.round DESC LIMIT 1",
        participant=participant_id,
        platform=platform,
    )
    return found or ""


async def links(
    tx: Transaction, group_id: int, participant_ids: Collection[int]
) -> Mapping[int, Sequence[tuple[str, str]]]:
    """Return the channels (threads or topics) of a group for each of some participants, by the participant's id.

    Each channel is a pair of platform and address. Only platforms on which the participant has an account are included.
    For a topic in a forum that the participant has not entered, the address is the invitation to the forum, even before
    the topic exists.
    """
    rows = await tx.all(
        "SELECT a.participant_id, s.platform, s.url, MAX(a.in_forum) AS in_forum FROM channels s"
        " JOIN accounts a ON a.platform = s.platform"
        " AND a.participant_id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:people))"
        " WHERE s.group_id = :group GROUP BY a.participant_id, s.platform, s.url ORDER BY s.platform",
        group=group_id,
        people=one_column(participant_ids),
    )
    addresses: dict[int, list[tuple[str, str]]] = {participant_id: [] for participant_id in participant_ids}
    for row in rows:
        url: str = row["url"]
        if features_of(row["platform"]).channels_on_request and not row["in_forum"]:
            url = (await forum_invitation(tx))[1] or url
        if url:
            addresses[row["participant_id"]].append((row["platform"], url))
    return addresses


async def forum_invitation(tx: Transaction) -> tuple[str, str]:
    """Return the chat of the Telegram forum with the groups' topics, and the link by which people ask to enter it.

    Both are '' before the forum is set up.
    """
    chat, _space, link = (await setting_store.get(tx, FORUM_INVITATION) or "").partition(" ")
    return chat, link


async def set_forum_invitation(tx: Transaction, chat: str, link: str) -> None:
    """Store the chat of the Telegram forum with the groups' topics, and the link by which people ask to enter it."""
    await setting_store.put(tx, FORUM_INVITATION, f"{chat} {link}")


async def set_in_forum(tx: Transaction, account_id: int, entered: bool) -> None:
    """Store whether an account is in the Telegram forum with the groups' topics.

    `entered` is True if it entered the forum, False if it left.
    """
    await tx.run("UPDATE accounts SET in_forum = :entered WHERE id = :id", id=account_id, entered=int(entered))


async def is_in_forum(tx: Transaction, account_id: int) -> bool:
    """Return whether an account is known to be in the Telegram forum with the groups' topics."""
    row = await tx.one("SELECT in_forum FROM accounts WHERE id = :id", id=account_id)
    return bool(row and row["in_forum"])


async def claim_topic(tx: Transaction, platform: str, chat: str, title: str, thread: str, url: str) -> bool:
    """Assign a forum topic, whose id was not stored before the program ended, to the group's channel that it is for.

    The channel is found by its `title`. `chat` is the forum; `thread` and `url` are the topic's id and address. Returns
    True if a channel now has the topic, or had it already; False if the topic belongs to no channel.
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

"""The conversation of a personal page: what a chat platform would keep for us is kept here, the last 500 messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import from_micros, to_micros
from bot.content.roles import Who
from bot.content.stored_texts import decode, encode
from bot.content.texts import Span, _
from bot.content.views import View, decode_view, encode_view
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from bot.people.facilitator_store import ROLE

Author = Literal["bot", "person"]
Kind = Literal["file", "picture"]

KEPT = 500
"""Messages of one page; those that changed before them are forgotten."""
AT_ONCE = 50
"""Messages that are read at once, at most: a page opens with the latest, and older ones are paged back to."""
BEARERS = 50
"""Messages of one page that keep what hangs on them: a file is large, and can be asked for again."""
SECRETS_KEPT = timedelta(hours=1)
"""How long a page shows what opens a door to others, like their invitations."""
_END = 2**62
"""Above every id."""


WITHHELD = View((_("This was for the team. It is not shown any more."),))
"""What stands in the place of a message that its reader's role does not let them read any more."""

FILES = FileTable(name="page_files", owner="message_id", named=True, held=True)
"""What was shown on pages: files beside the database, and in the oldest rows the files themselves."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """What is to hang on a message: its content is the file that `digest` names, else (where that is '') `content`.

    `size` is the width and height of a picture as it is seen, in pixels; None for everything else.
    """

    kind: Kind
    name: str
    media_type: str
    alt: Span = ""
    size: tuple[int, int] | None = None
    digest: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Attached:
    """What hangs on a message at a `position`, without its content. `alt` is in the words of who made it.

    `size` is the width and height of a picture as it is seen, in pixels; None where they are not known.
    """

    position: int
    kind: Kind
    name: str
    alt: Span = ""
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PageFile:
    """What a file of a page is called and where its content is: in the file that `digest` names, else in `content`."""

    name: str
    digest: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One message as it stands: its view (what hangs on it apart) and the passing word that came with it.

    `revision` grows with every change of the person's page, `pushed` says that nobody had asked for it, `pinned` that
    it stays in sight. One that was taken away shows nothing any more.
    """

    id: int
    author: Author
    view: View
    toast: Span | None
    revision: int
    pushed: bool
    said_at: datetime
    changed_at: datetime
    seen: bool
    attached: tuple[Attached, ...] = ()
    pinned: bool = False

    @property
    def gone(self) -> bool:
        """Whether it was taken away."""
        return not (self.view.lines or self.view.buttons or self.view.choice or self.attached)

    @property
    def withheld(self) -> bool:
        """Whether its reader's role does not let them read it any more."""
        return self.view == WITHHELD


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages in the order in which they were said. Others were said before the one that `older` names, if any."""

    messages: list[PageMessage]
    older: int | None


async def add(
    tx: Transaction,
    participant_id: int,
    author: Author,
    view: View,
    now: datetime,
    *,
    attached: Sequence[Hanging] = (),
    toast: Span | None = None,
    delivery_id: int | None = None,
) -> int:
    """Say something on a person's page; the message's id. The same delivery is said once.

    What hangs on it is told by `attached`, not by the view: raises ValueError for a view with attachments.

    What was pushed, with its `delivery_id`, counts as unread; anything else answers who is looking.
    """
    row = await tx.one(
        "INSERT INTO page_messages"
        " (participant_id, author, content, secret, who, toast, revision, delivery_id, said_at, changed_at, seen_at)"
        " VALUES (:participant, :author, :content, :secret, :who, :toast,"
        " (SELECT COALESCE(MAX(revision), 0) + 1 FROM page_messages WHERE participant_id = :participant),"
        " :delivery, :now, :now, :seen) ON CONFLICT (delivery_id) DO NOTHING RETURNING id",
        participant=participant_id,
        author=author,
        content=_content(view),
        secret=int(view.secret),
        who=int(view.who or Who.ANYONE),
        toast=_toast(toast),
        delivery=delivery_id,
        now=to_micros(now),
        seen=None if delivery_id else to_micros(now),
    )
    if row is None:
        known = await tx.one("SELECT id FROM page_messages WHERE delivery_id = :delivery", delivery=delivery_id)
        assert known is not None
        return int(known["id"])
    await _attach(tx, row["id"], attached)
    if attached:
        await tx.run(
            "DELETE FROM page_files WHERE message_id IN (SELECT id FROM page_messages"
            " WHERE participant_id = :participant AND pinned = 0 AND id <= (SELECT DISTINCT f.message_id"
            " FROM page_files f JOIN page_messages m ON m.id = f.message_id WHERE m.participant_id = :participant"
            " ORDER BY f.message_id DESC LIMIT 1 OFFSET :bearers))",
            participant=participant_id,
            bearers=BEARERS,
        )
    await tx.run(
        "DELETE FROM page_messages WHERE participant_id = :participant AND pinned = 0"
        " AND revision <= (SELECT revision FROM page_messages WHERE participant_id = :participant"
        " ORDER BY revision DESC LIMIT 1 OFFSET :kept)",
        participant=participant_id,
        kept=KEPT,
    )
    return int(row["id"])


async def change(
    tx: Transaction,
    participant_id: int,
    message_id: int,
    view: View,
    now: datetime,
    *,
    attached: Sequence[Hanging] = (),
    toast: Span | None = None,
    seen: bool | None,
) -> bool:
    """Show a message of the bot's in a later state, as `add` does. False when this page has none such any more.

    It counts as `seen`, or not; None leaves that as it was.
    """
    changed = await tx.run(
        "UPDATE page_messages SET content = :content, secret = :secret,"
        " who = CASE WHEN :keep = 1 THEN who ELSE CAST(:who AS INTEGER) END, toast = :toast, changed_at = :now,"
        " seen_at = CASE WHEN :keep = 1 THEN seen_at ELSE CAST(:seen AS BIGINT) END,"
        " revision = (SELECT MAX(revision) + 1 FROM page_messages WHERE participant_id = :participant)"
        " WHERE id = :id AND participant_id = :participant AND author = 'bot'",
        keep=int(seen is None),
        id=message_id,
        participant=participant_id,
        content=_content(view),
        secret=int(view.secret),
        who=int(view.who or Who.ANYONE),
        toast=_toast(toast),
        now=to_micros(now),
        seen=to_micros(now) if seen else None,
    )
    if changed:
        await tx.run("DELETE FROM page_files WHERE message_id = :id", id=message_id)
        await _attach(tx, message_id, attached)
    return bool(changed)


async def pin(tx: Transaction, participant_id: int, message_id: int, now: datetime) -> bool:
    """Keep a message in sight, and none but this one. False when this page has no such message any more."""
    for pinned, where in ((0, "pinned = 1 AND id <> :id"), (1, "pinned = 0 AND id = :id")):
        await tx.run(
            "UPDATE page_messages SET pinned = :pinned, changed_at = :now,"
            " revision = (SELECT MAX(revision) + 1 FROM page_messages WHERE participant_id = :participant)"
            f" WHERE participant_id = :participant AND author = 'bot' AND {where}",
            pinned=pinned,
            id=message_id,
            participant=participant_id,
            now=to_micros(now),
        )
    row = await tx.one(
        "SELECT 1 AS one FROM page_messages WHERE participant_id = :participant AND id = :id",
        participant=participant_id,
        id=message_id,
    )
    return row is not None


async def changes(tx: Transaction, participant_id: int, after: int) -> list[PageMessage]:
    """The messages that changed first since a revision, AT_ONCE at most, in the order in which they changed."""
    which = "revision > :after ORDER BY revision LIMIT :most"
    found = await _read(tx, participant_id, which, after=after, most=AT_ONCE)
    return sorted(found, key=lambda message: message.revision)


async def latest(tx: Transaction, participant_id: int, most: int = AT_ONCE) -> Stretch:
    """The end of the conversation, and what is pinned further up."""
    stretch = await before(tx, participant_id, _END, most)
    if stretch.older is None:
        return stretch
    pinned = await _read(tx, participant_id, "pinned = 1 AND id < :first", first=stretch.older)
    return Stretch([*pinned, *stretch.messages], stretch.older)


async def before(tx: Transaction, participant_id: int, message_id: int, most: int = AT_ONCE) -> Stretch:
    """What was said before a message, the last of it."""
    which = "id < :before ORDER BY id DESC LIMIT :most"
    found = await _read(tx, participant_id, which, before=message_id, most=most + 1)
    messages = found[-most:]
    return Stretch(messages, messages[0].id if len(found) > most else None)


async def is_further_up(tx: Transaction, participant_id: int, message_id: int) -> bool:
    """Whether a page does not open with a message, so that it has to be paged back to."""
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM page_messages l WHERE l.participant_id = :participant AND l.id > m.id) AS later"
        " FROM page_messages m WHERE m.id = :id AND m.participant_id = :participant AND m.pinned = 0",
        id=message_id,
        participant=participant_id,
    )
    return row is not None and int(row["later"]) >= AT_ONCE


async def latest_revision(tx: Transaction, participant_id: int) -> int:
    """Up to where someone's page has changed; 0 for an empty one."""
    row = await tx.one(
        "SELECT COALESCE(MAX(revision), 0) AS revision FROM page_messages WHERE participant_id = :participant",
        participant=participant_id,
    )
    assert row is not None
    return int(row["revision"])


async def _read(tx: Transaction, participant_id: int, which: str, **values: int) -> list[PageMessage]:
    """The messages of a page that a condition finds, in the order in which they were said."""
    found = f"(SELECT id FROM page_messages WHERE participant_id = :participant AND {which})"
    rows = await tx.all(
        f"SELECT m.*, CASE WHEN m.who <= {ROLE} THEN 1 ELSE 0 END AS theirs FROM page_messages m"
        f" JOIN participants p ON p.id = m.participant_id WHERE m.id IN {found} ORDER BY m.id",
        participant=participant_id,
        **values,
    )
    hanging = await tx.all(
        "SELECT f.message_id, f.position, f.kind, f.name, f.alt, f.width, f.height FROM page_files f"
        f" WHERE f.message_id IN {found} ORDER BY f.position",
        participant=participant_id,
        **values,
    )
    attached: dict[int, list[Attached]] = {}
    for row in hanging:
        size = None if row["width"] is None else (row["width"], row["height"])
        each = Attached(row["position"], row["kind"], row["name"], decode(json.loads(row["alt"])), size)
        attached.setdefault(row["message_id"], []).append(each)
    return [_message(row, tuple(attached.get(row["id"], ()))) for row in rows]


async def view_of(tx: Transaction, participant_id: int, message_id: int) -> View | None:
    """What one of the bot's messages on a person's page shows, what hangs on it apart."""
    row = await tx.one(
        "SELECT m.content FROM page_messages m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.id = :id AND m.participant_id = :participant AND m.author = 'bot' AND m.who <= {ROLE}",
        id=message_id,
        participant=participant_id,
    )
    return decode_view(json.loads(row["content"])) if row else None


async def bears_what_would_be_lost(tx: Transaction, participant_id: int, message_id: int) -> bool:
    """Whether something hangs on a message of a person's page, or it shows a secret: it is there once."""
    row = await tx.one(
        "SELECT 1 AS one FROM page_messages m WHERE m.id = :id AND m.participant_id = :participant AND (m.secret = 1"
        " OR EXISTS (SELECT 1 FROM page_files f WHERE f.message_id = m.id))",
        id=message_id,
        participant=participant_id,
    )
    return row is not None


async def attachment(tx: Transaction, participant_id: int, message_id: int, position: int) -> PageFile | None:
    """What hangs on a message at a position, for the person on whose page it is."""
    row = await tx.one(
        "SELECT f.name, f.digest, f.content FROM page_files f JOIN page_messages m ON m.id = f.message_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE f.message_id = :id AND f.position = :position AND m.participant_id = :participant AND m.who <= {ROLE}",
        id=message_id,
        position=position,
        participant=participant_id,
    )
    return PageFile(row["name"], row["digest"], bytes(row["content"])) if row else None


async def withhold(tx: Transaction, participant_id: int, least: Who, now: datetime) -> None:
    """Forget what someone's page showed them as one of `least` or above, with all that hung on it."""
    rows = await tx.all(
        "SELECT id FROM page_messages WHERE participant_id = :participant AND author = 'bot' AND who >= :least"
        " ORDER BY id",
        participant=participant_id,
        least=int(least),
    )
    for row in rows:
        await change(tx, participant_id, row["id"], WITHHELD, now, seen=True)


async def mark_seen(tx: Transaction, participant_id: int, revision: int, now: datetime) -> int:
    """The person has seen their page up to a revision; how many messages were new to them."""
    return await tx.run(
        "UPDATE page_messages SET seen_at = :now"
        " WHERE participant_id = :participant AND revision <= :revision AND seen_at IS NULL",
        participant=participant_id,
        revision=revision,
        now=to_micros(now),
    )


async def forget_secrets(tx: Transaction, now: datetime) -> int:
    """Drop the messages that showed a secret, and their files, once they have been there long enough to be saved."""
    return await tx.run(
        "DELETE FROM page_messages WHERE secret = 1 AND changed_at <= :before", before=to_micros(now - SECRETS_KEPT)
    )


async def _attach(tx: Transaction, message_id: int, attached: Sequence[Hanging]) -> None:
    for position, each in enumerate(attached):
        await tx.run(
            "INSERT INTO page_files"
            " (message_id, position, kind, name, media_type, alt, content, digest, width, height)"
            " VALUES (:id, :position, :kind, :name, :media_type, :alt, :content, :digest, :width, :height)",
            id=message_id,
            position=position,
            kind=each.kind,
            name=each.name,
            media_type=each.media_type,
            alt=json.dumps(encode(each.alt), ensure_ascii=False),
            content=each.content,
            digest=each.digest,
            width=each.size[0] if each.size else None,
            height=each.size[1] if each.size else None,
        )


def _message(row: Row, attached: tuple[Attached, ...]) -> PageMessage:
    theirs = bool(row["theirs"])
    return PageMessage(
        row["id"],
        row["author"],
        decode_view(json.loads(row["content"])) if theirs else WITHHELD,
        decode(json.loads(row["toast"])) if row["toast"] and theirs else None,
        row["revision"],
        row["delivery_id"] is not None,
        from_micros(row["said_at"]),
        from_micros(row["changed_at"]),
        row["seen_at"] is not None,
        attached if theirs else (),
        bool(row["pinned"]),
    )


def _content(view: View) -> str:
    return json.dumps(encode_view(view), ensure_ascii=False)


def _toast(toast: Span | None) -> str | None:
    return json.dumps(encode(toast), ensure_ascii=False) if toast is not None else None

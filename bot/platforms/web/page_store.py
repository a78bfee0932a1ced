"""Stores the conversations on personal pages: the last 500 messages of each, with their attachments."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal

from bot.clock import from_micros, to_micros
from bot.content import confidential_views
from bot.content.roles import Required, Who, stored
from bot.content.stored_texts import decode, encode
from bot.content.texts import Span, _
from bot.content.views import View, decode_view, encode_view
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from bot.membership import browsers
from bot.people import browser_store
from bot.people.browser_store import Browser
from bot.people.reference_store import without_erased, written_out
from bot.people.role_store import HAS_ROLE, is_lost, loss, may_read

Author = Literal["bot", "person"]
Kind = Literal["file", "picture"]

KEPT = 500
"""How many messages of one page are stored, not counting messages that warn about new browsers.

If there are more, the messages that changed longest ago are deleted first.
"""
AT_ONCE = 50
"""The most messages that are read at once: a page opens with the latest, and links open earlier ones."""
KEPT_OF_NEW_BROWSERS = 100
"""How many messages of one page are stored from each new browser, and from all closed browsers together.

None of them displaces a message of the owner, or of another browser in which the page is open.
"""
WARNINGS_KEPT = 5
"""How many messages that warn about new browsers one page keeps, however many browsers were opened."""
BEARERS = 50
"""How many messages of one page, and of each new browser, keep their attachments, which people can request again."""
SECRETS_KEPT = timedelta(hours=1)
"""How long a page shows messages with secrets, like the invitations of other people."""
_END = 2**62
"""A number above every id."""


_ELSEWHERE = "COALESCE(answered_in, '') = ''"
"""The SQL condition that a message was not said in a new browser."""
_IN_BROWSER = "answered_in = :browser"
"""The SQL condition that a message was said in one new browser."""
_WARNS = "EXISTS (SELECT 1 FROM deliveries d WHERE d.id = page_messages.delivery_id AND d.subject LIKE 'browser:%')"
"""The SQL condition that a message warns of a browser in which the page was opened."""

WITHHELD = View((_("This was for the team. It is no longer shown."),))
"""The message shown instead of one that its reader, after losing a role, may no longer read."""

FILES = FileTable(name="page_files", owner="message_id", named=True, held=True)
"""The table of pages' attachments. Their content is in files beside the database; in old rows, in the table itself."""


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """An attachment to be stored with a message.

    Its content is in the stored file with the digest `digest`; if `digest` is '', it is in `content`. `size` is the
    width and height in pixels of a picture as it is shown; None for everything else.
    """

    kind: Kind
    name: str
    media_type: str
    alt: Span = ""
    size: tuple[int, int] | None = None
    digest: str = ""
    content: bytes = b""
    named: frozenset[int] | None = None
    """The ids of the participants whom it names; None if it may name anybody."""
    made_from: str = ""
    """The table of the confidential answers that the attachment shows; '' for none (see `bot.content.views.File`)."""


@dataclass(frozen=True, slots=True)
class PageAttachment:
    """An attachment of a message, without its content. `alt` describes a picture.

    `position` is its number among the message's attachments, from 0. `size` is the width and height in pixels of a
    picture as it is shown; None if unknown.
    """

    position: int
    kind: Kind
    name: str
    alt: Span = ""
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PageFile:
    """The name and content of an attachment.

    The content is in the stored file with the digest `digest`; if `digest` is '', it is in `content`.
    """

    name: str
    digest: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One message of a page in its present state: its view without attachments, and the short notice shown with it.

    `revision` is the number of its last change; each person's page counts its changes from 1. `pushed` is True if the
    program sent it by itself, not as an answer; `pinned` if it stays at the top; `seen` if the person has seen it;
    `secret` if no device may store it; `for_a_role` if it needs a role to be read, or answers something that a person
    with a role did in a confirmed browser.

    `answered_in` is None unless it is an answer. It is then the id of the browser in which the person acted, if that
    browser is unconfirmed (its owner has not confirmed it), otherwise ''. A deleted message has an empty view. Messages
    with the same `appearance` differ only in their ids, revisions and times, in who may see them and who has seen them;
    `appearance` is None for messages with secrets.
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
    appearance: Hashable | None
    attached: tuple[PageAttachment, ...] = ()
    pinned: bool = False
    secret: bool = False
    answered_in: str | None = None
    for_a_role: bool = False

    @property
    def gone(self) -> bool:
        """Whether the message was deleted."""
        return not (self.view.lines or self.view.buttons or self.view.choice or self.attached)

    @property
    def withheld(self) -> bool:
        """Whether the reader, after losing a role, may no longer read the message."""
        return self.view == WITHHELD

    def waits_in(self, browser: Browser) -> bool:
        """Return whether a browser that nobody confirmed must not show the message, or not yet.

        A new browser shows the answers to what is done in it. It does not show what is meant for the team, what the
        person wrote or was answered elsewhere, a conversation in confidence, a secret such as a code, files with the
        person's own data, or anything confidential that was delivered before the page was opened in it.

        A browser that opened by itself, because its owner had no other way to confirm it, shows more: everything except
        what is meant for a role, what answered a person with a role elsewhere, and secrets.
        """
        view = self.view
        if self.secret or self.for_a_role or stored(view.who)[0] > Who.PARTICIPANT:
            return True
        if not browser.waits:
            return False
        if view.drawn or view.asked_in not in (None, browser.id):
            return True
        if self.answered_in is None:
            return view.confidential and self.changed_at < browser.opened
        return self.answered_in != browser.id


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some messages of a page that follow each other, in the order in which they were added.

    `older` is the id before which the page has earlier messages (see `before`); None if it has none.
    """

    messages: list[PageMessage]
    older: int | None


async def add(
    tx: Transaction,
    participant_id: int,
    author: Author,
    view: View,
    now: datetime,
    *,
    attached: Sequence[NewAttachment] = (),
    toast: Span | None = None,
    delivery_id: int | None = None,
    answered_in: str | None = None,
) -> int:
    """Add a message to a person's page, and return its id. A delivery that was added before is not added again.

    `delivery_id` is the id of the delivery, which counts as unread; None for an answer. `toast` is a short notice shown
    with the message. `answered_in` is None for a message that is no answer; for an answer it is the id of the browser
    that gets it, if the owner has not confirmed this browser, otherwise ''. Raises ValueError for a view with
    attachments: pass these as `attached`.
    """
    who, role = stored(view.who)
    row = await tx.one(
        "INSERT INTO page_messages"
        " (participant_id, author, content, secret, confidential, who, role, toast, revision, delivery_id, answered_in,"
        " said_at, changed_at, seen_at) VALUES (:participant, :author, :content, :secret, :confidential, :who, :role,"
        " :toast, (SELECT COALESCE(MAX(revision), 0) + 1 FROM page_messages WHERE participant_id = :participant),"
        " :delivery, :answered, :now, :now, :seen) ON CONFLICT (delivery_id) DO NOTHING RETURNING id",
        participant=participant_id,
        author=author,
        content=_content(view),
        secret=int(view.secret),
        confidential=int(view.confidential),
        who=who,
        role=role,
        toast=_toast(toast),
        delivery=delivery_id,
        answered=answered_in,
        now=to_micros(now),
        seen=None if delivery_id else to_micros(now),
    )
    if row is None:
        existing = await tx.one("SELECT id FROM page_messages WHERE delivery_id = :delivery", delivery=delivery_id)
        assert existing is not None
        return int(existing["id"])
    await _attach(tx, row["id"], attached)
    if attached:
        of_place = f"participant_id = :participant AND {_IN_BROWSER if answered_in else _ELSEWHERE}"
        await tx.run(
            f"DELETE FROM page_files WHERE message_id IN (SELECT id FROM page_messages WHERE {of_place} AND pinned = 0"
            " AND id <= (SELECT DISTINCT f.message_id FROM page_files f JOIN page_messages m ON m.id = f.message_id"
            f" WHERE {of_place} ORDER BY f.message_id DESC LIMIT 1 OFFSET :bearers))",
            participant=participant_id,
            bearers=BEARERS,
            browser=answered_in,
        )
    if answered_in:
        of_closed = f"answered_in <> '' AND answered_in NOT IN {browser_store.OPEN}"
        for which in (_IN_BROWSER, of_closed):
            await _keep_latest(tx, participant_id, KEPT_OF_NEW_BROWSERS, which, answered_in)
    else:
        # A person who floods the page must not displace the messages with which they can be stopped.
        await _keep_latest(tx, participant_id, KEPT, _ELSEWHERE, but=_WARNS)
    return int(row["id"])


async def keep_latest_warnings(tx: Transaction, participant_id: int) -> None:
    """Delete the messages on a page that warn about new browsers, except the latest WARNINGS_KEPT."""
    await _keep_latest(tx, participant_id, WARNINGS_KEPT, _WARNS)


async def _keep_latest(
    tx: Transaction, participant_id: int, most: int, which: str, browser: str = "", *, but: str = "1 = 0"
) -> None:
    """Delete the messages of a page that the SQL condition `which` selects that changed before the last ones.

    `most` is how many stay, besides pinned ones and what the SQL condition `but` selects. `browser` is the value of
    `:browser` in `which`.
    """
    await tx.run(
        f"DELETE FROM page_messages WHERE participant_id = :participant AND pinned = 0 AND {which} AND NOT ({but})"
        f" AND revision <= (SELECT revision FROM page_messages WHERE participant_id = :participant AND {which}"
        " ORDER BY revision DESC LIMIT 1 OFFSET :limit)",
        participant=participant_id,
        limit=most,
        browser=browser,
    )


async def change(
    tx: Transaction,
    participant_id: int,
    message_id: int,
    view: View,
    now: datetime,
    *,
    attached: Sequence[NewAttachment] = (),
    toast: Span | None = None,
    seen: bool | None,
    answered_in: str | None = None,
) -> bool:
    """Change a message of the bot on a person's page. Returns False if the page does not have the message any more.

    `seen` says whether the message then counts as seen by the person. `toast` is a short notice shown with it.
    `answered_in` is the id of the browser in which the message is an answer, if the owner has not confirmed this
    browser, otherwise ''. If `seen` or `answered_in` is None, the stored value is kept.
    """
    who, role = stored(view.who)
    changed = await tx.run(
        "UPDATE page_messages SET content = :content, secret = :secret, confidential = :confidential,"
        " who = CASE WHEN :keep = 1 THEN who ELSE CAST(:who AS INTEGER) END,"
        " role = CASE WHEN :keep = 1 THEN role ELSE CAST(:role AS TEXT) END, toast = :toast, changed_at = :now,"
        " seen_at = CASE WHEN :keep = 1 THEN seen_at ELSE CAST(:seen AS BIGINT) END,"
        " answered_in = COALESCE(CAST(:answered AS TEXT), answered_in),"
        " revision = (SELECT MAX(revision) + 1 FROM page_messages WHERE participant_id = :participant)"
        " WHERE id = :id AND participant_id = :participant AND author = 'bot'",
        keep=int(seen is None),
        id=message_id,
        participant=participant_id,
        content=_content(view),
        secret=int(view.secret),
        confidential=int(view.confidential),
        who=who,
        role=role,
        toast=_toast(toast),
        now=to_micros(now),
        seen=to_micros(now) if seen else None,
        answered=answered_in,
    )
    if changed:
        await tx.run("DELETE FROM page_files WHERE message_id = :id", id=message_id)
        await _attach(tx, message_id, attached)
    return bool(changed)


async def files_of(tx: Transaction, participant_id: int, message_id: int) -> frozenset[str]:
    """Return the digests of the files of a message on a person's page."""
    rows = await tx.all(
        "SELECT f.digest FROM page_files f JOIN page_messages m ON m.id = f.message_id"
        " WHERE m.id = :id AND m.participant_id = :participant AND f.digest <> ''",
        id=message_id,
        participant=participant_id,
    )
    return frozenset(row["digest"] for row in rows)


async def pin(tx: Transaction, participant_id: int, message_id: int, now: datetime) -> bool:
    """Pin a message at the top of a person's page, and unpin all others.

    Returns False if the page does not have the message any more.
    """
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
    return await tx.exists(
        "SELECT 1 FROM page_messages WHERE participant_id = :participant AND id = :id",
        participant=participant_id,
        id=message_id,
    )


async def changes(tx: Transaction, participant_id: int, after: int) -> list[PageMessage]:
    """Return the messages of a page that changed after the revision `after`, in the order of the changes.

    A revision is the number of a change. At most AT_ONCE messages are returned.
    """
    which = "revision > :after ORDER BY revision LIMIT :most"
    messages = await _read(tx, participant_id, which, after=after, most=AT_ONCE)
    return sorted(messages, key=lambda message: message.revision)


async def latest(
    tx: Transaction, participant_id: int, most: int = AT_ONCE, *, beside_new: bool = False, here: str = ""
) -> Excerpt:
    """Return the last `most` messages of a person's page, after the earlier messages that are pinned.

    A new browser is one that its owner has not confirmed. With `beside_new`, messages from new browsers do not count
    towards `most`, so that they displace no message of the owner. `here` is the id of a new browser: then messages from
    other new browsers are left out for the same reason.
    """
    excerpt = await (
        _latest_beside_new(tx, participant_id, most)
        if beside_new
        else before(tx, participant_id, _END, most, here=here)
    )
    if excerpt.older is None:
        return excerpt
    pinned = await _read(tx, participant_id, "pinned = 1 AND id < :first", first=excerpt.older)
    return Excerpt([*pinned, *excerpt.messages], excerpt.older)


async def _latest_beside_new(tx: Transaction, participant_id: int, most: int) -> Excerpt:
    one_more = f"SELECT id FROM page_messages WHERE participant_id = :participant AND {_ELSEWHERE}"
    one_more += " ORDER BY id DESC LIMIT 1 OFFSET :most"
    candidates = await _read(tx, participant_id, f"id >= COALESCE(({one_more}), 0)", most=most)
    if sum(not message.answered_in for message in candidates) <= most:
        return Excerpt(candidates, None)
    return Excerpt(candidates[1:], candidates[1].id)


async def before(
    tx: Transaction, participant_id: int, message_id: int, most: int = AT_ONCE, *, here: str = ""
) -> Excerpt:
    """Return the `most` messages of a page before the message `message_id`, in the order in which they were added.

    If `here` is the id of a browser that its owner has not confirmed, messages from other such browsers are left out.
    """
    which = f"id < :before AND (:here = '' OR {_ELSEWHERE} OR answered_in = :here) ORDER BY id DESC LIMIT :most"
    candidates = await _read(tx, participant_id, which, before=message_id, most=most + 1, here=here)
    messages = candidates[-most:]
    return Excerpt(messages, messages[0].id if len(candidates) > most else None)


async def is_further_up(tx: Transaction, participant_id: int, message_id: int) -> bool:
    """Return whether a message is older than the messages with which the page opens.

    Returns False for a pinned message, which the page always shows, and for a message that the page does not have.
    """
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM page_messages l WHERE l.participant_id = :participant AND l.id > m.id"
        " AND COALESCE(l.answered_in, '') = '') AS later"
        " FROM page_messages m WHERE m.id = :id AND m.participant_id = :participant AND m.pinned = 0",
        id=message_id,
        participant=participant_id,
    )
    return row is not None and int(row["later"]) >= AT_ONCE


async def latest_revision(tx: Transaction, participant_id: int) -> int:
    """Return the number of the last change of a person's page; 0 for a page without messages."""
    return await tx.value(
        int,
        "SELECT COALESCE(MAX(revision), 0) FROM page_messages WHERE participant_id = :participant",
        participant=participant_id,
    )


async def find(tx: Transaction, participant_id: int, message_id: int) -> PageMessage | None:
    """Return a message of a person's page; None if the page does not have it."""
    return next(iter(await _read(tx, participant_id, "id = :one", one=message_id)), None)


async def _read(tx: Transaction, participant_id: int, which: str, **values: int | str) -> list[PageMessage]:
    """Return the messages of a page that the SQL condition `which` selects, in the order in which they were added."""
    selected = f"(SELECT id FROM page_messages WHERE participant_id = :participant AND {which})"
    rows = await tx.all(
        f"SELECT m.*, CASE WHEN {may_read('m')} THEN 1 ELSE 0 END AS readable, {HAS_ROLE} AS has_role,"
        " EXISTS (SELECT 1 FROM erasures) AS erasing FROM page_messages m"
        f" JOIN participants p ON p.id = m.participant_id WHERE m.id IN {selected} ORDER BY m.id",
        participant=participant_id,
        **values,
    )
    files = await tx.all(
        "SELECT f.message_id, f.position, f.kind, f.name, f.alt, f.width, f.height FROM page_files f"
        f" WHERE f.message_id IN {selected} ORDER BY f.position",
        participant=participant_id,
        **values,
    )
    stored = [row["content"] for row in rows] + [row["toast"] or "" for row in rows] + [row["alt"] for row in files]
    if rows and rows[0]["erasing"]:
        ids = [row["id"] for row in (*rows, *rows)] + [row["message_id"] for row in files]
        stored = list(await without_erased(tx, "page_messages", stored, ids, [participant_id] * len(stored)))
    said = iter(await written_out(tx, stored))
    contents, toasts = list(islice(said, len(rows))), list(islice(said, len(rows)))
    attached: dict[int, list[_Attached]] = {}
    for row, alt in zip(files, said, strict=True):
        attached.setdefault(row["message_id"], []).append(
            (row["position"], row["kind"], row["name"], alt, row["width"], row["height"])
        )
    messages = [
        _message(row, content, toast, attached.get(row["id"], ()))
        for row, content, toast in zip(rows, contents, toasts, strict=True)
    ]
    return [await _drawn(tx, participant_id, message) for message in messages]


async def _drawn(tx: Transaction, participant_id: int, message: PageMessage) -> PageMessage:
    """Return a message with the view that is drawn in place of a name, if it has a view that is not stored."""
    if not message.view.drawn:
        return message
    view = await confidential_views.draw(tx, participant_id, message.view.drawn)
    return message if view is None else replace(message, view=replace(view, drawn=message.view.drawn))


async def view_of(tx: Transaction, participant_id: int, message_id: int | None, browser: Browser | None) -> View | None:
    """Return the view, without attachments, that a browser shows of a message of the bot.

    `message_id` is None for no message. `browser` is a browser that its owner has not confirmed, None for any other.
    Returns None if the page does not have the message, or if the browser does not show it.
    """
    message = await find(tx, participant_id, message_id) if message_id else None
    if message is None or message.author != "bot" or (browser and browsers.asks_about(message.view, browser)):
        return None
    if browser is None or not message.waits_in(browser):
        return message.view
    name = message.view.drawn
    return await confidential_views.draw(tx, participant_id, name, browser.id) if name else None


async def bears_file_or_secret(tx: Transaction, participant_id: int, message_id: int) -> bool:
    """Return whether a message on a person's page has an attachment or a secret, which would be lost by an edit."""
    return await tx.exists(
        "SELECT 1 FROM page_messages m WHERE m.id = :id AND m.participant_id = :participant AND (m.secret = 1"
        " OR EXISTS (SELECT 1 FROM page_files f WHERE f.message_id = m.id))",
        id=message_id,
        participant=participant_id,
    )


async def find_file(tx: Transaction, participant_id: int, message_id: int, position: int) -> PageFile | None:
    """Return the attachment at a position, counted from 0, of a message on a person's page.

    Returns None if this person's page does not have it, or if the person may not read it.
    """
    row = await tx.one(
        "SELECT f.name, f.digest, f.content FROM page_files f JOIN page_messages m ON m.id = f.message_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE f.message_id = :id AND f.position = :position AND m.participant_id = :participant"
        f" AND {may_read('m')}",
        id=message_id,
        position=position,
        participant=participant_id,
    )
    return PageFile(row["name"], row["digest"], bytes(row["content"])) if row else None


async def withhold(tx: Transaction, participant_id: int, lost: Required, now: datetime) -> None:
    """Replace the messages on a page that its owner may not read any more after losing the role `lost`.

    Their files are deleted. The replacement is WITHHELD, which says that the message is no longer shown.
    """
    rows = await tx.all(
        "SELECT m.id FROM page_messages m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.participant_id = :participant AND m.author = 'bot' AND {is_lost('m')} ORDER BY m.id",
        participant=participant_id,
        **loss(lost),
    )
    for row in rows:
        await change(tx, participant_id, row["id"], WITHHELD, now, seen=True)


async def forget_confidential(tx: Transaction, participant_id: int) -> None:
    """Delete the confidential messages on a person's page."""
    await tx.run(
        "DELETE FROM page_messages WHERE participant_id = :participant AND confidential = 1", participant=participant_id
    )


async def mark_seen(tx: Transaction, participant_id: int, revision: int, now: datetime) -> int:
    """Record that a person has seen their page up to the change with the number `revision`.

    Returns how many messages were new to the person. Records nothing if the database has no such change yet: the page
    was then opened before a backup was restored, and does not show what is stored now.
    """
    return await tx.run(
        "UPDATE page_messages SET seen_at = :now"
        " WHERE participant_id = :participant AND revision <= :revision AND seen_at IS NULL"
        " AND :revision <= (SELECT MAX(m.revision) FROM page_messages m WHERE m.participant_id = :participant)",
        participant=participant_id,
        revision=revision,
        now=to_micros(now),
    )


async def forget_secrets(tx: Transaction, now: datetime) -> int:
    """Empty the messages on pages with secrets that are older than SECRETS_KEPT, and delete their files.

    Each gets a new revision, so that open pages hide it. Its row is kept, because the number of the page's last change
    could otherwise be used again. Returns the number of emptied messages.
    """
    before = to_micros(now - SECRETS_KEPT)
    outdated = "secret = 1 AND changed_at <= :before"
    await tx.run(
        f"DELETE FROM page_files WHERE message_id IN (SELECT id FROM page_messages WHERE {outdated})", before=before
    )
    return await tx.run(
        "UPDATE page_messages SET content = :content, toast = NULL, secret = 0, confidential = 0, who = 0,"
        " role = '', changed_at = :now, seen_at = COALESCE(seen_at, :now), revision ="
        " (SELECT MAX(m.revision) FROM page_messages m WHERE m.participant_id = page_messages.participant_id)"
        " + (SELECT COUNT(*) FROM page_messages m WHERE m.participant_id = page_messages.participant_id"
        f" AND m.id <= page_messages.id AND {outdated}) WHERE {outdated}",
        content=_content(View(())),
        now=to_micros(now),
        before=before,
    )


async def _attach(tx: Transaction, message_id: int, attached: Sequence[NewAttachment]) -> None:
    for position, attachment in enumerate(attached):
        await tx.run(
            "INSERT INTO page_files"
            " (message_id, position, kind, name, media_type, alt, content, digest, width, height, named, made_from)"
            " VALUES (:id, :position, :kind, :name, :media_type, :alt, :content, :digest, :width, :height, :named,"
            " :made_from)",
            id=message_id,
            position=position,
            kind=attachment.kind,
            name=attachment.name,
            media_type=attachment.media_type,
            alt=json.dumps(encode(attachment.alt), ensure_ascii=False),
            content=attachment.content,
            digest=attachment.digest,
            width=attachment.size[0] if attachment.size else None,
            height=attachment.size[1] if attachment.size else None,
            named="*" if attachment.named is None else f" {' '.join(map(str, sorted(attachment.named)))} ",
            made_from=attachment.made_from,
        )


_Attached = tuple[int, Kind, str, str, int | None, int | None]
"""Position, kind, name, alternative text as JSON, width and height of an attachment."""


def _message(row: Row, content: str, toast: str, files: Sequence[_Attached]) -> PageMessage:
    """Return a message; `content` and `toast` are the row's, with names and words beside their references."""
    readable, pushed, pinned = bool(row["readable"]), row["delivery_id"] is not None, bool(row["pinned"])
    attached = files if readable else ()
    if not readable:
        content, toast = _content(WITHHELD), ""
    hidden = row["secret"] or row["confidential"]
    appearance = None if hidden else (row["author"], pushed, content, toast, pinned, tuple(attached))
    return PageMessage(
        row["id"],
        row["author"],
        _view(content) if appearance is None else _remembered_view(content),
        decode(json.loads(toast)) if toast else None,
        row["revision"],
        pushed,
        from_micros(row["said_at"]),
        from_micros(row["changed_at"]),
        row["seen_at"] is not None,
        appearance,
        tuple(
            PageAttachment(position, kind, name, decode(json.loads(alt)), (width, height) if width and height else None)
            for position, kind, name, alt, width, height in attached
        ),
        pinned,
        bool(row["secret"]),
        row["answered_in"],
        row["who"] > Who.PARTICIPANT or (bool(row["has_role"]) and row["answered_in"] == ""),
    )


def _view(content: str) -> View:
    return decode_view(json.loads(content))


_remembered_view = lru_cache(maxsize=256)(_view)
"""The function `_view` for messages without secrets: an answer is read again for each gesture after it, and the same
announcement for thousands of pages at once.
"""


def _content(view: View) -> str:
    return json.dumps(encode_view(view), ensure_ascii=False)


def _toast(toast: Span | None) -> str | None:
    return json.dumps(encode(toast), ensure_ascii=False) if toast is not None else None

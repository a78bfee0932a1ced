"""Adds messages to the conversations on pages and changes them: first in the store, then on open pages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.content.texts import Listing, Name, Reader, Span, _, file_name
from bot.content.views import Attachment, File, Picture, Reply, View, encode_view
from bot.conversation.incoming import Content, Picked, Pressed, uploads_in
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files import pictures
from bot.files.file_store import is_from
from bot.files.stored_files import Files, digest_of, drop_at_once, in_thread
from bot.membership import browsers, shown_store
from bot.people import participant_store
from bot.platforms.web import page_store, sessions
from bot.platforms.web.page_store import NewAttachment
from bot.platforms.web.streams import Streams

log = structlog.get_logger()


class Ringer(Protocol):
    """Sends push notifications to people's devices about messages that were delivered to their pages."""

    async def ring(
        self,
        tx: Transaction,
        participant_id: int,
        message_id: int,
        delivery_id: int,
        view: View,
        reader: Reader,
        now: datetime,
        /,
    ) -> None:
        """Record that a push notification must be sent about a delivered message, at most once for each message.

        The caller passes the transaction in which the message is delivered.
        """
        ...

    def wake(self) -> None:
        """Start sending the recorded notifications; the caller does this after the commit."""
        ...


class PageConversation:
    """The conversations on all personal pages: adds and changes messages.

    Every method that reads or writes raises StoreUnavailable if the database cannot be used. `push` and `revise` raise
    OSError if a file cannot be stored. After either error nothing is changed, and the caller tries again later.
    """

    def __init__(
        self, store: Store, files: Files, clock: Clock, streams: Streams, ringer: Ringer | None = None
    ) -> None:
        """`ringer` sends push notifications for what is delivered while pages are closed; None to send none."""
        self._ringer = ringer
        self._store = store
        self._files = files
        self._clock = clock
        self._streams = streams

    def wake(self, person: int) -> None:
        """Make the open pages of a person fetch what has changed."""
        self._streams.wake(person)

    async def answer(
        self,
        person: int,
        content: Content,
        reply: Reply,
        reader: Reader,
        *,
        words: tuple[Span, ...] = (),
        message: int | None = None,
        session: str = "",
    ) -> int | None:
        """Show the answer to something that the person did. Returns the id of the message that shows it.

        Returns None, and shows nothing, if the person was erased, or if their `session` has ended ('' for no session).
        `message` is the id of the pressed message, None if none was pressed. The answer replaces the pressed message if
        that message still offers what was pressed. The answer is added below instead in these cases:

        - the reply is `fresh`;
        - the pressed message has a file, a picture or a secret;
        - nobody confirmed the browser: a stranger who opened the page in it must not remove messages, such as the
          warning about this browser.

        Before an added answer, the conversation shows `words` as said by the person, and any photos that the person
        sent and the program stored. If files of the answer cannot be stored, the answer says so instead.
        """

        view, attached = await self._split_answer(reply.view, reader)
        photos = await asyncio.to_thread(_photos, content)
        # A toast is not needed above a new message, nor if the message itself says the same.
        toast = None if reply.fresh or reply.toast in reply.view.lines else reply.toast

        async def show(tx: Transaction) -> int | None:
            now = self._clock.now()
            opened = await sessions.recognise(tx, person, session, now) if session else None
            if session and opened is None:
                return None
            owner = await participant_store.find(tx, person)
            if owner is None:
                return None
            unconfirmed = opened[1] if opened and not opened[1].confirmed else None
            here = unconfirmed.id if unconfirmed else ""
            shown, files = view, attached
            if await shown_store.names_somebody_gone(tx, [file.named for file in attached]):
                shown, files = shown_store.FILE_GONE, ()
            used = [photo for photo in photos if await is_from(tx, self._files.tables, person, photo.digest)]
            pressed = await page_store.view_of(tx, person, message, unconfirmed)
            in_place = unconfirmed is None and not reply.fresh and pressed is not None and _offers(pressed, content)
            if message and in_place and not await page_store.bears_file_or_secret(tx, person, message):
                await page_store.change(
                    tx, person, message, shown, now, attached=files, toast=toast, seen=True, answered_in=here
                )
                return message
            lines = words or (_pressed_words(pressed, content) if pressed else ())
            if view.confidential:  # the words or the press of the person tell the same
                lines = ()
            if lines:
                names = [Name(photo.name) for photo in used]
                own = View(tuple(line for line in lines if line not in names))
                await page_store.add(tx, person, "person", own, now, attached=used, answered_in=here)
            return await page_store.add(tx, person, "bot", shown, now, attached=files, toast=toast, answered_in=here)

        message_id = await self._store.transact(show)
        self._streams.wake(person)
        return message_id

    async def greet(self, person: int, view: View, reader: Reader, *, answered_in: str = "") -> int | None:
        """Add a message for a person who opens their page. Returns its id.

        Returns None, and adds nothing, if the last message to the person in this browser already shows the same.
        `answered_in` is the id of the browser if the person has not confirmed it, otherwise ''.
        """
        bare, attached = await self._split_answer(view, reader)

        async def unit(tx: Transaction) -> int | None:
            latest = await page_store.latest(tx, person, most=1, beside_new=not answered_in, here=answered_in)
            last = [each for each in latest.messages if each.answered_in in (None, answered_in)][-1:]
            if not last or attached or encode_view(last[0].view) != encode_view(bare):
                return await page_store.add(
                    tx, person, "bot", bare, self._clock.now(), attached=attached, answered_in=answered_in
                )
            return None

        shown = await self._store.transact(unit)
        self._streams.wake(person)
        return shown

    async def push(self, person: int, view: View, reader: Reader, delivery_id: int) -> int | None:
        """Add a delivered message to a person's page, only once for each delivery.

        Returns the id of the message, also if it was added before; None if the person was erased.
        """
        bare, attached = await self._split_attachments(view, reader)

        async def unit(tx: Transaction) -> int | None:
            if await participant_store.find(tx, person) is None:
                return None
            now = self._clock.now()
            message = await page_store.add(tx, person, "bot", bare, now, attached=attached, delivery_id=delivery_id)
            if browsers.asks_about(view):
                await page_store.keep_latest_warnings(tx, person)
            if self._ringer and not view.quiet:
                await self._ringer.ring(tx, person, message, delivery_id, bare, reader, now)
            return message

        pushed = await self._store.transact(unit)
        self._streams.wake(person)
        if self._ringer:
            self._ringer.wake()
        return pushed

    async def revise(self, person: int, message: int, view: View, reader: Reader) -> int | None:
        """Change a message on a person's page to show `view`. Returns its id; None if the person was erased.

        If the page does not have the message any more, it is added again with a new id, unless the view is `quiet`.
        Files that the message no longer shows, such as files that name an erased person, are deleted from the disk.
        """
        bare, attached = await self._split_attachments(view, reader)
        lost: frozenset[str] = frozenset()

        async def unit(tx: Transaction) -> int | None:
            nonlocal lost
            lost = frozenset() if attached else await page_store.files_of(tx, person, message)
            now = self._clock.now()
            if await page_store.change(
                tx, person, message, bare, now, attached=attached, seen=None if view.quiet else False
            ):
                return message
            if await participant_store.find(tx, person) is None:
                return None
            if view.quiet:
                return message  # a deleted message need not say that it is outdated
            return await page_store.add(tx, person, "bot", bare, now, attached=attached)

        shown = await self._store.transact(unit)
        self._streams.wake(person)
        if lost:
            with suppress(StoreUnavailable, OSError):  # housekeeping deletes them within the hour
                await drop_at_once(self._store, self._files, lost)
        return shown

    async def pin(self, person: int, message: int) -> bool:
        """Pin a message at the top of a person's page. Returns False if the page does not have the message any more."""
        pinned = await self._store.transact(lambda tx: page_store.pin(tx, person, message, self._clock.now()))
        self._streams.wake(person)
        return pinned

    async def remove(self, person: int, message: int) -> None:
        """Delete a message from a person's page. An empty message takes its place, so that open pages remove it too."""

        async def unit(tx: Transaction) -> None:
            await page_store.change(tx, person, message, View(()), self._clock.now(), seen=True)

        await self._store.transact(unit)
        self._streams.wake(person)

    async def _split_answer(self, view: View, reader: Reader) -> tuple[View, tuple[NewAttachment, ...]]:
        """Return an answer without its attachments, and these; without them, it says so, if they cannot be stored.

        What the person did is saved already, so the rest of the answer has to be read.
        """
        try:
            return await self._split_attachments(view, reader)
        except OSError as error:
            log.warning("web.answer_without_files", reason=error.strerror or str(error))
            missing = _("There is a file with this, which I cannot show just now. Ask for it again in a few minutes.")
            return replace(view, lines=(*view.lines, missing), attachments=()), ()

    async def _split_attachments(self, view: View, reader: Reader) -> tuple[View, tuple[NewAttachment, ...]]:
        """Return a view without its attachments, and these, their content stored once for all pages that show it."""
        if not view.attachments:
            return view, ()
        attached = await in_thread(
            lambda: tuple(self._store_file(attachment, reader, secret=view.secret) for attachment in view.attachments)
        )
        return replace(view, attachments=()), attached

    def _store_file(self, attachment: Attachment, reader: Reader, *, secret: bool) -> NewAttachment:
        """Store the content of an attachment, and return it for a message.

        A secret is stored in the message's row, to be deleted with it at once: unused files are deleted after an hour.
        So are confidential answers.
        """
        made_from = attachment.made_from if isinstance(attachment, File) else ""
        in_row = secret or made_from
        digest, content = ("", attachment.content) if in_row else (self._files.keep(attachment.content), b"")
        name, media_type = file_name(attachment.name, reader), attachment.media_type
        if isinstance(attachment, Picture):
            size = _size(attachment.content)
            return NewAttachment("picture", name, media_type, attachment.alt, size, digest, content, attachment.named)
        return NewAttachment(
            "file", name, media_type, digest=digest, content=content, named=attachment.named, made_from=made_from
        )


def _photos(content: Content) -> tuple[NewAttachment, ...]:
    """Return the photos that a person sent, as attachments of their message; nothing is stored."""
    return tuple(
        NewAttachment(
            "picture", upload.name, upload.media_type, _("Your photo"), _size(upload.content), digest_of(upload.content)
        )
        for upload in uploads_in(content)
        if upload.picture and upload.content
    )


def _size(content: bytes) -> tuple[int, int] | None:
    shown = pictures.cut(content)
    return (shown.width, shown.height) if shown else None


def _offers(view: View, content: Content) -> bool:
    """Return whether a message has the button that was pressed, or the choice that was made."""
    match content:
        case Pressed(payload):
            return any(button.action and button.action.encode() == payload for button in view.buttons)
        case Picked(payload):
            return view.choice is not None and view.choice.action.encode() == payload
    return False


def _pressed_words(view: View, content: Content) -> tuple[Span, ...]:
    """Return the label of the pressed button, or the labels of the chosen options."""
    match content:
        case Pressed(payload):
            return tuple(b.label for b in view.buttons if b.action and b.action.encode() == payload)[:1]
        case Picked(_payload, values) if view.choice:
            labels = tuple(option.label for option in view.choice.options if option.value in values)
            # L10N: what the person is shown to have answered, after they selected no option.
            return (Listing(labels),) if labels else (view.choice.none or _("None of these"),)
    return ()

"""What is said on the pages: kept in the store, then shown to whoever is looking."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.clock import Clock
from bot.content.texts import Listing, Name, Reader, Span, _, file_name
from bot.content.views import Attachment, Picture, Reply, View, encode_view
from bot.conversation.incoming import Content, Picked, Pressed, uploads_in
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files import pictures
from bot.files.file_store import is_from
from bot.files.folder import Files, digest_of
from bot.people import participant_store
from bot.platforms.web import page_store, sessions
from bot.platforms.web.page_store import Hanging
from bot.platforms.web.streams import Streams


class PageConversation:
    """The words of both sides, over the store. Every method raises StoreUnavailable, also for a disk that refuses."""

    def __init__(self, store: Store, files: Files, clock: Clock, streams: Streams) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._streams = streams

    def wake(self, person: int) -> None:
        """Have everyone who looks at a page look again."""
        self._streams.wake(person)

    async def answer(
        self,
        person: int,
        content: Content,
        reply: Reply,
        reader: Reader,
        *,
        said: tuple[Span, ...] = (),
        message: int | None = None,
        session: str = "",
    ) -> int | None:
        """Show the answer to something the person did; the id of the message that shows it.

        None for who was erased, or whose `session` opens no page any more. A press changes the message it was made in,
        unless the reply is fresh, or that message bears a file, a picture or a secret: these stay, and the answer comes
        below. Anything else is said back first, in the words of who did it, and with the photos that their ideas keep.
        """

        view, attached = await self._hang(reply.view, reader)
        photos = await asyncio.to_thread(_photos, content)
        # A new message below is news enough, and no word passes by that the message itself says.
        toast = None if reply.fresh or reply.toast in reply.view.lines else reply.toast

        async def unit(tx: Transaction) -> int | None:
            now = self._clock.now()
            if session and await sessions.recognise(tx, person, session, now) is None:
                return None
            if await participant_store.find(tx, person) is None:
                return None
            seen = [photo for photo in photos if await is_from(tx, self._files.tables, person, photo.digest)]
            pressed = await page_store.view_of(tx, person, message) if message else None
            in_place = pressed and not reply.fresh and isinstance(content, Pressed | Picked)
            if message and in_place and not await page_store.bears_what_would_be_lost(tx, person, message):
                await page_store.change(tx, person, message, view, now, attached=attached, toast=toast, seen=True)
                return message
            words = said or (_pressed_words(pressed, content) if pressed else ())
            if words:
                shown = [Name(each.name) for each in seen]
                told = View(tuple(word for word in words if word not in shown))
                await page_store.add(tx, person, "person", told, now, attached=seen)
            return await page_store.add(tx, person, "bot", view, now, attached=attached, toast=toast)

        changed = await self._store.transact(unit)
        self._streams.wake(person)
        return changed

    async def greet(self, person: int, view: View, reader: Reader) -> int | None:
        """Show someone who comes in where they are; the message's id, None where it is the last thing they read."""
        bare, attached = await self._hang(view, reader)

        async def unit(tx: Transaction) -> int | None:
            last = (await page_store.latest(tx, person, most=1)).messages[-1:]
            if not last or attached or encode_view(last[0].view) != encode_view(bare):
                return await page_store.add(tx, person, "bot", bare, self._clock.now(), attached=attached)
            return None

        shown = await self._store.transact(unit)
        self._streams.wake(person)
        return shown

    async def push(self, person: int, view: View, reader: Reader, delivery_id: int) -> int | None:
        """Say something nobody had asked for; the message's id, None when there is no such person any more."""
        bare, attached = await self._hang(view, reader)

        async def unit(tx: Transaction) -> int | None:
            if await participant_store.find(tx, person) is None:
                return None
            now = self._clock.now()
            return await page_store.add(tx, person, "bot", bare, now, attached=attached, delivery_id=delivery_id)

        pushed = await self._store.transact(unit)
        self._streams.wake(person)
        return pushed

    async def revise(self, person: int, message: int, view: View, reader: Reader) -> int | None:
        """Show a message in a later state; its id, a new one if it was forgotten, None when the person was."""
        bare, attached = await self._hang(view, reader)

        async def unit(tx: Transaction) -> int | None:
            now = self._clock.now()
            if await page_store.change(
                tx, person, message, bare, now, attached=attached, seen=None if view.quiet else False
            ):
                return message
            if await participant_store.find(tx, person) is None:
                return None
            if view.quiet:
                return message  # what nobody can see any more need not say that it is over
            return await page_store.add(tx, person, "bot", bare, now, attached=attached)

        shown = await self._store.transact(unit)
        self._streams.wake(person)
        return shown

    async def pin(self, person: int, message: int) -> bool:
        """Keep a message in sight; False when it was forgotten."""
        pinned = await self._store.transact(lambda tx: page_store.pin(tx, person, message, self._clock.now()))
        self._streams.wake(person)
        return pinned

    async def remove(self, person: int, message: int) -> None:
        """Take a message away: a View of nothing stands in its place, so that open pages learn of it."""

        async def unit(tx: Transaction) -> None:
            await page_store.change(tx, person, message, View(()), self._clock.now(), seen=True)

        await self._store.transact(unit)
        self._streams.wake(person)

    async def _hang(self, view: View, reader: Reader) -> tuple[View, tuple[Hanging, ...]]:
        """A view and what hangs on it, apart, each content kept once however many pages show it."""
        if not view.attachments:
            return view, ()
        try:
            hanging = await asyncio.to_thread(
                lambda: tuple(self._keep(attachment, reader, secret=view.secret) for attachment in view.attachments)
            )
        except OSError as error:
            raise StoreUnavailable(str(error)) from error
        return replace(view, attachments=()), hanging

    def _keep(self, each: Attachment, reader: Reader, *, secret: bool) -> Hanging:
        """What is secret stays in its row and goes with it, at once: a file that nobody names stays an hour."""
        digest, content = ("", each.content) if secret else (self._files.keep(each.content), b"")
        name = file_name(each.name, reader)
        if isinstance(each, Picture):
            return Hanging("picture", name, each.media_type, each.alt, _size(each.content), digest, content)
        return Hanging("file", name, each.media_type, digest=digest, content=content)


def _photos(content: Content) -> tuple[Hanging, ...]:
    """The photos in what someone sent, as they hang on their message; nothing is written."""
    return tuple(
        Hanging(
            "picture", upload.name, upload.media_type, _("Your photo"), _size(upload.content), digest_of(upload.content)
        )
        for upload in uploads_in(content)
        if upload.picture and upload.content
    )


def _size(content: bytes) -> tuple[int, int] | None:
    seen = pictures.cut(content)
    return (seen.width, seen.height) if seen else None


def _pressed_words(view: View, content: Content) -> tuple[Span, ...]:
    """The label of the button, or the labels of the options, behind a press."""
    match content:
        case Pressed(payload):
            return tuple(b.label for b in view.buttons if b.action and b.action.encode() == payload)[:1]
        case Picked(_payload, values) if view.choice:
            labels = tuple(option.label for option in view.choice.options if option.value in values)
            return (Listing(labels),) if labels else (_("None of these"),)
    return ()

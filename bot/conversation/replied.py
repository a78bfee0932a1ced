"""Stores which replies were sent, many at once; at the next start, finds people who got no reply."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.content.roles import Required, Who
from bot.content.stored_views import pack
from bot.content.texts import Reader, _
from bot.content.views import Reply, View
from bot.conversation import inbox_store, shown_screen_store
from bot.conversation.incoming import Actor, Called, Incoming
from bot.conversation.shown_screen_store import ShownScreen
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.logs import reference_of, under_reference
from bot.people import role_messages_store

log = structlog.get_logger()

_FLUSH_AFTER = 0.05
"""For how many seconds of real time sent replies are collected before one database transaction stores them all."""

_REMEMBERED = 8192
"""How many answers that this program is sending are remembered at most, until it is stored that they were sent."""

SEE_BELOW = pack(View((_("Sent again: see below."),), quiet=True))[0]
"""The stored view that replaces an older copy of a screen."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply to an update (one thing that a person did), and the reader of the reply.

    `reply` is None if the update was already answered. `repeated` says that the update was received before: the reply
    is then the present screen, in case the first reply was never sent. `account_id` is the sender's account, None if it
    is not stored. `in_place` says that the reply may replace the message that was pressed. `rung` is the sender's rung
    on the ladder of roles: `ANYONE` for a stranger, None if it was not looked up. `announces` says that a live screen
    follows below the reply, in the private chat. `too_fast` says that the update was refused because its sender sends
    too much at once, and that nothing is stored of it.
    """

    reply: Reply | None
    reader: Reader
    platform: str
    update_id: str
    repeated: bool = False
    account_id: int | None = None
    in_place: bool = False
    rung: Who | None = None
    announces: bool = False
    too_fast: bool = False

    @property
    def reference(self) -> str:
        """The code that marks all log lines and stored rows caused by the person who is answered."""
        return reference_of(self.platform, self.update_id)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What is sent to a chat in place of an answer that was not sent before the program ended: the present screen."""

    chat: str
    answered: Answered


class Present(Protocol):
    """A function that returns the screen with the present state for a person, and changes nothing.

    `incoming` is what the person did and was not answered.
    """

    async def __call__(self, tx: Transaction, incoming: Incoming) -> Answered:
        """Return the present screen, as the answer to the update."""
        ...


class Replied:
    """Collects which updates, things that people did, had their replies sent, and stores this at short intervals."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._given: dict[tuple[str, str], None] = {}
        self._sent: list[tuple[str, str]] = []
        self._entrusted: list[tuple[str, str, str, Required]] = []
        self._shown: list[ShownScreen] = []
        self._left_out: set[tuple[str, str]] = set()
        self._flush: asyncio.TimerHandle | None = None
        self._flushing: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()

    def give(self, platform: str, update_id: str) -> None:
        """Remember that this program is sending the answer to something that a person did, an update.

        This is remembered until it is stored that the answer was sent.
        """
        self._given[platform, update_id] = None
        if len(self._given) > _REMEMBERED:
            del self._given[next(iter(self._given))]

    def take_back(self, platform: str, update_id: str) -> None:
        """Forget that this program is sending the answer to something that a person did, an update.

        Call it if the update was rolled back, or if the answer was lost.
        """
        self._given.pop((platform, update_id), None)

    def gave(self, platform: str, update_id: str) -> bool:
        """Return whether this program is sending, or has just sent, the answer to something that a person did."""
        return (platform, update_id) in self._given

    def remember(self, platform: str, update_id: str) -> None:
        """Record that the reply to something that a person did was sent; the record is stored soon.

        If the program ends before that, the person is answered twice.
        """
        self._sent.append((platform, update_id))
        self._write_soon()

    def note_entrusted(self, platform: str, update_id: str, native_id: str, who: Required) -> None:
        """Record that a reply for people with a role was sent, so that it is deleted when its reader loses the role.

        `native_id` is the platform's id of the reply's message, `who` the role that its reader must have.
        """
        self._entrusted.append((platform, update_id, native_id, who))
        self._write_soon()

    def note_shown(self, shown: ShownScreen) -> None:
        """Record that an answer was sent to a chat, so that older copies of its screen are soon replaced."""
        self._shown.append(shown)
        self._write_soon()

    def _write_soon(self) -> None:
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(_FLUSH_AFTER, self._start_flush)

    async def leftovers(self, platform: str, present: Present) -> list[Leftover]:
        """Return the present screen for each chat of a platform whose last answer was never sent.

        `present` makes the screen. If it raises an error, that chat is left out until the next start of the program,
        and the others are still answered. Raises StoreUnavailable if the database cannot be used.
        """
        since = self._clock.now() - inbox_store.KEPT
        await self._write()  # whom this program answered a moment ago is not left
        program = self._store.program
        rows = await self._store.read(lambda tx: inbox_store.unanswered(tx, platform, since, program))
        rows = [row for row in rows if (platform, row.update_id) not in self._left_out]
        latest = {row.chat: row for row in rows}  # several updates of a chat are answered by one screen
        left: list[Leftover] = []
        for row in latest.values():
            incoming = Incoming(platform, row.update_id, Actor(row.native_id, "", None, row.chat), Called("start"))
            with under_reference(incoming.reference):
                try:
                    left.append(Leftover(row.chat, await self._store.read(partial(present, incoming=incoming))))
                except StoreUnavailable:
                    raise
                except Exception:
                    log.exception("conversation.leftover_failed", platform=platform)
                    self._left_out.add((platform, row.update_id))
        for row in rows:
            if row is not latest[row.chat]:
                self.remember(platform, row.update_id)
        return left

    async def close(self) -> None:
        """Store which of the last replies were sent, before the program ends."""
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        await self._write()
        if self._flushing:
            await asyncio.wait(self._flushing)

    def _start_flush(self) -> None:
        self._flush = None
        task = asyncio.create_task(self._write())
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def _write(self) -> None:
        async with self._writing:  # in the order they left: what was shown last is the newest
            await self._write_all()

    async def _write_all(self) -> None:
        answered, self._sent = self._sent, []
        handed_over, self._entrusted = self._entrusted, []
        shown, self._shown = self._shown, []
        if not (answered or handed_over or shown):
            return

        async def unit(tx: Transaction) -> None:
            await inbox_store.mark_answered(tx, answered)
            for platform, update_id, native_id, who in handed_over:
                with under_reference(reference_of(platform, update_id)):
                    await role_messages_store.record(tx, platform, update_id, native_id, who, self._clock.now())
            if shown:
                await shown_screen_store.record(tx, shown, SEE_BELOW, self._clock.now())

        try:
            await self._store.transact(unit)
            for update in answered:
                self.take_back(*update)  # the inbox tells from now on
        except BaseException as error:
            self._sent += answered  # the next reply that leaves takes them along
            self._entrusted += handed_over
            self._shown = [*shown, *self._shown]
            if not isinstance(error, StoreUnavailable):
                raise

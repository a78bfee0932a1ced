"""Contains the adapter for e-mail, which sends letters. Buttons in them lead to the page, answers to the team."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from bot.background.side_process import SideProcess
from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.errors import Rejected
from bot.content.platforms.email import FEATURES
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.database.engine import Store
from bot.delivery.platform import Address, Membership
from bot.platforms.email.arrivals import Arrivals
from bot.platforms.email.composing import Letter, compose, deliverable
from bot.platforms.email.connections import MailConnections
from bot.platforms.email.identity import Identities, LetterIdentity
from bot.platforms.email.unsubscribing import unsubscribe_address


class Email:
    """The adapter for e-mail.

    `run` reads the mailbox until cancelled; delivery calls the other methods to send letters (e-mails).
    """

    name = FEATURES.name
    channels = None
    calendar = None

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        connections: MailConnections | None = None,
        *,
        dispatcher: Dispatcher | None = None,
        new_process: Callable[[], SideProcess] = SideProcess,
    ) -> None:
        """`connections` lead to the mail server; None opens new ones, as configured.

        `dispatcher` gets people's answers; without it, no e-mails are received. `new_process` creates the process in
        which e-mails are read.
        """
        self._settings = settings
        self._clock = clock
        self._palette = settings.gathering.branding.palette
        self._connections = connections or MailConnections(settings.email)
        self._identities = Identities(store)
        self._arrivals = None
        if dispatcher and settings.reads_letters:
            self._arrivals = Arrivals(settings, store, clock, dispatcher, new_process())

    @property
    def single_intake(self) -> bool:
        """Return whether only one program at a time may receive: True if a mailbox is configured."""
        return self._arrivals is not None

    async def prepare(self) -> None:
        """Do nothing, because connections are opened when there are letters to send."""

    async def run(self) -> None:
        """Read the mailbox until cancelled; if none is configured, only wait."""
        await (self._arrivals.run() if self._arrivals else asyncio.Event().wait())

    def count_messages(
        self, _address: Address, _view: View, _reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Return 1, because for the pace of deliveries each message counts as one letter."""
        return 1

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a letter (an e-mail), and return its id.

        A second call with the same `delivery_id` sends the same Message-ID, so that mail programs recognise the repeat.
        Raises Unreachable for an invalid address or one that the server refuses, RetryLater for a temporary error or if
        the server did not answer, and Rejected if the server refuses the letter.
        """
        identity = await self._identities.of(delivery_id)
        await self._send(address, view, reader, identity)
        return identity.native_id

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Send a letter that corrects the earlier letter `native_id`, as an answer to that letter; return `native_id`.

        Raises Unreachable, RetryLater or Rejected, according to the server's answer.
        """
        identity = await self._identities.recognise(native_id)
        if identity is None:
            raise Rejected("the letter to correct is unknown")
        again = hashlib.sha256(repr((view.lines, view.buttons)).encode()).hexdigest()[:8]
        await self._send(address, view, reader, identity, again)
        return native_id

    async def _send(
        self, address: Address, view: View, reader: Reader, identity: LetterIdentity, again: str = ""
    ) -> None:
        recipient, email = deliverable(address.chat), self._settings.email
        letter = Letter(
            to=recipient,
            view=view,
            reader=reader,
            identity=identity,
            written=self._clock.now(),
            unsubscribe=unsubscribe_address(self._settings, identity) if address.bulk else "",
            bulk=address.bulk,
            again=again,
        )
        message = compose(letter, self._settings, self._palette)
        await self._connections.send(identity.envelope_sender(email.domain), recipient, message.as_bytes())

    async def delete(self, _address: Address, _native_id: str) -> bool:
        """Return False, because a letter that was sent cannot be deleted."""
        return False

    async def pin(self, address: Address, native_id: str) -> None:
        """Do nothing, because letters cannot be pinned."""

    async def unpin(self, address: Address, native_id: str) -> None:
        """Do nothing, because letters cannot be pinned."""

    async def show_membership(self, membership: Membership) -> None:
        """Do nothing, because e-mail has neither nicknames nor roles."""

    async def close(self) -> None:
        """Close every connection to the mail server."""
        await self._connections.close()

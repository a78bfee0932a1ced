"""Sends, edits, deletes or pins one message on its platform, or decides that it must not be sent now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.delivery_kinds import EVERYWHERE, LETTER, MEMBERSHIP
from bot.content.errors import PlatformError
from bot.content.features import features_of
from bot.content.reasons import Reason
from bot.content.stored_views import unpack
from bot.content.texts import Reader
from bot.content.views import View, as_read, without_actions
from bot.database.engine import Transaction
from bot.delivery.contributions import Contributions
from bot.delivery.outgoing import Arrived, ClaimedDelivery, Ended, Outcome, Postponed, Removed, Undeliverable
from bot.delivery.platform import Address, Membership, Platform

log = structlog.get_logger()

_CHANNEL_TRIED_EVERY = timedelta(seconds=5)
_TRIES_AT_A_CHANNEL = 60


class DeliveryHandler:
    """Sends, edits, deletes or pins messages on one platform, each in its recipient's language."""

    def __init__(self, platform: Platform, settings: Settings, clock: Clock, contributions: Contributions) -> None:
        """`contributions` are what capabilities add: the content of copies, and the buttons to leave out."""
        self._content = {kind: create() for kind, create in contributions.content.items()}
        self._letters = {LETTER + kind: write for kind, write in contributions.letters.items()}
        self._written: dict[int, View | None] = {}
        self._keeps_messages = features_of(platform.name).keeps_messages
        self._switched_off = contributions.switched_off
        self._counts = features_of(platform.name).pace.limits_chats
        self._platform = platform
        self._settings = settings
        self._gathering = settings.gathering
        self._clock = clock

    async def fetch(self, tx: Transaction, claimed: Sequence[ClaimedDelivery]) -> None:
        """Prepare the content of the messages in `claimed`, in the transaction that marks them as being sent.

        E-mails with a secret (letters) are written now, because their content is not stored. For copies, the message to
        many is read.
        """
        for kind, content in self._content.items():
            await content.fetch(tx, [delivery.copy for delivery in claimed if delivery.copy and delivery.kind == kind])
        for delivery in claimed:
            if write := self._letters.get(delivery.kind):
                self._written[delivery.id] = await write(tx, self._settings, delivery, self._clock.now())

    def count_messages(self, claimed: ClaimedDelivery) -> int:
        """Return how many messages the platform counts if this one is sent; it may limit how many a chat gets."""
        message = claimed.message
        if not self._counts or claimed.kind == MEMBERSHIP or (message is not None and claimed.op in ("delete", "pin")):
            return 1
        reader = self._reader(claimed)
        view, _shown = self._view(claimed, reader)
        return self._platform.count_messages(
            _address(claimed), view, reader, delivery_id=claimed.id, native_id=claimed.message
        )

    async def deliver(self, claimed: ClaimedDelivery) -> Outcome:
        """Send, edit, delete or pin a message on the platform, and return how that ended.

        Raises the errors that the platform's adapter raises.
        """
        recipient = claimed.recipient
        if claimed.kind == MEMBERSHIP:
            membership = Membership(recipient.native_id, recipient.name, recipient.label, recipient.takes_part)
            await self._platform.show_membership(membership)
            return Arrived(claimed, "")
        address, reader = _address(claimed), self._reader(claimed)
        if claimed.kind.startswith(LETTER):
            written = self._written.pop(claimed.id, None)
            if written is None:
                return Ended(claimed, "cancelled", Reason.CANCELLED)
            return Arrived(claimed, await self._platform.send(address, written, reader, delivery_id=claimed.id))
        copy, message = claimed.copy, claimed.message
        if claimed.op == "delete" and message is not None:
            gone = await self._platform.delete(address, message)
            if copy and not gone:
                content = self._content[claimed.kind]
                copied = content.view(copy, reader.locale)
                withdrawn = replace(copied, lines=(content.withdrawn,), buttons=(), choice=None)
                await self._replace_withdrawn(address, message, withdrawn, reader)
            return Removed(claimed, gone)
        if claimed.op == "pin" and message is not None:
            await self._platform.pin(address, message)
            return Arrived(claimed, message)
        view, shown = self._view(claimed, reader)
        if message is not None and not copy and self._keeps_messages:
            return Arrived(claimed, message, shown)  # only what many got is corrected by sending it again
        if message is None:
            message = await self._platform.send(address, view, reader, delivery_id=claimed.id)
        elif not shown or shown != claimed.shown:
            message = await self._platform.edit(address, message, view, reader)
        return Arrived(claimed, message, shown)

    def _reader(self, claimed: ClaimedDelivery) -> Reader:
        recipient = claimed.recipient
        locale = i18n.negotiate((recipient.locale, recipient.account_locale), self._gathering.locales)
        now = self._clock.now()
        elsewhere = not recipient.account_id or self._gathering.hours.elsewhere(recipient.territory, now)
        return Reader(locale, self._gathering.zone, now, elsewhere)

    def _view(self, claimed: ClaimedDelivery, reader: Reader) -> tuple[View, str]:
        """Return what a delivery says to its reader, and a digest of that, '' where none is needed."""
        if claimed.copy:
            content = self._content[claimed.kind]
            return content.view(claimed.copy, reader.locale), content.digest(claimed.copy, reader.locale)
        view = without_actions(unpack(claimed.content, claimed.carried), self._switched_off)
        view = replace(view, who=claimed.who)
        return view, as_read(view, reader) if claimed.followed else ""

    async def _replace_withdrawn(self, address: Address, message: str, view: View, reader: Reader) -> None:
        """Edit a withdrawn copy that cannot be deleted to say that it was withdrawn, where the platform allows that."""
        try:
            await self._platform.edit(address, message, view, reader)
        except PlatformError as error:
            log.info("delivery.withdrawal_refused", platform=self._platform.name, reason=str(error))


def _address(claimed: ClaimedDelivery) -> Address:
    recipient = claimed.recipient
    mentions = tuple(filter(None, recipient.mentions.split(",")))
    return Address(recipient.chat, recipient.thread, mentions, bulk=claimed.copy is not None)


def outcome_without_channel(claimed: ClaimedDelivery, reason: Reason, now: datetime) -> Outcome:
    """Return the outcome for a message whose group's channel is missing: postponed, or failed after 60 attempts.

    The attempts take five minutes, in which the channel can be created again. `reason` is why the channel is missing.
    """
    if claimed.attempts + 1 >= _TRIES_AT_A_CHANNEL:
        return Ended(claimed, "failed", reason)
    return Postponed(claimed, now + _CHANNEL_TRIED_EVERY, reason, channel_missing=True)


def outcome_without_sending(claimed: ClaimedDelivery, now: datetime) -> Outcome | None:
    """Return the outcome for a message that must not be sent to its recipient now; None if it may be sent.

    It must not be sent, for instance, if its reader lost the role to read it, if it is the copy of a message to many
    that was cancelled, or if the account cannot be reached.
    """
    recipient, copy = claimed.recipient, claimed.copy
    if not claimed.allowed and claimed.message is None:
        return Ended(claimed, "dropped", Reason.ROLE_TAKEN)
    if copy and copy.ended:
        return Ended(claimed, "cancelled", Reason.CANCELLED)
    if claimed.message is not None:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False) if recipient.unreachable else None
    if recipient.thread == "":
        return outcome_without_channel(claimed, Reason.CHANNEL_GONE, now)
    if claimed.kind == MEMBERSHIP:
        return None if recipient.owns_account else Ended(claimed, "dropped", Reason.ACCOUNT_CHANGED_HANDS)
    if recipient.stopped and not claimed.asked:
        return Ended(claimed, "dropped", Reason.STOPPED)
    # What goes to every account is tried on those that were out of reach too: perhaps they are not any more.
    if (recipient.unreachable and claimed.kind != EVERYWHERE) or not recipient.owns_account:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False)
    if not (recipient.takes_pushes or claimed.asked):
        return Undeliverable(claimed, Reason.NO_OPT_IN, closed=False)
    return None

"""One delivery handed over: sent, edited or deleted, in the recipient's language; or spared, as things stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.delivery_kinds import MEMBERSHIP
from bot.content.errors import PlatformError
from bot.content.reasons import Reason
from bot.content.stored_views import unpack
from bot.content.texts import Reader
from bot.content.views import View, as_read
from bot.database.engine import Transaction
from bot.delivery.contributions import CopyContent
from bot.delivery.outgoing import Arrived, ClaimedDelivery, Ended, Outcome, Postponed, Removed, Undeliverable
from bot.delivery.platform import Address, Membership, Platform

log = structlog.get_logger()

_PLACE_TRIED_EVERY = timedelta(seconds=5)
_TRIES_AT_A_PLACE = 60


class DeliveryHandler:
    """Hands over what is to go out on one platform."""

    def __init__(
        self, platform: Platform, settings: Settings, clock: Clock, content: Mapping[str, Callable[[], CopyContent]]
    ) -> None:
        """`content` makes what knows the words of copies, by the kind of their deliveries."""
        self._content = {kind: make() for kind, make in content.items()}
        self._platform = platform
        self._gathering = settings.gathering
        self._clock = clock

    async def fetch(self, tx: Transaction, claimed: Sequence[ClaimedDelivery]) -> None:
        """Have at hand what the copies among these deliveries say, in the transaction that claimed them."""
        for kind, content in self._content.items():
            await content.fetch(tx, [each.copy for each in claimed if each.copy and each.kind == kind])

    async def hand_over(self, claimed: ClaimedDelivery) -> Outcome:
        """Do what is to be done with one delivery. Raises what the platform raises."""
        to = claimed.recipient
        if claimed.kind == MEMBERSHIP:
            await self._platform.show_membership(Membership(to.native_id, to.name, to.theme, to.takes_part))
            return Arrived(claimed, "")
        address = Address(to.chat, to.thread, tuple(filter(None, to.mentions.split(","))))
        locale = i18n.negotiate((to.locale, to.account_locale), self._gathering.locales)
        reader = Reader(locale, self._gathering.zone, self._clock.now())
        copy, message = claimed.copy, claimed.message
        if claimed.op == "delete" and message is not None:
            gone = await self._platform.delete(address, message)
            if copy and not gone:
                content = self._content[claimed.kind]
                withdrawn = replace(content.view(copy, locale), lines=(content.withdrawn,), buttons=(), choice=None)
                await self._say_withdrawn(address, message, withdrawn, reader)
            return Removed(claimed, gone)
        if claimed.op == "pin" and message is not None:
            await self._platform.pin(address, message)
            return Arrived(claimed, message)
        if copy:
            content = self._content[claimed.kind]
            view, shown = content.view(copy, locale), content.digest(copy, locale)
        else:
            view = unpack(claimed.content, claimed.carried)
            shown = as_read(view, reader) if claimed.followed else ""
        if message is None:
            message = await self._platform.send(address, view, reader, delivery_id=claimed.id)
        elif not shown or shown != claimed.shown:
            message = await self._platform.edit(address, message, view, reader)
        return Arrived(claimed, message, shown)

    async def _say_withdrawn(self, address: Address, message: str, view: View, reader: Reader) -> None:
        """A copy that cannot be deleted any more says that it does not hold, where the platform lets us."""
        try:
            await self._platform.edit(address, message, view, reader)
        except PlatformError as error:
            log.info("delivery.withdrawal_refused", platform=self._platform.name, reason=str(error))


def without_channel(claimed: ClaimedDelivery, reason: Reason, now: datetime) -> Outcome:
    """What becomes of a delivery whose group's place is not there: it waits until that is made again, five minutes."""
    if claimed.attempts + 1 >= _TRIES_AT_A_PLACE:
        return Ended(claimed, "failed", reason)
    return Postponed(claimed, now + _PLACE_TRIED_EVERY, reason, homeless=True)


def needless(claimed: ClaimedDelivery, now: datetime) -> Outcome | None:
    """What becomes of a delivery that must not be sent as things stand; None for one that may."""
    to, copy = claimed.recipient, claimed.copy
    if not claimed.allowed and claimed.message is None:
        return Ended(claimed, "dropped", Reason.ROLE_TAKEN)
    if copy and copy.ended:
        return Ended(claimed, "cancelled", Reason.CANCELLED)
    if claimed.message is not None:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False) if to.unreachable else None
    if to.thread == "":
        return without_channel(claimed, Reason.CHANNEL_GONE, now)
    if claimed.kind == MEMBERSHIP:
        return None if to.theirs else Ended(claimed, "dropped", Reason.ACCOUNT_CHANGED_HANDS)
    if to.stopped and not claimed.asked:
        return Ended(claimed, "dropped", Reason.STOPPED)
    if to.unreachable or not to.theirs:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False)
    if not (to.takes_pushes or claimed.asked):
        return Undeliverable(claimed, Reason.NO_OPT_IN, closed=False)
    return None

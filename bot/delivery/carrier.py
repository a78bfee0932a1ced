"""One delivery handed over: sent, edited or deleted, in the recipient's language; or spared, as things stand."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import i18n
from bot.clock import Clock
from bot.config import Settings
from bot.delivery.content import unpack
from bot.delivery.letters import Letters
from bot.domain.reasons import Reason
from bot.platforms.base import Address, Membership, Platform
from bot.storage.outgoing import MEMBERSHIP, Arrived, Claimed, Ended, Outcome, Postponed, Removed, Undeliverable
from bot.texts import Reader

_PLACE_TRIED_EVERY = timedelta(seconds=5)
_TRIES_AT_A_PLACE = 60


class Carrier:
    """Hands over what is to go out on one platform. What announcements say is among its `letters`."""

    def __init__(self, platform: Platform, settings: Settings, clock: Clock) -> None:
        self.letters = Letters()
        self._platform = platform
        self._gathering = settings.gathering
        self._clock = clock

    async def hand_over(self, claimed: Claimed) -> Outcome:
        """Do what is to be done with one delivery. Raises what the platform raises."""
        to = claimed.recipient
        if claimed.kind == MEMBERSHIP:
            await self._platform.place(Membership(to.native_id, to.name, to.theme, to.takes_part))
            return Arrived(claimed, "")
        address = Address(to.chat, to.thread, tuple(filter(None, to.mentions.split(","))))
        locale = i18n.negotiate((to.locale, to.account_locale), self._gathering.locales)
        reader = Reader(locale, self._gathering.zone, self._clock.now())
        copy, message = claimed.copy, claimed.message
        if claimed.op == "delete" and message is not None:
            return Removed(claimed, await self._platform.delete(address, message))
        if claimed.op == "pin" and message is not None:
            await self._platform.pin(address, message)
            return Arrived(claimed, message)
        view = self.letters.view(copy, locale) if copy else unpack(claimed.content, claimed.carried)
        if message is not None:
            return Arrived(claimed, await self._platform.edit(address, message, view, reader))
        return Arrived(claimed, await self._platform.send(address, view, reader, delivery_id=claimed.id))


def homeless(claimed: Claimed, reason: Reason, now: datetime) -> Outcome:
    """What becomes of a delivery whose group's place is not there: it waits until that is made again, five minutes."""
    if claimed.attempts + 1 >= _TRIES_AT_A_PLACE:
        return Ended(claimed, "failed", reason)
    return Postponed(claimed, now + _PLACE_TRIED_EVERY, reason, homeless=True)


def spared(claimed: Claimed, now: datetime) -> Outcome | None:
    """What becomes of a delivery that must not be sent as things stand; None for one that may."""
    to, copy = claimed.recipient, claimed.copy
    if not claimed.allowed:
        return Ended(claimed, "dropped", Reason.ROLE_TAKEN)
    if copy and copy.ended:
        return Ended(claimed, "cancelled", Reason.CANCELLED)
    if claimed.message is not None:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False) if to.unreachable else None
    if to.thread == "":
        return homeless(claimed, Reason.CHANNEL_GONE, now)
    if claimed.kind == MEMBERSHIP:
        return None if to.theirs else Ended(claimed, "dropped", Reason.ACCOUNT_CHANGED_HANDS)
    if to.stopped and not claimed.asked:
        return Ended(claimed, "dropped", Reason.STOPPED)
    if to.unreachable or not to.theirs:
        return Undeliverable(claimed, Reason.OUT_OF_REACH, closed=False)
    if not (to.takes_pushes or claimed.asked):
        return Undeliverable(claimed, Reason.NO_OPT_IN, closed=False)
    return None

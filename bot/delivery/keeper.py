"""One platform's places of groups: each is brought in step once its group changed, and looked after once a day.

One place after the other: platforms ration what is made there, and nobody waits at the other end. A place that was
deleted by hand is thus made again within a day, or with the next change.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.config import Settings
from bot.delivery.content import pack
from bot.domain.spaces import Place
from bot.errors import Rejected, RetryLater, Unreachable
from bot.group_cards import card_lines, title
from bot.platforms.base import Platform, Space, Spaces
from bot.storage import groups, spaces, themes
from bot.storage.engine import Store, StoreUnavailable, Transaction
from bot.storage.spaces import Stored
from bot.texts import Reader, Span, _, plain
from bot.views import View

log = structlog.get_logger()

_LOOK_EVERY = 2.0
_LOOKED_AFTER_EVERY = timedelta(days=1)
_REFUSED_AGAIN_AFTER = timedelta(hours=1)
"""What is refused is missing a permission or beyond a limit: somebody may have seen to it meanwhile."""
_LONGEST_WAIT = 300.0


async def note_offer(store: Store, platform: Platform, now: datetime) -> None:
    """Write down whether a platform gives groups places, for those who ask for them. Raises StoreUnavailable."""
    await store.transact(lambda tx: spaces.offer(tx, platform.name, platform.spaces is not None, now))


class Keeper:
    """Keeps the places on one platform, for as long as this program holds the lease."""

    def __init__(self, platform: str, port: Spaces, store: Store, settings: Settings, clock: Clock) -> None:
        self._platform = platform
        self._spaces = port
        self._store = store
        self._clock = clock
        self._reader = Reader(settings.gathering.locales[0], settings.gathering.zone)
        self._chance = random.Random(platform)  # noqa: S311 - no secret: spreads what is tried again
        self._refusals: set[str] = set()

    async def serve(self) -> None:
        """Bring places in step until cancelled."""
        while True:
            try:
                stored = await self._store.read(lambda tx: spaces.due(tx, self._platform))
                wait = await self._bring(stored) if stored and stored.due <= self._clock.now() else _LOOK_EVERY
            except StoreUnavailable as error:
                log.warning("places of groups out of reach", platform=self._platform, reason=str(error))
                wait = _LOOK_EVERY
            if wait:
                await self._clock.sleep(wait)

    async def _bring(self, stored: Stored) -> float:
        """Bring one place in step; for how many seconds the platform asks to be left alone then."""
        about = {"platform": self._platform, "group": stored.group_id}
        try:
            if space := await self._store.read(lambda tx: self._space(tx, stored)):
                await self._spaces.keep(space, lambda place: self._note(stored, place))
                again = self._clock.now() + _LOOKED_AFTER_EVERY
                await self._store.transact(lambda tx: spaces.done(tx, stored, self._clock.now(), again))
            else:
                await self._spaces.close(await self._store.read(lambda tx: spaces.place(tx, stored.id)))
                await self._store.transact(lambda tx: spaces.forget(tx, stored.id))
        except (Rejected, Unreachable) as error:
            if str(error) not in self._refusals:
                self._refusals.add(str(error))
                log.warning("a group gets no place, its people are told all the same", **about, reason=str(error))
            await self._postpone(stored, _REFUSED_AGAIN_AFTER)
        except RetryLater as error:
            await self._postpone(stored, timedelta(seconds=error.seconds or self._patience(stored)))
            return error.seconds or 0.0
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("place of a group not brought in step", **about)
            await self._postpone(stored, timedelta(seconds=_LONGEST_WAIT))
        return 0.0

    def _patience(self, stored: Stored) -> float:
        return float(min(2.0**stored.attempts, _LONGEST_WAIT) * self._chance.uniform(0.5, 1))

    async def _postpone(self, stored: Stored, wait: timedelta) -> None:
        again = self._clock.now() + wait
        await self._store.transact(lambda tx: spaces.postpone(tx, stored, again))

    async def _note(self, stored: Stored, place: Place) -> None:
        await self._store.transact(lambda tx: spaces.note(tx, stored.id, place))

    async def _space(self, tx: Transaction, stored: Stored) -> Space | None:
        """The place as it should be now; None for a group that is no more, or not published."""
        group = await groups.find(tx, stored.group_id)
        rounds = await groups.rounds(tx)
        held = next((each for each in rounds if group and each.number == group.round and each.published), None)
        theme = await themes.find(tx, group.theme) if group else None
        if group is None or held is None or theme is None:
            return None
        name: Span = title(group, theme)
        if len(rounds) > 1:  # no two places have the same name
            name = _("{group} · day {day}", group=name, day=held.number)
        card = View(card_lines(group, theme, held, await groups.members(tx, group)))
        place = await spaces.place(tx, stored.id)
        return Space(
            stored.id,
            plain(name, self._reader),
            card,
            self._reader,
            hashlib.sha256(f"{self._reader} {pack(card)[0]}".encode()).hexdigest(),
            frozenset(await spaces.accounts(tx, group.id, self._platform)),
            place,
            await spaces.taken(tx, self._platform) - {place.thread, place.role},
            stored.attempts,
        )

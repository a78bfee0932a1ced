"""Tells whether the program works as it should, and if not, why: the answer of `/health`. It has no personal data."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from aiohttp import web

from bot.clock import Clock
from bot.config import setting_store
from bot.database.engine import Store, StoreUnavailable
from bot.files.stored_files import Files, in_thread

PATH = "/health"

STABLE_AFTER = timedelta(minutes=2)
"""How long a platform that failed must run until it no longer counts as failed."""

_PATIENCE = 3.0
"""Seconds of real time after which a store that says nothing counts as one that does not answer."""

_FILES_PATIENCE = 1.0
"""The same for files, but shorter, so that a proxy that asks does not take the program for dead because of files."""
_FILES_ASKED_EVERY = timedelta(seconds=5)

IntakeState: TypeAlias = Literal["running", "waiting", "failed", "stopped"]
"""Whether updates from a platform are received.

«waiting»: another program receives them. «failed»: receiving failed lately and is tried again. «stopped»: the
platform's settings are wrong, so it stays off.
"""


@dataclass(slots=True)
class _Intake:
    """The way in of one platform: its state since an instant, and since when it failed if it has not recovered."""

    state: IntakeState
    since: datetime
    failed_since: datetime | None = None

    def lives_well(self, now: datetime) -> bool:
        """Return whether the platform has run for so long at `now` that an earlier failure no longer counts."""
        return self.state == "running" and now - self.since >= STABLE_AFTER

    def shown(self, now: datetime) -> tuple[IntakeState, datetime]:
        """Return how updates from the platform are received, as it is to be reported at `now`, and since when."""
        if self.failed_since and self.state in ("running", "failed") and not self.lives_well(now):
            return "failed", self.failed_since
        return self.state, self.since


class Health:
    """The state of this program and its platforms, for a monitoring system; each part records its state here."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        delivering: Callable[[], Mapping[str, bool]] = dict,
        files: Files | None = None,
    ) -> None:
        """`delivering` returns, for each platform, whether this program is the one that delivers to it now.

        `files` is the file storage; None if it is not to be reported on.
        """
        self._store = store
        self._clock = clock
        self._delivering = delivering
        self._intakes: dict[str, _Intake] = {}
        self._last_commit: datetime | None = None
        self._files = files
        self._files_asked: datetime | None = None
        self._files_away: str | None = None
        self._asking: asyncio.Task[str | None] | None = None
        """The present request to the database; everybody who asks meanwhile gets its answer."""

    def intake(self, platform: str, state: IntakeState) -> None:
        """Record whether updates (messages and presses) from a platform are received.

        `state` «waiting» means that another program receives them, «stopped» that the platform's settings are wrong.
        """
        now = self._clock.now()
        before = self._intakes.get(platform)
        failed_since = before.failed_since if before and not before.lives_well(now) else None
        if state == "failed" and failed_since is None:
            failed_since = now
        self._intakes[platform] = _Intake(state, now, failed_since)

    def committed(self) -> None:
        """Record that this program has just saved something that a person did."""
        self._last_commit = self._clock.now()

    async def report(self, parts: Collection[str] = (), supposed: str = "") -> tuple[bool, Mapping[str, Any]]:
        """Return whether the program works as it should, and the details as JSON values.

        The program works if the database answers and updates from all platforms in `parts` are received; if `parts` is
        empty, all platforms count. `supposed` is the secret name of an installation, '' for none: with a name, the
        details say whether this program belongs to that installation.
        """
        now = self._clock.now()
        installation, away = await asyncio.gather(self._installation(), self.files_away())
        intakes = {platform: intake.shown(now) for platform, intake in self._intakes.items()}
        received = {platform for platform, (state, _since) in intakes.items() if state in ("running", "waiting")}
        well = installation is not None and received.issuperset(parts or intakes)
        answer: dict[str, Any] = {"store": "does not answer" if installation is None else "answers"}
        if supposed and installation is not None:
            answer["ours"] = hmac.compare_digest(supposed.encode(), installation.encode())
        if self._files:
            answer["files"] = away or "answer"
        answer["platforms"] = {
            platform: {"state": state, "since": _seconds(since)} for platform, (state, since) in intakes.items()
        }
        answer["delivery"] = {
            platform: "running" if running else "waiting" for platform, running in self._delivering().items()
        }
        answer["last_commit"] = _seconds(self._last_commit) if self._last_commit else None
        return well, answer

    async def files_away(self) -> str | None:
        """Return why the storage of files cannot be reached; None if it can be reached.

        The storage is asked at most every five seconds. The program counts as healthy even without the storage, because
        messages without files do not need it.
        """
        now = self._clock.now()
        if self._files and (self._files_asked is None or now - self._files_asked >= _FILES_ASKED_EVERY):
            self._files_asked = now
            try:
                async with asyncio.timeout(_FILES_PATIENCE):
                    await in_thread(self._files.reach)
                self._files_away = None
            except TimeoutError:
                self._files_away = "does not answer"
            except OSError as error:
                self._files_away = error.strerror or "cannot be used"
        return self._files_away

    async def _installation(self) -> str | None:
        """Return the random name of this installation; None if the store does not answer."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_store())
            self._asking.add_done_callback(self._has_asked)
        return await asyncio.shield(self._asking)

    def _has_asked(self, _asking: asyncio.Task[str | None]) -> None:
        self._asking = None

    async def _ask_store(self) -> str | None:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._store.read(setting_store.installation) or await self._store.transact(
                    setting_store.name_installation
                )
        except (StoreUnavailable, TimeoutError):
            return None

    def routes(self) -> list[web.RouteDef]:
        """Return the route of `/health`, for a web server: status 200 if the program is healthy, otherwise 503.

        `/health?part=web` asks about one platform alone, which is for a proxy that forwards requests for pages;
        `/health?supposed=NAME` asks whether the installation has this name.
        """
        return [web.get(PATH, self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        well, answer = await self.report(request.query.getall("part", ()), request.query.get("supposed", ""))
        return web.json_response(answer, status=200 if well else 503)


def _seconds(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")

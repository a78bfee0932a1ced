"""One other process for what computes long: started for the first work, stopped when idle, gone with the program."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import Any

_METHOD = multiprocessing.get_context("spawn")  # a fork would take the loop's threads and sockets along


class WorkerDied(Exception):
    """The process ended before the work did: killed, or out of memory."""


class SideProcess:
    """Runs one piece of work at a time in a process of its own."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    async def do(
        self, work: Callable[[Mapping[str, Any]], Mapping[str, Any]], payload: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Run a function from the top of a module. Raises what it raises, or WorkerDied."""
        if self._pool is None:
            theirs, self._lifeline = _METHOD.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(1, _METHOD, initializer=_live_with, initargs=(theirs,))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, payload)
        except BrokenProcessPool:
            self.close()
            raise WorkerDied from None

    def close(self) -> None:
        """End the process, whatever it is at."""
        if self._pool and self._lifeline:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._lifeline.close()
            self._pool = self._lifeline = None


def _live_with(lifeline: Connection) -> None:
    """In the process: end when the program closes its end of the pipe, by will or because it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the program decides

    def watch() -> None:
        lifeline.poll(None)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()

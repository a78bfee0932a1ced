"""Runs long computations in another process, which starts with the first computation and ends with the program."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Work = Callable[[Mapping[str, Any]], Mapping[str, Any]]

MEMORY = 2 * 320 * 1024 * 1024
"""The most bytes of address space of the process: one and a half times what the largest legitimate job needs.

VmPeak on Linux, Python 3.11: the booklet of 100 groups with 5,200 ideas and 40 photos of 12 megapixels 394 MB (355
without photos), their slides for the plenary 183 MB, 1,000 people formed into groups by rules with HiGHS 271 MB, over
three days 224 MB, the workbook 97 MB, 2,000 people formed without rules and drawn 162 MB.
"""
_MOST_HEAPS = -8  # M_ARENA_MAX in malloc.h
_GRACE = 30
"""The seconds after its deadline at which the process ends itself, if no program is left to end it."""


class WorkerDied(Exception):
    """The error that the other process ended before its work was done, because it was killed or ran out of memory."""


class SideProcess:
    """Runs long computations in another process, one at a time."""

    def __init__(self, memory: int = MEMORY) -> None:
        """`memory` is the most bytes of address space that the process may use, on systems that can limit it."""
        self._memory = memory
        self._process: SpawnProcess | None = None
        self._launched = Future[None]()
        self._line: Connection | None = None
        self._lifeline: Connection | None = None
        self._threads = ThreadPoolExecutor(1, "side-process")

    async def do(self, work: Work, payload: Mapping[str, Any], seconds: float | None = None) -> Mapping[str, Any]:
        """Run `work`, a function at the top of a module, with `payload` in the other process, and return its result.

        Raises the error that `work` raises; WorkerDied if the process ended before its work was done; and MemoryError
        if there was too little memory, even if a library such as Typst ended the process for this reason. Cancelling
        this call ends the process at once. `seconds` is a time limit that applies even if this program is killed; None
        for no limit.
        """
        try:
            await self.start()
            if self._process is None or self._line is None:  # closed meanwhile
                raise WorkerDied
            asked = self._threads.submit(_exchange, self._process, self._line, (work, payload, seconds))
            done, result = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            self.close()
            raise
        if done:
            return result  # type: ignore[no-any-return]
        if isinstance(result, (MemoryError, WorkerDied)):  # the process cannot be used any more
            self.close()
        raise result

    async def start(self) -> None:
        """Start the other process, unless it is already running or starting.

        Without this, the first call of `do` starts the process, and takes longer.
        """
        if self._process is None or (self._launched.done() and not self._process.is_alive()):
            import multiprocessing  # only needed once there is work

            method = multiprocessing.get_context("spawn")  # a fork would take the loop's threads and sockets along
            self._line, theirs = method.Pipe()
            ends, self._lifeline = method.Pipe(duplex=False)
            self._process = method.Process(target=_serve, args=(theirs, ends, self._memory), daemon=True)
            # In a thread: on a busy machine it takes long enough to hold up others.
            self._launched = self._threads.submit(_launch, self._process, theirs, ends)
        await asyncio.wrap_future(self._launched)

    def close(self) -> None:
        """End the other process at once, even while it is starting or working."""
        if self._process is not None:
            if self._process.pid is None:  # it is still starting in the thread, which then ends it
                self._threads.submit(self._process.kill)
            else:
                self._process.kill()
            # Its thread reads the end of the line, then sees to it that no zombie stays.
            self._threads.submit(self._process.join)
            self._threads.shutdown(wait=False)
            self._threads = ThreadPoolExecutor(1, "side-process")
        self._process = self._line = self._lifeline = None


def _launch(process: SpawnProcess, *theirs: Connection) -> None:
    process.start()
    for end in theirs:  # or a line would not end with the process
        end.close()


def _exchange(process: SpawnProcess, line: Connection, asked: object) -> tuple[bool, Any]:
    """Ask the process for work, and return what `_done` returns there, or the error that it ended."""
    try:
        line.send(asked)
        return line.recv()  # type: ignore[no-any-return]
    except (EOFError, OSError):
        process.join()  # it is ending: only now is known how
        return False, MemoryError() if process.exitcode == -signal.SIGABRT else WorkerDied()


# --- in the process


def _serve(line: Connection, lifeline: Connection, memory: int) -> None:
    """Run in the process: do one piece of work after another until the program ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the program decides
    # Threads of solvers and of Typst set address space aside by the number of cores. One each is measured, and all that
    # solvers use; two of Typst take 8 MB more and set a booklet in two thirds of the time.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "2"}
    _limit(memory)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            work, payload, seconds = line.recv()
            _set_alarm(seconds)
            line.send(_done(work, payload))
            _set_alarm(None)


def _done(work: Work, payload: Mapping[str, Any]) -> tuple[bool, object]:
    """Return whether the work succeeded, and its result or the error that it raised, in a form that can be pickled."""
    try:
        return True, work(payload)
    except MemoryError:
        return False, MemoryError()
    except Exception as error:  # noqa: BLE001 - the program decides what becomes of it
        error.add_note(traceback.format_exc())
        return False, error


def _end_with(lifeline: Connection) -> None:
    """End the process when the program closes its end of the pipe, on purpose or because it was killed."""
    lifeline.poll(None)
    os._exit(0)


def _limit(memory: int) -> None:
    if sys.platform != "win32":
        import ctypes
        import resource

        with contextlib.suppress(ValueError, OSError):  # less is allowed already, or the system knows no such limit
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        with contextlib.suppress(AttributeError):  # only glibc gives each thread a heap of its own, of 64 MB
            ctypes.CDLL(None).mallopt(_MOST_HEAPS, 1)


def _set_alarm(seconds: float | None) -> None:
    """Have the operating system end the process after some seconds, because Python code may be unable to react."""
    if sys.platform != "win32":
        signal.alarm(0 if seconds is None else max(1, int(seconds) + _GRACE))

"""An announcement to many against the published limits: how fast, how often refused, and what it costs.

    python -m benchmarks.broadcast [--people 100 1000 10000] [--latency 0.005]

Bot on one core, server on the other. The server allows a bucket of 30, or holds a strict window of one second; in the
last round the program believes that a fifth more is allowed than is. Before and during the broadcast a few others ask
for their screen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.crowd import fill
from benchmarks.peer import BOT_CORE, Peer, bot_api, process
from benchmarks.updates import percentile
from bot.content.features import features_of

_ASKING = 40
"""People besides the recipients who ask for their screen."""
_ASKED_A_SECOND = 10
_TIMES = 250
_LIMIT = 30.0


def broadcast(
    people: int, pace: str, latency: float, *, believed: float | None = None, asking: bool = False
) -> dict[str, Any]:
    """Send to so many people, while others may be `asking`; what the program and the server saw of it."""
    with bot_api("--pace", pace, "--latency", str(latency)) as peer, tempfile.TemporaryDirectory() as folder:
        invented = peer("people", count=people + _ASKING)
        store = Path(folder) / "broadcast.db"
        fill(store, people + _ASKING, invented["first"], people + _ASKING)
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("UPDATE participants SET attends = 0 WHERE id > ?", (people,))
            database.commit()
        with _program(peer, store, believed) as program:
            others = [invented["first"] + people + n for n in range(_ASKING)]
            _ask(peer, others, _ASKING)
            peer("reset")
            if asking:
                _ask(peer, others, _TIMES)
            idle = sorted(peer("timings")["replied"])
            peer("reset")
            asked = threading.Thread(target=_ask, args=(peer, others, _TIMES if asking else 0))
            assert program.stdin
            asked.start()
            print(file=program.stdin, flush=True)
            seen: dict[str, Any] = json.loads(_line(program, "{"))
            asked.join()
            busy = sorted(peer("timings")["replied"])[-_TIMES:]
            refused = peer("counters")["refusals"].get("429", 0)
            print(file=program.stdin, flush=True)
    replies = (percentile(idle, 0.99), percentile(busy, 0.99)) if asking else None
    return {**seen, "refused": refused, "replies": replies}


def _ask(peer: Peer, people: list[int], times: int) -> None:
    acts = [[people[n % len(people)], "send", "/moi"] for n in range(times)]
    peer("act", acts=acts, spread=times / _ASKED_A_SECOND)
    peer("wait", settled=True, timeout=60)


@contextlib.contextmanager
def _program(peer: Peer, store: Path, believed: float | None) -> Iterator[subprocess.Popen[str]]:
    arguments = ["-m", "benchmarks.broadcaster", peer.root, f"sqlite:///{store}"]
    if believed:
        arguments.append(str(believed))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with process(arguments, BOT_CORE, **pipes) as program:
        assert program.stdout
        _line(program, "ready")
        yield program


def _line(program: subprocess.Popen[str], start: str) -> str:
    """The next line that begins so: others are what the program tells of itself."""
    assert program.stdout
    for line in program.stdout:
        if line.startswith(start):
            return line
    raise RuntimeError("the program ended")


def _tell(name: str, people: int, seen: dict[str, Any]) -> None:
    print(
        f"{name}, {people:,} people: {seen['rate']:.2f}/s = {seen['rate'] / _LIMIT:.1%} of 30/s,"
        f" refused {seen['refused']}, {seen['states']}, memory {seen['memory']:.1f} MB (+{seen['grew']:.1f}),"
        f" loop lag p99 {seen['lag_p99'] * 1e3:.1f} ms,"
        f" bookkeeping {seen['bookkeeping']:.2f} s of CPU to {seen['sending']:.2f} s of sending"
        f" ({seen['bookkeeping'] / seen['sending']:.1%})"
        if not seen["replies"]
        else f"{name}: a reply has p99 {seen['replies'][0] * 1e3:.1f} ms when idle, {seen['replies'][1] * 1e3:.1f} ms"
        f" during the broadcast ({seen['replies'][1] / seen['replies'][0]:.2f} times)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--latency", type=float, default=0.005)
    options = parser.parse_args()
    for people in options.people:
        for pace in ("bucket", "strict"):
            _tell(pace, people, broadcast(people, pace, options.latency))
    for _round in range(3):
        _tell("bucket, others asking", 1000, broadcast(1000, "bucket", options.latency, asking=True))
    believed = features_of("telegram").pace.per_second * 1.2
    most = min(1000, max(options.people))
    _tell(
        f"bucket, believed to be {believed:.1f}/s", most, broadcast(most, "bucket", options.latency, believed=believed)
    )


if __name__ == "__main__":
    main()

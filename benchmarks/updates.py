"""Measures how many theme choices a second the bot handles and how soon, compared with simple echo bots.

    python -m benchmarks updates [--updates 6000] [--rounds 3]

The bot runs on one core, the server on the other. The echo does what the choice asks of Telegram (a press acknowledged,
its message edited) and nothing else: no store, no dispatch, no translation. Rounds alternate between bots; the median
ratio counts.
"""

from __future__ import annotations

import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.programs import BOT_CORE, SILENT, Peer, Postgres, bot_api, driven, postgres, process, settings_for
from benchmarks.report import options, percentile
from tests.crowds import FIRST, fill

_PEOPLE = 500
_PATIENCE = 250
_CHOICES = ("tt-school", "tt-civic")
_RATIOS = (
    ("ours", "library"),
    ("ours", "transport"),
    ("ours", "floor"),
    ("ours at 100,000", "ours"),
    ("PostgreSQL", "ours"),
)


def throughput(kind: str, updates: int, store: Path | str = "") -> float:
    """Return how many presses a second a bot (`kind`: «ours» or an echo) handles, if `updates` wait at the start."""
    with bot_api() as peer, _bot(kind, peer, store):
        _press(peer, _PEOPLE, updates)
        started = time.perf_counter()
        _wait(peer, updates)
        return updates / (time.perf_counter() - started)


def latency(
    rate: float, store: Path | str, *options: str, people: int = _PEOPLE, updates: int = 1000
) -> dict[str, list[float]]:
    """Return sorted seconds until acknowledgement and until reply, by name, for our bot at `rate` presses a second."""
    with bot_api(*options) as peer, _bot("ours", peer, store):
        _press(peer, people, updates, spread=updates / rate)
        _wait(peer, updates)
        return {name: sorted(times) for name, times in peer("timings").items()}


def _press(peer: Peer, people: int, updates: int, spread: float = 0.0) -> None:
    """Let people come in, and then press."""
    peer("people", count=people)
    peer("act", acts=[[FIRST + n, "start", ""] for n in range(people)])
    peer("wait", replied=people, settled=True, timeout=_PATIENCE)
    peer("reset")
    acts = [[FIRST + n % people, "forge", _CHOICES[n // people % 2]] for n in range(updates)]
    peer("act", acts=acts, spread=spread)


def _wait(peer: Peer, updates: int) -> None:
    peer("wait", calls={"editMessageText": updates, "answerCallbackQuery": updates}, timeout=_PATIENCE)


@contextlib.contextmanager
def _bot(kind: str, peer: Peer, store: Path | str) -> Iterator[None]:
    """One bot; ours on a copy of the store, since a fresh server numbers its updates from the start again.

    A store that is given by its URL is such a copy.
    """
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-c", "from benchmarks.echoes import run_program; run_program()", kind, peer.root]
        if store:
            url = store if isinstance(store, str) else f"sqlite:///{shutil.copy(store, folder)}"
            arguments = driven(settings_for(peer, url, folder), only=["telegram"])
        with process(arguments, BOT_CORE, **SILENT):
            yield


def _tell_latency(name: str, rate: int, store: Path | str, again: Path | str) -> None:
    for what, times in latency(rate, store).items():
        p50, p99 = percentile(times, 0.5) * 1e3, percentile(times, 0.99) * 1e3
        print(f"{name}, {rate}/s, {what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    for what, times in latency(100, again, "--latency", "0.05", people=100, updates=100).items():
        trips = percentile(times, 0.99) / 0.05
        print(f"{name}, 100 within a second over 50 ms, {what}: p99 {trips:.2f} round trips")


def _round(updates: int, small: Path, large: Path, on: Postgres, filled: str) -> tuple[dict[str, float], float]:
    """Presses handled a second by each bot, and the transactions of PostgreSQL that were undone for each press."""
    url = on.database(filled)
    rates = {
        "library": throughput("library", max(1000, updates // 3)),
        "transport": throughput("transport", updates),
        "floor": throughput("floor", updates),
        "ours": throughput("ours", updates, small),
        "ours at 100,000": throughput("ours", updates, large),
        "PostgreSQL": throughput("ours", updates // 2, url),
    }
    return rates, on.undone(url) / (updates // 2)


def main() -> None:
    asked = options(__doc__, updates=6000, rounds=3)
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as on:
        small, large, filled = Path(folder) / "small.db", Path(folder) / "large.db", on.database()
        fill(f"sqlite:///{small}", _PEOPLE, _PEOPLE)
        fill(f"sqlite:///{large}", 100_000, _PEOPLE)
        fill(filled, _PEOPLE, _PEOPLE)
        rounds = []
        for number in range(1, asked.rounds + 1):
            rounds.append(_round(asked.updates, small, large, on, filled))
            told = ", ".join(f"{kind} {rate:,.0f}/s" for kind, rate in rounds[-1][0].items())
            print(f"round {number}: {told}", flush=True)
        for over, base in _RATIOS:
            print(f"{over} / {base}: {statistics.median(rates[over] / rates[base] for rates, _undone in rounds):.2f}")
        print(f"PostgreSQL, undone for each press: {statistics.median(undone for _rates, undone in rounds):.3f}")
        _tell_latency("SQLite", 300, small, small)
        _tell_latency("PostgreSQL", 100, on.database(filled), on.database(filled))

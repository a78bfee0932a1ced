"""How many theme choices a second, how soon each is answered, against bare echoes of the library, in one run.

    python -m benchmarks.updates [--updates 6000] [--rounds 3]

Bot on one core, server on the other. The echo does what the choice asks of Telegram (a press acknowledged, its message
edited) and nothing else: no store, no dispatch, no translation. Rounds are interleaved; the medians of their ratios
count. What the store alone is good for is measured without a chat platform (`benchmarks/units.py`): units that share no
row on both engines, one theme against many, two programs at once, and a server that is 2 ms away.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.crowd import MANY_THEMES, THEMES, fill
from benchmarks.peer import BOT_CORE, SERVER_CORE, Peer, bot_api, process
from benchmarks.postgres import Server, server

_PEOPLE = 500
_FIRST = 5_000_000_001
_FAR = 0.002
"""Seconds to a server on another machine and back."""


def throughput(kind: str, updates: int, store: Path | str | None = None) -> float:
    """Presses handled a second by one kind of bot, from a full backlog."""
    with bot_api() as peer, _bot(kind, peer, store):
        first = _gather(peer, _PEOPLE)
        themes = ("tt-school", "tt-civic")
        acts = [[first + n % _PEOPLE, "forge", themes[n // _PEOPLE % 2]] for n in range(updates)]
        peer("act", acts=acts)
        started = time.perf_counter()
        peer("wait", calls={"editMessageText": updates, "answerCallbackQuery": updates}, timeout=100)
        return updates / (time.perf_counter() - started)


def latency(
    kind: str,
    rate: float,
    store: Path | str | None = None,
    *options: str,
    people: int = _PEOPLE,
    updates: int = 1000,
) -> dict[str, list[float]]:
    """Seconds to acknowledge and to reply, sorted, at so many presses a second."""
    with bot_api(*options) as peer, _bot(kind, peer, store):
        first = _gather(peer, people)
        themes = ("tt-school", "tt-civic")
        acts = [[first + n % people, "forge", themes[n // people % 2]] for n in range(updates)]
        peer("act", acts=acts, spread=updates / rate)
        peer("wait", calls={"editMessageText": updates, "answerCallbackQuery": updates}, timeout=100)
        return {name: sorted(times) for name, times in peer("timings").items()}


def _gather(peer: Peer, people: int) -> int:
    first = int(peer("people", count=people)["first"])
    peer("act", acts=[[first + n, "start", ""] for n in range(people)])
    peer("wait", replied=people, settled=True, timeout=120)
    peer("reset")
    return first


@contextlib.contextmanager
def _bot(kind: str, peer: Peer, store: Path | str | None) -> Iterator[None]:
    """One bot; ours on a copy of the store, since a fresh server numbers its updates from the start again.

    A store that is given by its URL is such a copy.
    """
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-m", "benchmarks.bots", kind, peer.root]
        if store:
            arguments.append(store if isinstance(store, str) else f"sqlite:///{shutil.copy(store, folder)}")
        with process(arguments, BOT_CORE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            yield


def percentile(times: list[float], share: float) -> float:
    """The time within which that share of sorted times falls."""
    return times[min(len(times) - 1, int(len(times) * share))]


def _on_postgres(postgres: Server, filled: str, updates: int) -> tuple[float, float]:
    """Presses handled a second on PostgreSQL, and how many transactions were undone for each."""
    url = postgres.database(filled)
    rate = throughput("ours", updates, url)
    return rate, postgres.transactions(url)[1] / updates


def units(url: str, kind: str, seconds: float, programs: int = 1) -> float:
    """Presses answered a second without a chat platform, by several programs together; kinds as in `units.py`."""
    share = _PEOPLE // programs
    with contextlib.ExitStack() as stack:
        started = []
        for number in range(programs):
            first = _FIRST + number * share
            arguments = ["-m", "benchmarks.units", url, kind, str(seconds), str(first), str(first + share - 1)]
            started.append(stack.enter_context(process(arguments, None, stdout=subprocess.PIPE)))
        return sum(float(program.communicate()[0]) for program in started)


@contextlib.contextmanager
def _far(url: str, seconds: float) -> Iterator[str]:
    """The URL of a database over a line on which a round trip takes so long."""
    (path,) = Path(parse_qs(urlsplit(url).query)["host"][0]).glob(".s.PGSQL.*[0-9]")
    with process(["-m", "benchmarks.far", str(path), str(seconds)], SERVER_CORE, stdout=subprocess.PIPE) as relay:
        assert relay.stdout
        user, name = urlsplit(url).netloc.partition("@")[0], urlsplit(url).path
        yield f"postgresql://{user}@127.0.0.1:{relay.stdout.readline().strip()}{name}?sslmode=disable"


def _without_platform(postgres: Server, filled: str, folder: Path, rounds: int, seconds: float) -> None:
    """Print what the engine does on both stores without a chat platform."""
    ratios = []
    for number in range(rounds):
        file = folder / f"units{number}.db"
        fill(file, _PEOPLE, _FIRST, _PEOPLE)
        on_sqlite = units(f"sqlite:///{file}", "own", seconds)
        ratios.append(units(postgres.database(filled), "own", seconds) / on_sqlite)
    print(f"units without common rows, PostgreSQL / SQLite: {statistics.median(ratios):.2f}")
    for kind, programs, far in (
        ("one", 1, False),
        ("one", 2, False),
        ("spread", 1, False),
        ("spread", 2, False),
        ("one", 1, True),
        ("spread", 1, True),
        ("own", 1, True),
    ):
        url = postgres.database(filled)
        with _far(url, _FAR) if far else contextlib.nullcontext(url) as there:
            rate = units(there, kind, seconds, programs)
        undone = postgres.transactions(url)[1] / (rate * seconds)
        where = f"{_FAR * 1e3:.0f} ms away" if far else "here"
        print(f"PostgreSQL {where}, {kind}, programs {programs}: {rate:,.0f}/s, undone {undone:.3f} each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10, help="of each measure without a chat platform")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as postgres:
        stores: dict[int, Path] = {}
        for people in (_PEOPLE, 100_000):
            stores[people] = Path(folder) / f"{people}.db"
            fill(stores[people], people, _FIRST, _PEOPLE)
        filled = postgres.database()
        fill(filled, _PEOPLE, _FIRST, _PEOPLE)
        rounds, undone = [], []
        for number in range(1, options.rounds + 1):
            on_postgres, share = _on_postgres(postgres, filled, options.updates // 2)
            undone.append(share)
            rates = {
                "library": throughput("library", max(1000, options.updates // 3)),
                "transport": throughput("transport", options.updates),
                "floor": throughput("floor", options.updates),
                "ours": throughput("ours", options.updates, stores[_PEOPLE]),
                "ours at 100,000": throughput("ours", options.updates, stores[100_000]),
                "PostgreSQL": on_postgres,
            }
            rounds.append(rates)
            print(f"round {number}: " + ", ".join(f"{kind} {rate:,.0f}/s" for kind, rate in rates.items()), flush=True)
        for over, base in (
            ("ours", "library"),
            ("ours", "transport"),
            ("ours", "floor"),
            ("ours at 100,000", "ours"),
            ("PostgreSQL", "ours"),
        ):
            print(f"{over} / {base}: {statistics.median(rates[over] / rates[base] for rates in rounds):.2f}")
        print(f"PostgreSQL, undone for each press: {statistics.median(undone):.3f}")
        wide = postgres.database()
        fill(wide, _PEOPLE, _FIRST, _PEOPLE, [*MANY_THEMES, *THEMES[1:]])
        _without_platform(postgres, wide, Path(folder), options.rounds, options.seconds)
        for name, store in (("SQLite", stores[_PEOPLE]), ("PostgreSQL", None)):
            calm = latency("ours", 300 if store else 100, store or postgres.database(filled))
            for what, times in calm.items():
                p50, p99 = percentile(times, 0.5) * 1e3, percentile(times, 0.99) * 1e3
                print(f"{name}, {300 if store else 100}/s, {what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
            where = store or postgres.database(filled)
            rush = latency("ours", 100, where, "--latency", "0.05", people=100, updates=100)
            for what, times in rush.items():
                trips = percentile(times, 0.99) / 0.05
                print(f"{name}, 100 within a second over 50 ms, {what}: p99 {trips:.2f} round trips")


if __name__ == "__main__":
    main()

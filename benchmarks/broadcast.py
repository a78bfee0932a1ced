"""Measures an announcement to many under Telegram's published limits: how fast, how often refused, at what cost.

    python -m benchmarks broadcast [--people 100 1000 10000] [--latency 0.005]

The bot runs on one core, the server on the other. The server allows bursts of 30 messages, or applies a strict limit
for each second. In the last round the program believes that a fifth more is allowed. Before and during the broadcast, a
few other people ask for screens.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.programs import BOT_CORE, Peer, bot_api, program, settings_for
from benchmarks.report import arguments, percentile
from bot.content.features import features_of
from tests.crowds import FIRST, fill_store, in_store

_ASKING = 40
"""People besides the recipients who ask for their screen."""
_ASKED_A_SECOND = 10
_TIMES = 250
_LIMIT = 30.0
_WORDS = "Rendez-vous demain à 9 h 30 aux Halles civiques : l'accueil ouvre à 9 h, prends ton badge et de quoi noter."


async def broadcast(
    people: int, pace: str, latency: float, *, asking: bool = False, believed: float | None = None
) -> dict[str, Any]:
    """Send an announcement to a number of people under Telegram's limits, and return what was measured.

    `pace` is how Telegram limits the bot: «bucket» allows bursts, «strict» counts each second. `latency` is the time of
    a call, in seconds. With `asking`, other people ask for screens meanwhile. `believed` is how many messages a second
    the program believes to be allowed, None for its usual number.
    """
    with tempfile.TemporaryDirectory() as folder, bot_api("--pace", pace, "--latency", str(latency)) as peer:
        await peer.ask("people", count=people + _ASKING)
        url = f"sqlite:///{Path(folder) / 'broadcast.db'}"
        await fill_store(url, people + _ASKING, people + _ASKING)
        await in_store(url, lambda tx: tx.run("UPDATE participants SET attends = 0 WHERE id > :most", most=people))
        settings = settings_for(peer, url, folder)
        faster = {"pace": believed} if believed else {}
        others = [FIRST + people + n for n in range(_ASKING)]
        async with program(settings, BOT_CORE, only=["telegram", "delivery"], **faster) as serving:
            await _ask(peer, others, _ASKING)
            idle = await _ask(peer, others, _TIMES) if asking else []
            before = serving.memory()
            await serving.ask(watch=True)
            sending = asyncio.create_task(serving.ask(announce=_WORDS))
            busy = await _ask(peer, others, _TIMES) if asking else []
            states = (await sending)["states"]
            seen: dict[str, Any] = await serving.ask(watch=False)
            arrived = sorted((await peer.ask("seen", words=_WORDS, since=0))["at"].values())
            refused = (await peer.ask("counters"))["refusals"].get("429", 0)
            memory = serving.memory()
    return {
        **seen,
        "states": states,
        "rate": (len(arrived) - 1) / (arrived[-1] - arrived[0]),
        "refused": refused,
        "replies": (percentile(idle, 0.99), percentile(busy, 0.99)),
        "memory": memory / 1e3,
        "grew": (memory - before) / 1e3,
    }


async def _ask(peer: Peer, people: list[int], times: int) -> list[float]:
    """Let people ask for their screen, so many times; the seconds until each had it, sorted."""
    known = len((await peer.ask("timings"))["replied"])
    acts = [[people[n % len(people)], "send", "/moi"] for n in range(times)]
    await peer.ask("act", acts=acts, spread=times / _ASKED_A_SECOND)
    await peer.ask("wait", settled=True, timeout=60)
    return sorted((await peer.ask("timings"))["replied"][known:])


def _tell(name: str, people: int, seen: dict[str, Any]) -> None:
    print(
        f"{name}, {people:,} people: {seen['rate']:.2f}/s = {seen['rate'] / _LIMIT:.1%} of 30/s,"
        f" refused {seen['refused']}, {seen['states']}, memory {seen['memory']:.1f} MB (+{seen['grew']:.1f}),"
        f" loop lag p99 {seen['p99'] * 1e3:.1f} ms,"
        f" bookkeeping {seen['bookkeeping']:.2f} s of CPU to {seen['sending']:.2f} s of sending"
        f" ({seen['bookkeeping'] / seen['sending']:.1%})",
        flush=True,
    )


async def measure(sizes: list[int], latency: float) -> None:
    """Announce to each number of people in `sizes`, and print every round; a call takes `latency` seconds."""
    for people in sizes:
        for pace in ("bucket", "strict"):
            _tell(pace, people, await broadcast(people, pace, latency))
    for _round in range(3):
        idle, busy = (await broadcast(1000, "bucket", latency, asking=True))["replies"]
        print(
            f"bucket, others asking: a reply has p99 {idle * 1e3:.1f} ms when idle, {busy * 1e3:.1f} ms during the"
            f" broadcast ({busy / idle:.2f} times)",
            flush=True,
        )
    believed, most = features_of("telegram").pace.per_second * 1.2, min(1000, max(sizes))
    _tell(f"bucket, believed to be {believed:.1f}/s", most, await broadcast(most, "bucket", latency, believed=believed))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--latency", type=float, default=0.005)
    options = parser.parse_args()
    asyncio.run(measure(options.people, options.latency))

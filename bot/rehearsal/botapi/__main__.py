"""The command `python -m bot.rehearsal.botapi --port 8081`: runs the Bot API server, to be driven through `Control`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from bot.rehearsal.botapi.control import Control
from bot.rehearsal.botapi.pace import RateLimits
from bot.rehearsal.botapi.server import TOKEN, BotApi


async def _serve(options: argparse.Namespace) -> None:
    pace = RateLimits(strict=options.pace == "strict") if options.pace else None
    async with BotApi(port=options.port, token=options.token, latency=options.latency, pace=pace) as api:
        Control(api)
        # The first line on standard output tells whoever started it where to go.
        sys.stdout.write(f"{api.root}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run the simulated Telegram server until the process is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.rehearsal.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes any that is free")
    parser.add_argument("--token", default=TOKEN, help="the bot's token (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=0.0, help="round trip in seconds (default: none)")
    parser.add_argument("--pace", choices=("bucket", "strict"), help="enforce the published limits")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()

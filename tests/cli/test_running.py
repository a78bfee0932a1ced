"""`rencontres run` as a whole process: it serves, says so without secrets, and ends when told."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import PARTS
from bot.cli.optional import without
from bot.cli.running import told
from bot.config.settings import load_settings
from bot.rehearsal.botapi import TOKEN, BotApi, TelegramUser
from tests.world import SECTIONS

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds of real time that a whole program may take to start: this is no test of how fast the machine is."""
WRONG = "123456789:BB-a-token-that-opens-nothing-at-all"


@asynccontextmanager
async def running(
    api: BotApi, token: str = TOKEN, *, stderr: int = asyncio.subprocess.PIPE, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, on Telegram alone, in the working folder; with `more` in its environment."""
    environment = {
        "RENCONTRES_TELEGRAM__TOKEN": token,
        "RENCONTRES_TELEGRAM__API_BASE": api.root,
        "PYTHONPATH": str(ROOT),
        **more,
    }
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
            await program.communicate()


async def test_it_answers_until_it_is_told_to_end_and_tells_each_update_but_nobodys_words() -> None:
    async with BotApi() as api, running(api, RENCONTRES_LOG="debug") as program:
        anna = TelegramUser(api, "Anna")
        anna.start()
        await anna.next(timeout=PATIENCE)
        anna.send("Marmalade")
        await anna.next(timeout=PATIENCE)
        program.send_signal(signal.SIGTERM)
        shown, logged = await program.communicate()
    assert program.returncode == 0
    assert shown == b""
    lines = [json.loads(line) for line in logged.splitlines()]
    assert lines[-1]["event"] == "app.stopped"
    handled = [line for line in lines if line["event"] == "conversation.update_handled"]
    assert [(line["level"], line["platform"], line["kind"]) for line in handled] == [
        ("debug", "telegram", "Called"),
        ("debug", "telegram", "Typed"),
    ]
    for private in (b"Marmalade", b"Anna", TOKEN.encode()):
        assert private not in logged


async def test_a_level_of_the_log_that_there_is_not_is_said_to_be_none() -> None:
    async with BotApi() as api, running(api, RENCONTRES_LOG="loud") as program:
        _, logged = await program.communicate()
    assert program.returncode == 2
    assert logged.decode() == "Error: RENCONTRES_LOG: there is no «loud»; choose from debug, info, warning, error\n"


async def test_a_refused_token_ends_it_with_a_line() -> None:
    async with BotApi() as api, running(api, WRONG) as program:
        _, logged = await program.communicate()
    assert program.returncode == 1
    assert logged.decode().splitlines()[-1] == "Error: Telegram refuses the token: copy it again from @BotFather."
    assert WRONG.encode() not in logged
    assert b"Traceback" not in logged


def test_a_program_that_nobody_writes_to_holds_no_library_it_does_not_need_yet() -> None:
    program = (
        "import sys\n"
        "from bot.cli.optional import UNUSED, without\n"
        "with without(*UNUSED):\n"
        "    import bot.cli.running, bot.app, bot.platforms.telegram.adapter, bot.platforms.web.adapter\n"
        "    bot.app.load(bot.app.CAPABILITIES)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {*done.stdout.split()}
    assert {"telegram", "aiohttp", "pydantic", "structlog", "handlers"} <= loaded
    of_the_command_line = {"rich", "pygments", "greenlet", "click"}
    of_platforms_and_stores_that_are_off = {"discord", "asyncpg", "prometheus_client"}
    until_needed = {"babel", "dateutil", "icalendar", "jinja2", "markdown_it", "multiprocessing"}
    until_needed |= {"rapidfuzz", "snowballstemmer"}
    of_another_process = {"PIL", "highspy", "lxml", "numpy", "openpyxl", "pptx", "segno", "typst", "xlsxwriter"}
    assert loaded & (of_the_command_line | of_platforms_and_stores_that_are_off) == set()
    assert loaded & (until_needed | of_another_process) == set()


def test_a_module_is_left_out_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wave", raising=False)  # of the standard library, and used by nobody here
    with without("wave"), pytest.raises(ImportError):
        importlib.import_module("wave")
    assert importlib.import_module("wave").__name__ == "wave"
    with without("wave"):
        assert importlib.import_module("wave").__name__ == "wave", "what is loaded already stays"


async def test_in_a_terminal_it_says_in_words_what_it_listens_to(folder: Path) -> None:
    terminal, inside = os.openpty()
    async with BotApi() as api, running(api, stderr=inside) as program:
        anna = TelegramUser(api, "Anna")
        anna.start()
        await anna.next(timeout=PATIENCE)
        program.send_signal(signal.SIGTERM)
        await program.wait()
    os.close(inside)
    said = os.read(terminal, 65_536).decode().splitlines()
    os.close(terminal)
    assert said[:3] == [
        "Telegram is asked for messages: no port is needed.",
        "Next: make somebody an organiser, in another terminal: rencontres organiser invite NAME",
        "How it is: rencontres status. Ctrl-C ends it.",
    ]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"WEB__PUBLIC_URL": "https://r.example.org", "ORGANISERS__DISCORD": "1", "DISCORD__TOKEN": "x"},
            [
                "Discord is connected to: no port is needed.",
                "Pages are at https://r.example.org, which has to lead to http://127.0.0.1:8080.",
                "Next: write /organiser to the bot",
            ],
        ),
        (
            {"WEB__PUBLIC_URL": "http://127.0.0.1:8080"},
            [
                "Pages are at http://127.0.0.1:8080.",
                "Next: make somebody an organiser, in another terminal: rencontres organiser invite NAME",
            ],
        ),
        (
            {
                "TELEGRAM__TOKEN": "x",
                "TELEGRAM__MODE": "webhook",
                "TELEGRAM__WEBHOOK_URL": "https://r.example.org/telegram/updates",
                "TELEGRAM__WEBHOOK_SECRET": "abcdefghijklmnop",
                "ORGANISERS__TELEGRAM": "1",
            },
            [
                (
                    "Telegram sends messages to https://r.example.org/telegram/updates, which has to lead to"
                    " http://127.0.0.1:8080."
                ),
                "Next: write /organiser to the bot: https://t.me/rencontres_bot",
            ],
        ),
    ],
    ids=["pages and Discord", "a page for this machine alone", "webhook"],
)
def test_what_is_said_follows_from_what_is_on(given: dict[str, str], lines: list[str]) -> None:
    settings = load_settings(None, SECTIONS, {f"RENCONTRES_{name}": value for name, value in given.items()})
    assert told(settings, PARTS, "rencontres_bot", organised=False)[:-1] == lines

"""What is logged, by the program or by a library, without secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging

import pytest
import structlog

from bot import logs
from bot.config.secret_values import secret_values
from tests.world import AllSettings

TELEGRAM = "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
SETTINGS = AllSettings.model_validate(
    {
        "telegram": {"token": TELEGRAM, "webhook_secret": "open-sesame"},
        "discord": {"token": "not-in-the-usual-form"},
        "storage": {"url": "postgresql://bot:p%40ssword@db.example.org/rencontres"},
    }
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_json_where_nobody_watches() -> None:
    stream = io.StringIO()
    logs.set_up(secret_values(SETTINGS), stream)
    structlog.get_logger().info("app.started", platform="telegram", person="Zoé")
    logging.getLogger("discord.gateway").warning("session %s resumed", 7)
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["platform"], ours["person"]) == ("app.started", "telegram", "Zoé")
    assert (theirs["event"], theirs["level"]) == ("session 7 resumed", "warning")
    assert ours["timestamp"].endswith("Z")


def test_lines_are_for_people_on_a_terminal() -> None:
    stream = Terminal()
    logs.set_up(secret_values(SETTINGS), stream)
    structlog.get_logger().info("app.started")
    assert "app.started" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["bot.debug", "bot.info", "bot.error", "library info", "library error"]),
        ("info", ["bot.info", "bot.error", "library info", "library error"]),
        ("error", ["bot.error", "library error"]),
    ],
)
def test_libraries_never_say_what_they_debug(level: str, events: list[str]) -> None:
    stream = io.StringIO()
    logs.set_up((), stream, logs.LEVELS[level])
    ours = structlog.stdlib.get_logger("bot.delivery.sender")
    ours.debug("bot.debug")
    ours.info("bot.info")
    ours.error("bot.error")
    for word in ("debug", "info", "error"):
        getattr(logging.getLogger("aiosqlite"), word)(f"library {word}")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == events


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_no_secret_is_written_not_even_in_a_traceback(stream: io.StringIO) -> None:
    logs.set_up(secret_values(SETTINGS), stream)
    log = structlog.get_logger()
    log.info("asking", url=f"https://api.telegram.org/bot{TELEGRAM}/getMe", secret="open-sesame")
    log.info("another's", token="987654321:BBGyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")
    logging.getLogger("asyncpg").error("cannot reach postgresql://bot:p%%40ssword@db.example.org/rencontres")
    try:
        raise ConnectionError("Improper token: not-in-the-usual-form p@ssword")
    except ConnectionError:
        log.exception("platform failed")
    written = stream.getvalue()
    for secret in (TELEGRAM, "open-sesame", "BBGyyy", "not-in-the-usual-form", "p@ssword", "p%40ssword"):
        assert secret not in written
    assert "ConnectionError" in written


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:pass/word@db.example.org/rencontres",
        "postgresql://bot:pass@word@db.example.org/rencontres",
        "postgresql://db.example.org/rencontres?user=bot&password=pass%20word&sslmode=require",
    ],
)
def test_a_password_in_an_address_that_nobody_told_of_is_hidden_too(address: str) -> None:
    hidden = logs.redactor(())(f'{{"reason": "cannot reach {address}", "again_in": 2}}')
    assert "pass" not in hidden.replace("password=", "")
    assert "word" not in hidden.replace("password=", "")
    assert hidden.endswith('", "again_in": 2}')
    assert "db.example.org/rencontres" in hidden


def test_before_the_log_is_set_up_a_traceback_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    person = " ".join(("Zoé", "Tremblay"))
    try:
        person.index("?")
    except ValueError:
        structlog.get_logger().exception("people.defect")
    shown = capsys.readouterr().out
    assert 'person.index("?")' in shown
    assert person not in shown


def test_every_request_of_a_library_is_not_told() -> None:
    stream = io.StringIO()
    logs.set_up(secret_values(SETTINGS), stream)
    for name in ("httpx", "aiohttp.access"):
        logging.getLogger(name).info("GET /")
        logging.getLogger(name).warning("GET / took long")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["GET / took long"] * 2


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_lines_of_ours_and_of_libraries_tell_the_reference_they_were_written_under(kind: type[io.StringIO]) -> None:
    stream = kind()
    logs.set_up(secret_values(SETTINGS), stream)
    with logs.under_reference("4F0A91C2"):
        structlog.get_logger().info("app.started")
        logging.getLogger("discord.gateway").warning("a session resumed")
    structlog.get_logger().info("app.stopped")
    assert ["4F0A91C2" in line for line in stream.getvalue().splitlines()] == [True, True, False]


async def test_a_reference_goes_with_the_tasks_that_are_started_under_it_and_no_further() -> None:
    async def reference() -> str | None:
        return logs.current_reference()

    with logs.under_reference("4F0A91C2"):
        inside = asyncio.create_task(reference())
        with logs.under_reference(None):
            assert logs.current_reference() is None
    outside = asyncio.create_task(reference())
    assert (await inside, await outside) == ("4F0A91C2", None)

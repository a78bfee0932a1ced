"""What no browser sends: refused in words, without a failure, and without a trace of anybody's link."""

from __future__ import annotations

import asyncio
import logging
import zlib
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from bot.logs import add_reference
from bot.rehearsal.chat_driver_web import filled
from tests.security.builders import Gathering, Upload, open_gathering

MULTIPART = "multipart/form-data; boundary=b"


async def asked(gathering: Gathering, request: bytes) -> int:
    """The status that bytes are answered with."""
    host, _, port = gathering.root.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(line.split()[1])


async def asked_until(gathering: Gathering, requests: bytes, mark: bytes) -> str:
    """What bytes are answered with, until something comes in it."""
    host, _, port = gathering.root.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(requests)
    said = await asyncio.wait_for(reader.readuntil(mark), 5)
    writer.close()
    await writer.wait_closed()
    return said.decode()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("localhost", 200), ("localhost:9999", 200), ("127.0.0.1", 200), ("127.8.8.8:1", 200), ("[::1]:80", 200)),
        *(("rencontres.example.org", 200), ("Rencontres.Example.org.:8443", 200)),
        *(("evil.example", 400), ("rencontres.example.org.evil.example", 400), ("localhost.evil.example", 400)),
        *(
            ("127.0.0.1.evil.example", 400),
            ("evil@localhost", 400),
            ("192.168.1.5", 400),
            ("localhost/", 400),
            ("", 400),
        ),
    ],
)
async def test_the_page_answers_to_its_own_names_alone(sqlite_url: str, host: str, status: int) -> None:
    async with open_gathering(sqlite_url, public_url="https://rencontres.example.org") as gathering:
        async with gathering.client().get(f"{gathering.root}/", headers={"Host": host}) as answer:
            assert answer.status == status
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        async with gathering.client().get(f"{gathering.root}/health", headers={"Host": host}) as answer:
            assert answer.status == 200


async def test_who_names_no_host_or_two_is_refused(gathering: Gathering) -> None:
    assert await asked(gathering, b"GET / HTTP/1.0\r\n\r\n") == 400
    assert await asked(gathering, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n") == 400
    forwarded = b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\n\r\n"
    assert await asked(gathering, forwarded) == 400


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}, b"text=x"),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=punycode"}, b"text=x"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"text=\xff\xfe"),
        ({"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}, b"no gzip"),
        ({"Content-Type": MULTIPART, "Content-Encoding": "deflate"}, zlib.compress(b"0" * 1_000_000)),
        ({"Content-Type": MULTIPART}, b"nothing of the kind"),
        ({"Content-Type": MULTIPART}, b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n"),
        ({"Content-Type": MULTIPART}, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ({"Content-Type": MULTIPART}, b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n'),
        ({"Content-Type": "multipart/form-data"}, b"x"),
    ],
)
async def test_a_body_that_no_browser_sends_is_refused_in_words(
    gathering: Gathering, headers: dict[str, str], body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    zoe = await gathering.join_page("Zoé")
    with capture_logs() as logged, caplog.at_level(logging.WARNING):
        async with zoe.browser.post(f"{gathering.root}/c/{zoe.person_id}/say", data=body, headers=headers) as answer:
            assert (answer.status, "I cannot read" in await answer.text()) == (400, True)
    assert not logged
    assert not caplog.records


async def test_how_a_part_is_called_writes_no_log_and_files_keep_their_names(
    gathering: Gathering, recwarn: pytest.WarningsRecorder
) -> None:
    zoe = await gathering.join_page("Zoé")
    say, headers = f"{gathering.root}/c/{zoe.person_id}/say", {"Content-Type": MULTIPART}
    for odd in ('name="a"; \x1b[31mforged', 'name="a"; name="b"', "name*=x", 'name="a";;', 'name="a"; x=a b'):
        body = f"--b\r\nContent-Disposition: form-data; {odd}\r\n\r\nx\r\n--b--\r\n".encode()
        async with zoe.browser.post(say, data=body, headers=headers) as answer:
            assert answer.status == 400
    composer = zoe.page.first("form", id="composer")
    assert composer is not None
    file = Upload("plan; v2; «final».pdf", b"%PDF-")
    async with zoe.browser.post(say, data=filled(composer, {"text": "A plan", "files": file})) as answer:
        assert answer.status == 200
    await zoe.look()
    assert "plan; v2; «final».pdf" in zoe.page.text
    assert not recwarn.list


async def test_only_the_head_of_a_page_has_no_body(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    session = next(cookie.value for cookie in zoe.browser.cookie_jar if cookie.key == "session")
    own = f"Host: localhost\r\nCookie: session={session}\r\n\r\n"
    for path, status in (("", 200), ("form", 303), ("events", 405)):
        asking = f"HEAD /c/{zoe.person_id}/{path} HTTP/1.1\r\n{own}GET /health HTTP/1.1\r\n{own}"
        first, second = (await asked_until(gathering, asking.encode(), b'"answers"')).split("HTTP/1.1 ")[1:]
        assert (first[:3], second[:3]) == (str(status), "200")
        assert first.endswith("\r\n\r\n")
        assert first.count("\r\n\r\n") == 1


@pytest.mark.parametrize("target", [b"/p/%ed%a0%80", b"/p/\xff\xfe", b"/c/1/form?payload=%ff", b"/%00", b"//["])
async def test_an_odd_address_fails_nothing(gathering: Gathering, target: bytes) -> None:
    with capture_logs() as logged:
        status = await asked(gathering, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status in (303, 400, 404)
    assert not logged


async def test_a_broken_request_leaves_no_link_in_the_log(
    gathering: Gathering, caplog: pytest.LogCaptureFixture
) -> None:
    link = await gathering.page_link("Zoé")
    assert await asked(gathering, b"GET /p/" + link.encode() + b" HTP/1.1\r\nHost: localhost\r\n\r\n") == 400
    assert link not in caplog.text


async def test_a_failure_logs_the_route_and_no_link(gathering: Gathering) -> None:
    link = await gathering.page_link("Zoé")
    await gathering.break_store()
    with capture_logs(processors=[add_reference]) as logged:
        async with gathering.client().get(f"{gathering.root}/p/{link}") as answer:
            assert answer.status == 500
            page = await answer.text()
    [line] = logged
    assert (line["event"], line["route"]) == ("web.request_failed", "GET /p/{link}")
    assert f"give the team this number: {line['reference']}." in page


async def test_who_leaves_while_the_page_tells_them_what_changes_is_no_failure(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    with capture_logs() as logged:
        for _ in range(20):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.002), zoe.browser.get(f"{gathering.root}/c/{zoe.person_id}/events"):
                    pass
        await zoe.look()
    assert zoe.text
    assert not logged


@pytest.mark.parametrize("press", ["ody-{}-none", "ody-{}-0"])
async def test_an_instant_that_no_calendar_has_is_a_button_that_has_aged(gathering: Gathering, press: str) -> None:
    ines = await gathering.organiser_page()
    with capture_logs() as logged:
        assert await gathering.forge(ines, "press", payload=press.format("1y2p0ij32e8e7")) == 200  # 2⁶³ - 1
    await ines.look()
    assert "That button has aged." in ines.page.text
    assert not logged

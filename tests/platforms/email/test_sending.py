"""Letters over real connections: what a server may answer, and what becomes of the letter."""

from __future__ import annotations

import asyncio
import re
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtplib import SMTPResponseException
from structlog.testing import capture_logs

from bot.backoff import Backoff
from bot.content.errors import PlatformError, Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.content.texts import Link, Name, Reader, Strong
from bot.content.views import Button, File, View
from bot.database.engine import Store
from bot.delivery.platform import Address
from bot.platforms.email.adapter import Email
from bot.platforms.email.checking import check_email
from bot.platforms.email.connections import MailConnections
from bot.platforms.email.faults import refuse
from bot.platforms.email.identity import Identities
from tests.clock import ManualClock
from tests.drivers.mail import CLOSE, HANG, TAKE_AND_CLOSE, TAKEN, MailServer, certificate, open_mail, settings_of
from tests.engines import on_one_engine
from tests.world import START, make_settings, open_world

pytestmark = on_one_engine
READER = Reader("en", "Europe/Paris", START)
HELLO = View((Strong("Hello"), "See you soon."))


def adapter(server: MailServer, store: Store, *, trusted: ssl.SSLContext | None = None, **values: Any) -> Email:
    """The adapter with connections to a server, which has a second to answer."""
    settings = make_settings(email=server.settings(**values), web={"public_url": "https://rencontres.example"})
    connections = MailConnections(settings.email, patience=1.0, context=lambda: trusted or ssl.create_default_context())
    return Email(settings, store, ManualClock(START), connections)


async def send(email: Email, to: str = "zoe@example.org", view: View = HELLO, number: int = 7, **how: Any) -> str:
    """Send one letter; its id."""
    return await email.send(Address(to, **how), view, READER, delivery_id=number)


async def test_a_letter_is_one_that_mail_programs_understand(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store, reply_to="inès@example.org")
        native_id = await send(email, view=View(("Hello",), (Button("Open", url="https://example.org/a?b=1&c=2"),)))
        [letter] = server.letters
        number, token = re.fullmatch(r"d\.(7)\.([0-9a-f]{20})", native_id).groups()  # type: ignore[union-attr]
        message = letter.message
        assert message["Message-ID"] == f"<d.{number}.{token}@rencontres.example>"
        assert letter.sender == f"bounces+{number}-{token}@rencontres.example"
        assert message["From"] == "Rencontres <team@rencontres.example>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == "en"
        assert message["Date"] == "Mon, 01 Mar 2027 09:00:00 +0000"
        assert message["List-Unsubscribe"] is None
        assert letter.subject == "Hello"
        assert "Open: https://example.org/a?b=1&c=2" in letter.part("plain")
        assert 'href="https://example.org/a?b=1&amp;c=2"' in letter.part("html")
        assert "<img" not in letter.part("html")
        await email.close()


async def test_only_what_many_get_can_be_unsubscribed(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        await send(email, bulk=True)
        [letter] = server.letters
        assert re.fullmatch(r"<https://rencontres\.example/u/u7-[0-9a-f]{20}>", str(letter.message["List-Unsubscribe"]))
        assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        await email.close()


async def test_the_subject_of_what_is_confided_says_nothing_of_it(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        await send(email, view=View(("Somebody hits me", "Come"), confidential=True))
        [letter] = server.letters
        assert letter.subject == make_settings().gathering.name
        assert "Somebody hits me" in letter.part("plain")
        await email.close()


async def test_a_repeat_has_the_same_name_and_a_correction_answers_it(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        native_id = await send(email)
        await email.close()
        again = adapter(server, world.store)  # the key is stored: the program may have been started again
        await send(again)
        assert await again.edit(Address("zoe@example.org"), native_id, View(("Corrected",)), READER) == native_id
        first, repeated, corrected = (letter.message for letter in server.letters)
        assert first["Message-ID"] == repeated["Message-ID"] == corrected["In-Reply-To"]
        assert corrected["Message-ID"] not in (None, first["Message-ID"])
        assert not await again.delete(Address("zoe@example.org"), native_id)
        with pytest.raises(Rejected):
            await again.edit(Address("zoe@example.org"), f"{native_id[:-1]}-", HELLO, READER)
        await again.close()


@pytest.mark.parametrize(
    ("given", "named"),
    [("zoé@example.org", "zoé@example.org"), ("zoe@müller.example", "zoe@xn--mller-kva.example")],
)
async def test_international_addresses_are_written_to(store_url: str, given: str, named: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        await send(email, given)
        assert [letter.to for letter in server.letters] == [named]
        await email.close()


async def test_a_server_without_international_addresses_gets_no_letter_to_one(store_url: str) -> None:
    async with open_mail(international=False) as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        with pytest.raises(Unreachable) as refused:
            await send(email, "zoé@example.org")
        assert refused.value.why is Reason.ADDRESS_UNUSABLE
        await send(email, "zoe@example.org")
        assert [letter.to for letter in server.letters] == ["zoe@example.org"]
        await email.close()


@pytest.mark.parametrize(
    "address",
    [
        "zoe@example.org\r\nBcc: all@example.org",
        "zoe@example.org, paul@example.org",
        "zoe@example.org\nRCPT TO:<paul@example.org>",
        "Zoe <zoe@example.org>",
        "zoe",
        "",
        "zoe@example..org",
        "zoe@" + "a" * 64 + ".org",
    ],
)
async def test_what_is_not_one_address_is_written_to_by_nobody(store_url: str, address: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        with pytest.raises(Unreachable) as refused:
            await send(email, address)
        assert refused.value.why is Reason.ADDRESS_UNUSABLE
        assert (server.connections, server.letters) == (0, [])


async def test_nothing_in_a_view_adds_a_head_or_markup(store_url: str) -> None:
    attack = "Hi\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>"
    view = View(
        (Name(attack), Link("here", "javascript:alert(1)")),
        attachments=(File('a"\r\nX-Evil: 1\r\n.csv', b"1,2", "text/csv"),),
    )
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        await send(email, view=view)
        [letter] = server.letters
        assert letter.message["Bcc"] is letter.message["X-Evil"] is None
        assert letter.subject == "Hi Bcc: all@example.org <script>alert(1)</script>"
        assert "<script" not in letter.part("html")
        assert "javascript:" not in letter.part("html")
        [attachment] = letter.message.iter_attachments()
        assert attachment["X-Evil"] is None
        assert attachment.get_payload(decode=True) == b"1,2"
        await email.close()


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        ("550 5.1.1 <zoe@example.org>: user unknown", Unreachable, Reason.ADDRESS_UNKNOWN),
        ("553 no such mailbox zoe@example.org", Unreachable, Reason.ADDRESS_UNKNOWN),
        ("550 5.7.1 zoe@example.org: blocked", Unreachable, Reason.REFUSED),
        ("451 4.7.1 greylisted, zoe@example.org", RetryLater, Reason.NO_ANSWER),
        ("552 5.2.2 mailbox of zoe@example.org full", RetryLater, Reason.NO_ANSWER),
    ],
)
async def test_an_address_that_is_refused_is_named_with_its_reason(
    store_url: str, answer: str, error: type[PlatformError], why: Reason
) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        server.refused["zoe@example.org"] = answer
        email = adapter(server, world.store)
        with pytest.raises(error) as refused:
            await send(email)
        assert refused.value.why is why
        assert "zoe" not in str(refused.value)  # it goes into a log
        assert not getattr(refused.value, "doubtful", False)
        await send(email, "paul@example.org")  # over the same connection
        assert (len(server.letters), server.connections) == (1, 1)
        await email.close()


@pytest.mark.parametrize(
    ("answer", "error", "doubtful"),
    [
        ("554 5.6.0 refused", Rejected, False),
        ("451 4.3.0 later", RetryLater, False),
        (CLOSE, RetryLater, True),
        (TAKE_AND_CLOSE, RetryLater, True),
        (HANG, RetryLater, True),
    ],
)
async def test_only_an_answer_that_never_came_leaves_a_doubt(
    store_url: str, answer: str, error: type[PlatformError], doubtful: bool
) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        server.answer = lambda number: answer if number == 1 else TAKEN
        email = adapter(server, world.store)
        with pytest.raises(error) as refused:
            await send(email)
        assert getattr(refused.value, "doubtful", False) is doubtful
        before = len(server.letters)
        await send(email)
        assert len(server.letters) == before + 1
        await email.close()


@pytest.mark.parametrize("greets", [True, False])
async def test_a_server_that_greets_and_closes_or_never_greets_is_tried_again(store_url: str, greets: bool) -> None:
    async def greet_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if greets:
            writer.write(b"220 hello\r\n")
        else:
            await reader.read()  # until the other side has enough
        writer.close()

    async with open_world(store_url) as world:
        closing = await asyncio.start_server(greet_and_close, "127.0.0.1", 0)
        server = MailServer(port=closing.sockets[0].getsockname()[1])
        email = adapter(server, world.store)
        with pytest.raises(RetryLater) as refused:
            await send(email)
        assert (refused.value.doubtful, refused.value.whole_platform) == (False, True)
        closing.close()


async def test_a_letter_waits_while_the_server_wants_encryption_or_a_login(store_url: str) -> None:
    async with open_mail(password="right-password") as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        with pytest.raises(RetryLater) as refused:
            await send(email)
        assert (refused.value.doubtful, refused.value.whole_platform, str(refused.value)) == (False, True, "530 5.7.0")
        assert server.letters == []
        await email.close()


async def test_a_wrong_password_is_one_line_and_no_storm(store_url: str, tmp_path: Path) -> None:
    serves, trusts = certificate(tmp_path)
    async with open_mail(tls=serves, password="right-password") as server, open_world(store_url) as world:
        email = adapter(server, world.store, trusted=trusts, security="tls", user="team", password="wrong-password")
        with capture_logs() as lines:
            errors = await asyncio.gather(*(send(email, number=n) for n in range(1, 41)), return_exceptions=True)
        assert all(isinstance(error, RetryLater) and error.whole_platform for error in errors)
        assert server.connections == 1
        assert [line["event"] for line in lines] == ["email.cannot_connect"]
        assert "password" in lines[0]["reason"]
        assert "wrong-password" not in repr(lines)


async def test_letters_leave_encrypted_and_logged_in(store_url: str, tmp_path: Path) -> None:
    serves, trusts = certificate(tmp_path)
    async with open_world(store_url) as world:
        for security, how in (("tls", {"tls": serves}), ("starttls", {"starttls": serves})):
            async with open_mail(password="right-password", **how) as server:  # type: ignore[arg-type]
                email = adapter(
                    server, world.store, trusted=trusts, security=security, user="team", password="right-password"
                )
                await send(email)
                assert (len(server.letters), server.logins) == (1, 1)
                await email.close()


@pytest.mark.parametrize("wrong", ["certificate", "no starttls", "no tls"])
async def test_nothing_is_sent_where_the_connection_is_not_as_it_should_be(
    store_url: str, tmp_path: Path, wrong: str
) -> None:
    serves, trusts = certificate(tmp_path, "other.example" if wrong == "certificate" else "127.0.0.1")
    security = "tls" if wrong == "no tls" else "starttls"
    async with (
        open_mail(starttls=serves if wrong == "certificate" else None) as server,
        open_world(store_url) as world,
    ):
        email = adapter(server, world.store, trusted=trusts, security=security)
        with capture_logs() as lines, pytest.raises(RetryLater):
            await send(email)
        said = {"certificate": "certificate", "no starttls": "STARTTLS", "no tls": "TLS"}[wrong]
        assert said in lines[0]["reason"]
        assert server.letters == []


async def states(server: MailServer) -> list[str]:
    """What the check of a server and of its mailbox finds."""
    return [each.state async for each in check_email(settings_of(server))]


async def test_the_check_connects_and_logs_in_and_sends_nothing(store_url: str, tmp_path: Path) -> None:
    serves, _trusts = certificate(tmp_path)
    async with open_mail() as server:
        assert await states(server) == ["ok", "off"]
        assert (server.connections, server.letters) == (1, [])
    assert await states(server) == ["failed", "off"]
    async with open_mail(tls=serves) as server:
        found, _mailbox = [each async for each in check_email(settings_of(server, security="tls"))]
        assert (found.state, "certificate" in found.detail) == ("failed", True)


async def test_few_connections_take_many_letters(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        email = adapter(server, world.store)
        await asyncio.gather(*(send(email, f"p{n}@example.org", number=n) for n in range(1, 61)))
        assert len(server.letters) == 60
        assert server.connections <= 4
        await email.close()


async def test_after_a_failure_the_server_is_left_alone_for_a_while(store_url: str) -> None:
    async with open_world(store_url) as world:
        async with open_mail() as server:
            pass
        settings = make_settings(email=server.settings())
        connections = MailConnections(settings.email, patience=1.0, _backoff=Backoff(first=0.0, longest=0.0))
        email = Email(settings, world.store, ManualClock(START), connections)
        with capture_logs() as lines:
            for _try in range(3):
                with pytest.raises(RetryLater):
                    await send(email)
        assert [line["event"] for line in lines] == ["email.cannot_connect"]  # told once, however often it fails


ENCODED = "=?utf-8?q?=0AReply-To:_mal@evil.example=0A=0A<a_href=//evil.example>Pay</a>?="


async def test_words_that_look_encoded_begin_no_other_head(store_url: str) -> None:
    async with open_mail() as server, open_world(store_url) as world:
        server_settings = server.settings(reply_to="team@rencontres.example")
        gathering = make_settings().gathering.model_copy(update={"name": ENCODED})
        settings = make_settings(email=server_settings).model_copy(update={"gathering": gathering})
        email = Email(settings, world.store, ManualClock(START), MailConnections(settings.email))
        file = File(Name(ENCODED), b"1", "application/pdf", frozenset())
        await send(email, view=View((Name(ENCODED), "\u202egro.live"), attachments=(file,)))
        [letter] = server.letters
        assert letter.message.get_all("Reply-To") == ["team@rencontres.example"]
        assert len(letter.message.get_all("From", [])) == 1
        assert "evil.example>Pay" in letter.subject, "it is read as it was written"
        assert letter.message.get_content_type() == "multipart/mixed"
        assert "\nReply-To: mal" not in letter.message.as_string()
        await email.close()


async def test_the_address_for_unsubscribing_proves_no_bounce(store_url: str) -> None:
    async with open_world(store_url) as world:
        identities = Identities(world.store)
        letter = await identities.of(7)
        assert await identities.recognise(letter.path, on_page=True) == letter
        assert await identities.recognise(letter.native_id, on_page=True) == letter, "as letters of before have it"
        assert await identities.recognise(letter.path) is None
        assert await identities.recognise(f"7-{letter.page_token}") is None


async def test_an_address_that_is_refused_by_a_list_is_not_said_to_be_unknown(store_url: str) -> None:
    refusal = SMTPResponseException(550, "blocked by a blocklist, see https://example.org")
    with pytest.raises(Unreachable) as refused:
        refuse(refusal, recipient=True)
    assert refused.value.why is Reason.REFUSED
    with pytest.raises(Unreachable) as unknown:
        refuse(SMTPResponseException(550, "no such user"), recipient=True)
    assert unknown.value.why is Reason.ADDRESS_UNKNOWN

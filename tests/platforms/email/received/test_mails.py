"""What mails are that came: each form that servers, people and robots send, and mails made to do harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.bounces import read_sent, results
from bot.delivery.returned_letters import MailKind
from bot.platforms.email.received.classifying import judged, read
from bot.platforms.email.received.mail import Mail

MAILS = Path(__file__).parent / "mails"
EXPECTED = json.loads((MAILS / "expected.json").read_text(encoding="utf-8"))
BOUNCE = b"From: MAILER-DAEMON@example.org\nTo: bounces+101-0000@rencontres.example\nSubject: failure notice\n"
PERSON = b"From: alice.martin@example.org\nSubject: Bonjour\n"


@pytest.fixture(scope="module")
def told() -> Mapping[object, Mapping[str, object]]:
    return {result["file"]: result for result in results(MAILS)}


def test_every_mail_has_what_is_expected_of_it(told: Mapping[object, Mapping[str, object]]) -> None:
    assert set(told) == {each["file"] for each in EXPECTED}


@pytest.mark.parametrize("expected", EXPECTED, ids=[each["file"] for each in EXPECTED])
def test_a_mail_is_what_it_is(expected: Mapping[str, object], told: Mapping[object, Mapping[str, object]]) -> None:
    assert told[expected["file"]] == expected


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(BOUNCE + b"\n" + b"550 5.1.1 unknown\n" * 1_700_000, MailKind.FORGED, id="30 MB"),
        pytest.param(
            b"Received: from a by b; Tue\n" * 10_000 + BOUNCE + b"\n550", MailKind.FORGED, id="10,000 stations"
        ),
        pytest.param(
            BOUNCE + b"Content-Type: text/html\n\n" + b"<a " * 100_000, MailKind.FORGED, id="tags without end"
        ),
        pytest.param(
            PERSON
            + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(20_000)),
            MailKind.NONE,
            id="20,000 nested containers",
        ),
        pytest.param(PERSON + b"Content-Type: message/rfc822\n\n" * 20_000, MailKind.NONE, id="20,000 nested mails"),
        pytest.param(b"From: " + b"(" * 300_000 + b"\n\nBonjour", MailKind.ANSWER, id="comments without end"),
        pytest.param(
            PERSON + b"Content-Type: text/plain; charset=undefined\n\n\xe9", MailKind.ANSWER, id="no encoding"
        ),
        pytest.param(
            PERSON + b"Content-Type: text/plain; charset=zip\n\nBonjour", MailKind.ANSWER, id="not an encoding"
        ),
        pytest.param(b"", MailKind.NONE, id="nothing"),
        pytest.param(
            BOUNCE + b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\n'
            b"Content-Type: text/plain\n\n" + b"mailbox nobody \n" * 4_000 + b"\n--x\n"
            b"Content-Type: message/delivery-status\n\n" + b"Status: 5.0.0\n\n" * 20_000 + b"--x--",
            MailKind.FORGED,
            id="20,000 recipients below a long notice",
        ),
        pytest.param(
            PERSON + b"Content-Type: multipart/mixed; " + b"a*0*=x;" * 60_000 + b"\n\nBonjour",
            MailKind.NONE,
            id="60,000 parameters",
        ),
        pytest.param(
            PERSON + b"Content-Type: text/html\n\n<p>Bonjour" + b"<!--" * 100_000, MailKind.ANSWER, id="comments"
        ),
    ],
)
def test_a_mail_made_to_do_harm_is_read_within_bounds(raw: bytes, kind: MailKind) -> None:
    assert judged(read(raw), read_sent(MAILS), ())[0] is kind


def test_a_line_break_in_a_head_adds_no_head() -> None:
    mail = Mail(PERSON.replace(b"Bonjour", b"=?utf-8?q?Bonjour=0AX-Failed-Recipients:_a@example.org?=") + b"\nOui")
    assert (mail.head("Subject"), mail.head("X-Failed-Recipients")) == (
        "Bonjour X-Failed-Recipients: a@example.org",
        "",
    )


def test_letters_are_also_read_from_a_list(tmp_path: Path) -> None:
    listed = [{"number": 7, "token": "ab12", "address": "a@example.org"}]
    (tmp_path / "sent.json").write_text(json.dumps(listed), encoding="utf-8")
    by_number = {"7": ["ab12", "a@example.org", "<d.7.ab12@example.com>", "bounces+7-ab12@example.com"]}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sent.json").write_text(json.dumps(by_number), encoding="utf-8")
    assert read_sent(tmp_path) == read_sent(tmp_path / "other")

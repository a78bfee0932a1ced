"""What comes to the mailbox: letters that came back, answers, cries, robots, and mails made to do harm."""

from __future__ import annotations

import asyncio
import base64
import random
import re
import threading
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.background.side_process import SideProcess
from bot.content.texts import ISOLATES
from bot.conversation.incoming import Pressed
from bot.conversation.likelihood import likelihood
from bot.conversation.listening import CERTAIN
from bot.database.engine import Transaction
from bot.delivery import letter_store
from bot.people import participant_store, secret_store
from bot.people.participants import Account
from bot.platforms.email import mailbox
from bot.platforms.email.adapter import Email
from bot.platforms.email.arrivals import Arrivals
from bot.platforms.email.checking import check_email
from bot.platforms.email.connections import MailConnections
from bot.platforms.email.mailbox import MOST, MailboxAway
from bot.platforms.email.received.mail import LONGEST
from handlers.registration.service import correct_people
from handlers.trust import store as trust_store
from handlers.trust.participant import words
from tests.drivers.mail import MailServer, ReceivedLetter, open_mail
from tests.drivers.mailbox import MailboxServer, closed_port, open_mailbox
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import Bench, Letterbox, catch_up
from tests.engines import on_one_engine
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world


@dataclass
class Post:
    """A gathering that sends letters, and reads what comes back."""

    world: World
    server: MailServer
    box: MailboxServer
    email: Email
    arrivals: Arrivals
    ines: NeutralChat

    async def delivered(self) -> None:
        """Until nothing waits any more."""
        await catch_up(self.world, self.email, Letterbox("telegram", [self.ines]))

    async def looked(self) -> None:
        """All mails are taken, and marked."""
        while await self.arrivals.look():
            pass
        await self.arrivals.look()

    async def invited(self, *names: str) -> None:
        """Everybody gets a letter."""
        for name in names:
            await self.world.invite(name)
            person = await number(self.world, name)
            address = {person: {"email": f"{name.lower()}@example.org"}}
            await self.world.change(correct_people, self.world.settings, address, {}, self.world.clock.now())
            await self.world.change(secret_store.revoke, person, "invitation")
        await self.ines.command("organiser")
        await self.ines.press("Send the invitations")
        await self.ines.press("Send")
        await self.delivered()

    async def reported(self) -> str:
        """What the report says."""
        await self.ines.follow("oilr-0")
        return self.ines.text.translate(ISOLATES)

    async def proven(self, name: str, native_id: str = "7") -> NeutralChat:
        """Someone on Telegram who has proven an address as well."""
        chat = await self.world.join(name, native_id)
        address = f"{name.lower()}@example.org"
        account = Account("email", address, address, address, None)
        person = await number(self.world, name)

        async def attach(tx: Transaction) -> None:
            await participant_store.attach(tx, account, person, self.world.clock.now())

        await self.world.store.transact(attach)
        return chat

    async def written_to(self, name: str) -> ReceivedLetter:
        """The letter by which the team answers somebody who prefers an address."""
        chat = await self.proven(name)
        await chat.command("settings")
        await chat.press("Where messages go")
        await chat.pick(f"E-mail · {name.lower()}@example.org")
        self.box.put(answer(None, "When does it begin?", by=f"{name.lower()}@example.org").as_bytes())
        await self.looked()
        await self.ines.command("questions")
        await self.ines.press("Answer number 1")
        await self.ines.fill("At noon")
        await self.delivered()
        [letter] = self.server.letters
        return letter


@asynccontextmanager
async def posting(store_url: str, **email: Any) -> AsyncIterator[Post]:
    async with open_mail() as server:
        with open_mailbox() as box:
            settings = make_settings(
                organisers={"telegram": [900]},
                email={**server.settings(), **box.settings(), **email},
                web={"public_url": "https://rencontres.example"},
            )
            async with open_world(store_url, settings) as world:
                connections = MailConnections(settings.email, patience=1.0)
                sending = Email(world.settings, world.store, world.clock, connections)
                yield Post(world, server, box, sending, reading(world), await world.organiser())
                await sending.close()


def reading(world: World) -> Arrivals:
    """A program that reads the mailbox."""
    return Arrivals(world.settings, world.store, world.clock, world.dispatcher, Bench())


def returned(letter: ReceivedLetter, said: str = "550 5.1.1 unknown", *, action: str = "failed", to: str = "") -> bytes:
    """The report by which a server returns a letter; `to`: another address than the letter's has failed."""
    status = re.findall(r"[245]\.\d+\.\d+", said)[0]
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: {letter.sender}\nSubject: Returned mail\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nYour letter:\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {to or letter.to}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {letter.message['Message-ID']}\n\n--b--\n"
    ).encode()


def answer(to: ReceivedLetter | None, words: str, *, by: str = "", **heads: str) -> EmailMessage:
    """A mail by which a person answers a letter, or writes without one."""
    mail = EmailMessage()
    mail["From"] = by or (to.to if to else "")
    mail["To"] = "team@rencontres.example"
    mail["Subject"] = "Re: you are invited"
    if to:
        mail["In-Reply-To"] = str(to.message["Message-ID"])
    for name, value in heads.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return mail


@on_one_engine
async def test_a_hundred_letters_then_an_address_is_corrected_in_two_taps(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited(*(f"P{each:02}" for each in range(100)))
        letters = post.server.letters
        for letter in letters[:3]:
            post.box.put(returned(letter))
        post.box.put(returned(letters[3], "421 4.4.1 no answer", action="delayed"))
        await post.looked()
        report = await post.reported()
        for line in ("100 letters", "96 handed over to the mail server", "3 came back", "1 waits"):
            assert line in report
        assert "P00: the address does not exist" in report
        assert "P03: their mail server does not take it yet" in report
        assert post.box.unread == []
        await post.ines.press("Correct the address: P00")
        await post.ines.fill("p00@elsewhere.example")
        await post.delivered()
        assert letters[-1].to == "p00@elsewhere.example"
        report = await post.reported()
        assert "97 handed over to the mail server" in report
        assert "2 came back" in report


@on_one_engine
@pytest.mark.parametrize(
    ("said", "action", "lines"),
    [
        ("550 5.1.1 unknown", "failed", ["1 came back", "Zoe: the address does not exist"]),
        ("550 5.7.1 looks like spam", "failed", ["1 came back", "Zoe: the platform refused it"]),
        ("552 5.2.2 mailbox full", "failed", ["1 waits", "Zoe: their mailbox is full"]),
        ("421 4.4.2 timed out", "failed", ["1 waits", "Zoe: their mail server does not take it yet"]),
        ("421 4.4.1 no answer", "delayed", ["1 waits", "Zoe: their mail server does not take it yet"]),
        ("250 2.0.0 taken", "delivered", ["1 handed over"]),
    ],
)
async def test_the_report_says_what_became_of_a_letter(
    store_url: str, said: str, action: str, lines: Sequence[str]
) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        post.box.put(returned(post.server.letters[0], said, action=action))
        await post.looked()
        report = await post.reported()
        for line in lines:
            assert line in report
        assert ("Zoe" in report) == (action != "delivered")
        assert post.box.unread == []


async def test_a_letter_to_a_full_mailbox_leaves_again_the_next_day_and_is_given_up_after_five(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        for letters in range(1, 6):
            assert len(post.server.letters) == letters
            post.box.put(returned(post.server.letters[-1], "552 5.2.2 mailbox full"))
            await post.looked()
            assert "1 waits" in await post.reported()
            await post.delivered()  # the next day
        post.box.put(returned(post.server.letters[-1], "552 5.2.2 mailbox full"))
        await post.looked()
        assert "1 came back" in await post.reported()


async def test_what_nothing_proves_changes_nothing(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe", "Paul")
        zoe, paul = post.server.letters
        forged = returned(paul).decode().replace(paul.sender, "bounces+2-00000000000000000000@rencontres.example")
        post.box.put(forged.replace(str(paul.message["Message-ID"]), "<d.2.00000000000000000000@rencontres.example>"))
        post.box.put(returned(zoe, to=paul.to))  # who got one letter reports the address of somebody else
        await post.looked()
        assert "2 handed over" in await post.reported()
        assert post.box.unread == []


@on_one_engine
async def test_an_account_whose_address_is_gone_is_not_written_to_any_more(store_url: str) -> None:
    async with posting(store_url) as post:
        letter = await post.written_to("Zoe")
        post.box.put(returned(letter))
        await post.looked()
        accounts = await post.world.read(participant_store.accounts_of, await number(post.world, "Zoe"))
        assert [(account.platform, account.unreachable) for account in accounts] == [
            ("telegram", False),
            ("email", True),
        ]


async def test_an_answer_is_a_question_to_the_team_that_says_how_it_came(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(
            None, "Is there a bed?\n\nOn 1 March 2027 at 10:00, Rencontres wrote:\n> Hello\n", by="Zoe@Example.org"
        )
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert "Is there a bed?" in post.ines.text
        assert "[plan.pdf]" in post.ines.text
        assert "By e-mail: this may be somebody else." in post.ines.text
        assert "Hello" not in post.ines.text
        assert post.box.unread == []


@on_one_engine
async def test_what_its_senders_domain_did_not_send_is_asked_in_nobodys_name(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(None, "Is there a bed?", by="zoe@example.org")
        mail["Authentication-Results"] = "mx.rencontres.example; spf=fail; dmarc=fail header.from=example.org"
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert "Is there a bed?" not in post.ines.text
        assert len(post.box.unread) == 1


@on_one_engine
async def test_a_helpline_in_a_signature_leaves_a_question_a_question(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        words = "Y a-t-il un lit ?\n--\nZoe, bénévole chez SOS Amitié, écoute et prévention du suicide"
        mail = answer(None, words, by="zoe@example.org")
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert "Y a-t-il un lit\u00a0?" in post.ines.text
        assert "suicide" not in post.ines.text


@on_one_engine
async def test_the_name_of_a_file_makes_no_cry_of_a_question(store_url: str) -> None:
    question = "Y a-t-il un lit\u00a0?"
    assert likelihood(f"{question}\n[plan.pdf]")["distress"] > CERTAIN
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(None, question, by="zoe@example.org")
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert f"{question} [plan.pdf]" in post.ines.text.replace("\n", " ")


@on_one_engine
async def test_of_a_large_file_with_an_answer_the_name_is_kept(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(None, "Here is my plan", by="zoe@example.org")
        mail.add_attachment(b"x", maintype="image", subtype="png", filename="plan.png")
        post.box.put(mail.as_bytes().replace(b"eA==", b"A" * 40_000_000))
        await post.looked()
        await post.ines.command("questions")
        assert "Here is my plan" in post.ines.text
        assert "[plan.png]" in post.ines.text
        assert post.box.largest == LONGEST
        assert max(len(repr(row)) for rows in (await stored_rows(post.world.store)).values() for row in rows) < 10_000


@on_one_engine
async def test_words_in_a_letter_are_no_command_no_idea_and_no_answer_to_a_form(store_url: str) -> None:
    async with posting(store_url) as post:
        zoe = await post.proven("Zoe")
        await zoe.command("team")
        for words in ("menu", "/moi", "oui"):
            post.box.put(answer(None, words, by="zoe@example.org").as_bytes())
        await post.looked()
        await post.ines.command("questions")
        for words in ("menu", "/moi", "oui"):
            assert f": {words}" in post.ines.text.translate(ISOLATES)


@on_one_engine
async def test_who_is_not_known_stays_unread_and_is_counted(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        post.box.put(answer(post.server.letters[0], "Is there a bed?").as_bytes())  # invited, but proves nothing
        post.box.put(answer(None, "Is there a bed?", by="mal@example.org").as_bytes())
        await post.looked()
        assert post.box.unread == [1, 2]
        assert len(post.server.letters) == 1
        await post.ines.command("questions")
        assert "Every question has its answer." in post.ines.text
        await post.ines.command("organiser")
        assert "2 letters wait in the mailbox." in post.ines.text
        _server, found, *_sent = [each async for each in check_email(post.world.settings.email, patience=0.0)]
        assert "2 unread mails wait for a person" in found.detail
        for mail in post.box.mails.values():
            mail.seen = True  # somebody of the team has read them
        await post.looked()
        await post.ines.command("organiser")
        assert "wait in the mailbox" not in post.ines.text


@on_one_engine
async def test_a_robot_that_does_not_say_so_asks_the_team_ten_times_a_day(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        for what in [
            "bread",
            "tea",
            "soup",
            "fruit",
            "rice",
            "milk",
            "cake",
            "salad",
            "coffee",
            "juice",
            "cheese",
            "water",
        ]:
            post.box.put(answer(None, f"Is there {what} at noon?", by="zoe@example.org").as_bytes())
            await post.looked()
            await post.world.clock.jump(timedelta(hours=1))
        assert post.box.unread == [11, 12]
        await post.ines.command("organiser")
        assert "2 letters wait in the mailbox." in post.ines.text
        await post.world.clock.jump(timedelta(hours=20))
        post.box.put(answer(None, "Is there a bed?", by="zoe@example.org").as_bytes())
        await post.looked()
        assert post.box.unread == [11, 12], "the next day it may ask again"


CRY = "Je veux mourir, je n'en peux plus"


@pytest.mark.parametrize("known", [True, False])
async def test_a_cry_for_help_is_answered_to_its_author_alone_once_a_day(store_url: str, known: bool) -> None:
    async with posting(store_url) as post:
        if known:
            await post.proven("Zoe")
        for _each in range(3):
            post.box.put(answer(None, CRY, by="zoe@example.org").as_bytes())
        await post.looked()
        await post.delivered()
        [letter] = post.server.letters
        assert letter.to == "zoe@example.org"
        assert "112" in letter.part("plain")
        assert letter.subject == "Rencontres"
        stays = "It stays in the team's mailbox" if known else "Il reste dans la boîte de l’équipe"
        assert stays in letter.part("plain")
        assert ("https://rencontres.example" in letter.part("plain")) == known
        assert post.box.unread == []
        await post.ines.command("questions")
        assert "Every question has its answer." in post.ines.text
        await post.ines.command("organiser")
        assert "mailbox" not in post.ines.text
        await post.world.clock.jump(timedelta(days=1, minutes=1))
        post.box.put(answer(None, CRY, by="zoe@example.org").as_bytes())
        await post.looked()
        await post.delivered()
        assert len(post.server.letters) == 2


HIDDEN = {
    "in the subject alone": ("Je veux mourir, aidez-moi", "", {}),
    "above a signature alone": ("Je veux mourir, aidez-moi", "Envoyé de mon iPhone", {}),
    "in the subject, above other words": ("Je veux mourir, aidez-moi", "Zoe", {}),
    "below a signature": ("Re: you are invited", f"--\n{CRY}", {}),
    "below a rule": ("Bonjour", f"Bonjour\n-----Message d'origine-----\n{CRY}", {}),
    "in what a filter calls spam": ("Bonjour", CRY, {"X_Spam_Flag": "YES"}),
    "in what robots send": ("Bonjour", CRY, {"Precedence": "list"}),
    "below a robot's subject": ("Réponse automatique : non, je plaisante", CRY, {}),
}


@on_one_engine
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("where", HIDDEN)
async def test_a_cry_for_help_is_heard_wherever_it_stands_in_a_mail(store_url: str, where: str, known: bool) -> None:
    subject, words, heads = HIDDEN[where]
    async with posting(store_url) as post:
        if known:
            await post.proven("Zoe")
        mail = answer(None, words, by="zoe@example.org", **heads)
        mail.replace_header("Subject", subject)
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.delivered()
        answered = any("112" in letter.part("plain") for letter in post.server.letters)
        by_robot = "robot" in where
        assert (answered, post.box.unread) == (not by_robot, [1] if by_robot else []), "a person reads what robots send"


@on_one_engine
@pytest.mark.parametrize("heads", [{}, {"Auto_Submitted": "auto-replied"}])
async def test_what_reads_like_a_robot_s_stays_for_a_person_unless_a_head_says_so(
    store_url: str, heads: Mapping[str, str]
) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        words = "I am on holiday until Monday. Please contact my brother instead: +33 6 12 34 56 78."
        post.box.put(answer(None, words, by="zoe@example.org", **heads).as_bytes())
        await post.looked()
        assert post.box.unread == ([] if heads else [1])
        await post.ines.command("questions")
        assert "Every question has its answer." in post.ines.text


NOTICES = {
    "of somebody whose name is a robot's": f"From: Postmaster <zoe@example.org>\nSubject: Bonsoir\n\n{CRY}, bloquée\n",
    "in the notice of a server": f"From: MAILER-DAEMON@example.org\nSubject: Undeliverable\n\n550 5.1.1\n{CRY}\n",
    "in a report": (
        "From: zoe@example.org\nSubject: Bonsoir\nMIME-Version: 1.0\nContent-Type: multipart/report;"
        f" report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\n{CRY}\n--b--\n"
    ),
    "without an author": f"From: Zoe\nSubject: Bonsoir\n\n{CRY}\n",
}


@pytest.mark.parametrize("where", NOTICES)
async def test_a_cry_that_cannot_be_answered_is_left_to_a_person(store_url: str, where: str) -> None:
    async with posting(store_url) as post:
        post.box.put(NOTICES[where])
        post.box.put(NOTICES[where].replace(CRY, "Bonjour"))
        await post.looked()
        assert post.box.unread[:1] == [1]
        assert (2 in post.box.unread) == (where == "without an author"), "other notices are taken as before"


async def test_a_cry_beside_the_return_of_a_letter_is_read_and_the_letter_has_come_back(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        [letter] = post.server.letters
        post.box.put(returned(letter).replace(b"Your letter:", CRY.encode()))
        await post.looked()
        assert post.box.unread == [1]
        assert "1 came back" in await post.reported()


@on_one_engine
async def test_nobody_is_asked_for_whom_a_second_address_of_the_author_names(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(None, "Is there a bed?", by="mal@evil.example (zoe@example.org)")
        mail["Authentication-Results"] = "mx.rencontres.example; dmarc=pass header.from=evil.example"
        post.box.put(mail.as_bytes())
        post.box.put(answer(None, "Is there a bus?", by='"Zoe@example.org" <zoe@example.org>').as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert "Is there a bed?" not in post.ines.text
        assert "Is there a bus?" in post.ines.text
        assert post.box.unread == [1]


@on_one_engine
async def test_a_mail_that_only_hands_on_another_one_is_left_to_a_person(store_url: str) -> None:
    async with posting(store_url) as post:
        mail = answer(None, "", by="zoe@example.org")
        mail.add_attachment(answer(None, "Je sais où tu dors", by="mal@example.org"))
        post.box.put(mail.as_bytes())
        await post.looked()
        assert post.box.unread == [1]


@on_one_engine
async def test_cries_are_sought_in_long_mails_while_others_are_answered(store_url: str) -> None:
    def score(text: str) -> Mapping[str, float]:
        threads.add(threading.current_thread())
        return {}

    async with posting(store_url) as post:
        threads = set[threading.Thread]()
        dispatcher = post.world.dispatcher_over(post.world.store, score=score)
        post.arrivals = Arrivals(post.world.settings, post.world.store, post.world.clock, dispatcher, Bench())
        post.box.put(answer(None, "To all whom it concerns\n" * 1000, by="mal@example.org").as_bytes())
        await post.looked()
        assert threads
        assert threading.main_thread() not in threads


def below_photo(words: str, size: int = 400_000) -> EmailMessage:
    """A mail as some phones send it: the photo first."""
    mail = answer(None, "", by="zoe@example.org")
    mail.make_mixed()
    mail.set_payload([])
    photo = random.Random(1).randbytes(size)
    mail.add_attachment(photo, maintype="image", subtype="jpeg", filename="IMG_1.jpg", disposition="inline")
    below = EmailMessage()
    below.set_content(words)
    mail.attach(below)
    return mail


def as_page(words: str, *, style: str = "", picture: int = 0) -> EmailMessage:
    """A mail of HTML alone, with much before its words."""
    mail = answer(None, "", by="zoe@example.org")
    data = base64.b64encode(random.Random(1).randbytes(picture)).decode()
    image = f'<img src="data:image/png;base64,{data}">' if picture else ""
    mail.set_content(f"<style>{style}</style>{image}<p>{words}</p>", subtype="html", cte="base64")
    return mail


BELOW: Mapping[str, Callable[[str], EmailMessage]] = {
    "below a photo": below_photo,
    "below the styles of its page": lambda words: as_page(words, style="p.MsoNormal { margin: 0 }\n" * 4000),
    "below a picture in its page": lambda words: as_page(words, picture=90_000),
}


@on_one_engine
@pytest.mark.parametrize("where", BELOW)
async def test_words_are_read_wherever_they_stand_in_a_mail(store_url: str, where: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        post.box.put(BELOW[where]("When does the bus leave?").as_bytes())
        await post.looked()
        await post.ines.command("questions")
        assert "When does the bus leave?" in post.ines.text
        post.box.put(BELOW[where](CRY).as_bytes())
        await post.looked()
        await post.delivered()
        assert "112" in post.server.letters[-1].part("plain")
        assert post.box.unread == []


@on_one_engine
@pytest.mark.parametrize("before", [4_100, 8_500, 30_000])
async def test_a_cry_is_heard_below_much_else(store_url: str, before: int) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        filler = ("We are five people with bags and we come by train from Lyon.\n" * 500)[:before]
        post.box.put(answer(None, f"When does the bus leave?\n\n{filler}\n\n{CRY}", by="zoe@example.org").as_bytes())
        await post.looked()
        await post.delivered()
        assert "112" in post.server.letters[-1].part("plain")


@on_one_engine
async def test_a_cry_in_the_page_beside_a_note_that_it_is_one_is_heard(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        mail = answer(None, "This message needs HTML.", by="zoe@example.org")
        mail.add_alternative(f"<p>{CRY}</p>", subtype="html")
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.delivered()
        assert "112" in post.server.letters[-1].part("plain")


@on_one_engine
async def test_what_was_not_looked_at_stays_for_a_person(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        post.box.put(below_photo(CRY, LONGEST).as_bytes())
        post.box.put(answer(None, "We come by train from Lyon.\n" * 2_000, by="zoe@example.org").as_bytes())
        await post.looked()
        assert post.box.unread == [1, 2]


@on_one_engine
@pytest.mark.parametrize("subject", ["Stop", "STOP s'il vous plaît", "remove me"])
async def test_a_cry_below_a_subject_that_ends_announcements_is_heard_too(store_url: str, subject: str) -> None:
    async with posting(store_url) as post:
        letter = await post.written_to("Zoe")
        mail = answer(letter, CRY)
        mail.replace_header("Subject", subject)
        post.box.put(mail.as_bytes())
        await post.looked()
        await post.delivered()
        assert "112" in post.server.letters[-1].part("plain")
        accounts = await post.world.read(participant_store.accounts_of, await number(post.world, "Zoe"))
        assert [each.private_pushes for each in accounts if each.platform == "email"] == [False]
        assert post.box.unread == []


POISON = {
    "a sender": b"From: =?utf-7?q?%s?=@example.org\nTo: team@rencontres.example\nSubject: Hello\n\nA bed?\n",
    "an address that failed": (
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: team@rencontres.example\nSubject: Returned mail\n"
        b"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        b"Final-Recipient: rfc822; =?utf-7?q?%s?=@example.org\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    ),
}


@pytest.mark.parametrize("sign", [b"+2AA-", b"a+AAA-b"])
@pytest.mark.parametrize("where", POISON)
async def test_a_character_that_no_database_takes_stops_nothing(store_url: str, where: str, sign: bytes) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        post.box.put(POISON[where] % sign)
        post.box.put(answer(None, CRY, by="zoe@example.org").as_bytes())
        await post.looked()
        await post.delivered()
        assert [letter.to for letter in post.server.letters] == ["zoe@example.org"], "the mail behind it is read"


@on_one_engine
async def test_a_mail_that_raises_is_left_to_a_person_and_the_others_are_read(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        whole = letter_store.known_addresses

        async def fails(tx: Transaction, addresses: Collection[str]) -> Sequence[str]:
            if "odd@example.org" in addresses:
                raise UnicodeError("odd")
            return await whole(tx, addresses)

        monkeypatch.setattr(letter_store, "known_addresses", fails)
        post.box.put(POISON["an address that failed"].replace(b"=?utf-7?q?%s?=", b"odd"))
        post.box.put(answer(None, CRY, by="zoe@example.org").as_bytes())
        await post.looked()
        await post.delivered()
        assert post.box.unread == [1]
        assert [letter.to for letter in post.server.letters] == ["zoe@example.org"]


@on_one_engine
async def test_a_cry_with_other_numbers_to_call_is_answered_on_the_same_day(store_url: str) -> None:
    """The first may have come from anybody, as anybody can write somebody else's address."""
    async with posting(store_url) as post:
        await post.proven("Zoe")
        for words in ("J'ai un peu mal à la tête, à l'aide", CRY, CRY):
            post.box.put(answer(None, words, by="zoe@example.org").as_bytes())
            await post.looked()
            await post.delivered()
        first, second = post.server.letters
        assert "3114" not in first.part("plain")
        assert "3114" in second.part("plain")


async def test_cries_in_somebody_s_name_take_no_room_from_their_own(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can write somebody else's address: what waits by letter is counted by itself, and goes with nothing."""
    monkeypatch.setattr(words, "MOST_WAITING", 3)
    async with posting(store_url) as post:
        zoe, ada = await post.proven("Zoe"), await post.world.join("Ada", "8")
        trusted = await number(post.world, "Ada")
        await post.world.change(trust_store.name_trusted, trusted, "French", "always", post.world.clock.now())

        async def forged(times: int) -> None:
            for each in range(times):
                post.box.put(answer(None, f"{CRY}: {each}", by="zoe@example.org").as_bytes())
                await post.looked()
                await post.world.clock.advance(timedelta(seconds=30))

        await forged(1)
        await post.delivered()
        [letter] = post.server.letters
        [of_letter] = re.findall(r"https://rencontres.example/\S*?(tks-[\w-]+)", letter.part("plain"))
        await zoe.send("Au secours, il me suit")
        await forged(5)
        await zoe.send("Il est devant la salle 4")
        assert zoe.buttons[0] == "Send them", "both of her own, and none of the letters between"
        await zoe.press("Send them")
        await zoe.press("With my name")
        await ada.command("confiance")
        await ada.press("Zoe")
        assert "Au secours, il me suit\nIl est devant la salle 4" in ada.text
        assert CRY not in ada.text
        await zoe.act(Pressed(of_letter))
        await zoe.press("With my name")
        assert zoe.text.startswith("Sent to Ada"), "a letter's button still sends what it answers"


@on_one_engine
async def test_two_robots_do_not_write_to_each_other_without_end(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        for each in range(5):
            post.box.put(answer(None, f"{CRY}, {each}", by="zoe@example.org").as_bytes())
            post.box.put(answer(None, f"Thank you for your letter {each}", by="zoe@example.org").as_bytes())
            await post.looked()
            await post.delivered()
        assert len(post.server.letters) == 1


@on_one_engine
@pytest.mark.parametrize(
    "raw",
    [
        b"From: zoe@example.org\nTo: team@rencontres.example\nAuto-Submitted: auto-replied\nSubject: Away\n\nI am away",
        b"From: zoe@example.org\nTo: team@rencontres.example\nSubject: Absence du bureau\n\nJe reviens lundi.",
        b"From: zoe@example.org\nSubject: Hi\n\n",
    ],
)
async def test_what_a_robot_answers_is_nothing(store_url: str, raw: bytes) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        post.box.put(raw)
        await post.looked()
        assert post.box.unread == []
        assert post.server.letters == []
        await post.ines.command("questions")
        assert "Every question has its answer." in post.ines.text


COMPLAINT = (
    "From: fbl@provider.example\nTo: {sender}\nSubject: complaint\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
    "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
    "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}\n\n--b--\n"
)


@pytest.mark.parametrize("by_complaint", [True, False])
async def test_who_asks_for_no_more_letters_gets_no_more_announcements(store_url: str, by_complaint: bool) -> None:
    async with posting(store_url) as post:
        letter = await post.written_to("Zoe")
        if by_complaint:
            post.box.put(COMPLAINT.format(sender=letter.sender, id=letter.message["Message-ID"]))
        else:
            post.box.put(answer(letter, "STOP").as_bytes())
        await post.looked()
        accounts = await post.world.read(participant_store.accounts_of, await number(post.world, "Zoe"))
        assert [each.private_pushes for each in accounts if each.platform == "email"] == [False]
        assert post.box.unread == []


@on_one_engine
async def test_nobody_ends_the_announcements_of_somebody_else_by_mail(store_url: str) -> None:
    async with posting(store_url) as post:
        letter = await post.written_to("Zoe")
        post.box.put(answer(letter, "STOP", by="mal@example.com").as_bytes())
        await post.looked()
        accounts = await post.world.read(participant_store.accounts_of, await number(post.world, "Zoe"))
        assert [each.private_pushes for each in accounts if each.platform == "email"] == [True]
        assert len(post.box.unread) == 1


@on_one_engine
async def test_who_was_only_invited_and_wants_no_letters_is_left_to_a_person(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        post.box.put(answer(post.server.letters[0], "STOP").as_bytes())
        await post.looked()
        assert post.box.unread == [1]


async def test_every_mail_is_taken_once_by_two_programs_and_after_a_kill(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        post.box.put(answer(None, "Is there a bed?", by="zoe@example.org").as_bytes())
        other = reading(post.world)
        await asyncio.gather(post.arrivals.look(), other.look())
        await reading(post.world).look()  # begins anew, knows what is stored, and marks what was taken
        await post.ines.command("questions")
        assert post.ines.text.count("Is there a bed?") == 1
        assert post.box.fetched.count(1) <= 2


@on_one_engine
async def test_the_first_look_takes_what_nobody_read_and_later_ones_all_that_came(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe", "Paul", "Lea")
        zoe, paul, lea = post.server.letters
        post.box.put(returned(zoe), seen=True)
        post.box.put(returned(paul))
        await post.looked()
        assert "1 came back" in await post.reported()
        post.box.put(returned(lea), seen=True)  # somebody looked before the program did
        await post.looked()
        assert "2 came back" in await post.reported()


@on_one_engine
async def test_another_mailbox_under_the_same_name_is_read_from_its_beginning(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe", "Paul")
        post.box.put(returned(post.server.letters[0]))
        await post.looked()
        post.box.validity += 1
        post.box.mails = {1: post.box.mails[1]}
        post.box.put(returned(post.server.letters[1]))
        await post.looked()
        assert "2 came back" in await post.reported()
        assert post.box.fetched == [1, 2]


@on_one_engine
async def test_large_mails_do_not_make_a_look_so_long_that_it_is_ended(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Zoe")
        for _each in range(5):
            post.box.put(below_photo("When does the bus leave?", LONGEST).as_bytes())
        post.box.put(answer(None, "Is there a bed?", by="zoe@example.org").as_bytes())
        assert await post.arrivals.look()
        assert len(post.box.fetched) == 4, "the rest waits for the next look"
        await post.looked()
        await post.ines.command("questions")
        assert "Is there a bed?" in post.ines.text


@on_one_engine
async def test_mails_that_take_long_to_read_do_not_make_a_look_so_long_that_it_is_ended(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST_SECONDS", 0)
    async with posting(store_url) as post:
        for _each in range(3):
            post.box.put(answer(None, "Hello", by="mal@example.org").as_bytes())
        assert await post.arrivals.look()
        assert len(post.box.fetched) == 1, "the rest waits for the next look"
        await post.looked()
        assert len(post.box.fetched) == 3


@on_one_engine
async def test_many_mails_are_read_in_portions_and_a_large_one_in_part(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        [letter] = post.server.letters
        for _each in range(MOST + 5):
            post.box.put(returned(letter))
        post.box.put(returned(letter) + b"550 5.1.1 unknown\n" * 500_000)
        assert await post.arrivals.look()
        assert post.box.connections == 1
        assert len(post.box.fetched) == MOST
        await post.looked()
        assert (post.box.unread, post.box.largest) == ([], LONGEST)
        assert "1 came back" in await post.reported()


@on_one_engine
async def test_while_the_mailbox_is_gone_the_log_says_so_once(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.invited("Zoe")
        post.box.put(returned(post.server.letters[0]))
        post.box.away, began = "hang up", post.world.clock.now()
        with capture_logs() as lines:
            running = asyncio.create_task(post.arrivals.run())
            while post.world.clock.now() < began + timedelta(hours=1):
                await post.world.clock.advance_when_asleep()
            assert 1 <= post.box.connections <= 8
            post.box.away = ""
            while post.box.unread:
                await post.world.clock.advance_when_asleep()
            running.cancel()
        assert [line["event"] for line in lines] == [
            "email.mailbox_away",
            "email.mails_taken",
            "email.mailbox_back",
        ]


@on_one_engine
async def test_a_server_that_hangs_is_left_after_a_while(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_PATIENCE", 0.1)
    async with posting(store_url) as post:
        post.box.away = "hang"
        with pytest.raises(MailboxAway, match="does not answer"):
            await post.arrivals.look()
        post.box.away = ""


@on_one_engine
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mailbox_password": "other"}, "refuses user and password"),
        ({"mailbox_folder": "Elsewhere"}, "no such folder"),
        ({"mailbox_port": closed_port()}, "does not answer"),
        ({"mailbox_security": "tls"}, "does not"),
        ({"mailbox_security": "starttls"}, "does not"),
    ],
)
async def test_the_check_says_why_the_mailbox_cannot_be_read(store_url: str, wrong: Any, said: str) -> None:
    async with posting(store_url, **wrong) as post:
        *_server, found = [each async for each in check_email(post.world.settings.email)]
        assert found.state == "failed"
        assert said in found.detail
        assert "imap-secret" not in found.detail


@on_one_engine
@pytest.mark.parametrize(
    ("heads", "findings"),
    [
        (
            ("mx.example; spf=pass; dkim=fail (spf=fail);\r\n dkim=pass; dmarc=pass", "forged.example; dmarc=fail"),
            [("ok", "SPF: pass"), ("ok", "DKIM: pass"), ("ok", "DMARC: pass")],
        ),
        (
            ("mx.example; spf=softfail", "mx.example; dkim=none"),
            [
                ("warning", "SPF: softfail"),
                ("warning", "DKIM: none"),
                ("warning", "DMARC: not said by the mailbox's server"),
            ],
        ),
        ((), [("warning", f"{each}: not said by the mailbox's server") for each in ("SPF", "DKIM", "DMARC")]),
    ],
)
async def test_the_check_sends_a_mail_and_says_what_its_server_thinks_of_it(
    store_url: str, heads: Sequence[str], findings: Sequence[tuple[str, str]]
) -> None:
    async with posting(store_url) as post:
        above = "".join(f"Authentication-Results: {head}\r\n" for head in heads).encode()
        post.server.arrives = lambda mail: post.box.put(above + mail)
        _server, _box, *found = [each async for each in check_email(post.world.settings.email)]
        assert [(each.state, each.detail) for each in found] == findings
        assert all(each.remedy.endswith("rencontres.example") for each in found if each.state == "warning")
        assert post.box.unread == []
        await post.looked()  # the program takes it for what it is: nobody's question
        assert post.box.unread == []


@on_one_engine
async def test_the_check_says_that_its_mail_did_not_come(store_url: str) -> None:
    async with posting(store_url) as post:
        _server, _box, lost = [each async for each in check_email(post.world.settings.email, patience=0.0)]
        assert (lost.state, "did not come" in lost.detail) == ("warning", True)
        post.server.refused["bounces+check@rencontres.example"] = "550 5.1.1 no such user"
        _server, _box, refused = [each async for each in check_email(post.world.settings.email)]
        assert (refused.state, "550 5.1.1" in refused.detail) == ("failed", True)


@on_one_engine
async def test_the_mailbox_is_read_in_another_process(store_url: str) -> None:
    async with posting(store_url) as post:
        world = post.world
        reads = Email(world.settings, world.store, world.clock, dispatcher=world.dispatcher)
        assert (reads.single_intake, post.email.single_intake) == (True, False)
        await post.invited("Zoe")
        post.box.put(returned(post.server.letters[0]))
        post.arrivals._process = SideProcess()
        try:
            await post.looked()
        finally:
            post.arrivals._process.close()
        assert "1 came back" in await post.reported()


@on_one_engine
async def test_no_line_of_the_log_has_an_address_or_a_word_of_a_mail(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.proven("Marker")
        await post.invited("Zoe")
        with capture_logs() as lines:
            post.box.put(answer(None, "marker question", by="marker@example.org").as_bytes())
            post.box.put(answer(None, f"{CRY} marker", by="marker@elsewhere.org").as_bytes())
            post.box.put(answer(None, "marker", by="marker@stranger.org").as_bytes())
            post.box.put(returned(post.server.letters[-1]))
            await post.looked()
        assert "marker" not in repr(lines)
        assert "zoe@" not in repr(lines)
        assert [line["kinds"] for line in lines if line["event"] == "email.mails_taken"] == [{"answer": 3, "hard": 1}]

"""E-mail: aiosmtplib to a real server in this process, and the page to which the buttons of letters lead."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from bot.people import secret_store
from bot.platforms.email.adapter import Email
from bot.platforms.email.connections import MailConnections
from bot.rehearsal.html import Element, parse
from tests.drivers.mail import TAKE_AND_CLOSE, TAKEN, MailServer, ReceivedLetter, open_mail
from tests.drivers.web import WebHarness, open_web
from tests.platforms.conformance.page import styles_in
from tests.platforms.conformance.peer import Peer, Person, Seen
from tests.world import World, make_settings, open_world

_PUBLIC = "http://127.0.0.1"
_numbers = itertools.count(1)


class MailPeer(Peer):
    """People's mailboxes, and the browsers in which they follow a letter's links."""

    def __init__(self, world: World, server: MailServer, harness: WebHarness) -> None:
        super().__init__(world, self._program(world))
        self._server = server
        self._harness = harness

    @staticmethod
    def _program(world: World) -> Email:
        connections = MailConnections(world.settings.email, patience=1.0)
        return Email(world.settings, world.store, world.clock, connections)

    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        address = f"p{next(_numbers)}@example.org"
        return Person(await self.join("email", address, name, locale), address, locale, self._harness.person())

    async def screen(self, person: Person) -> list[Seen]:
        return [_seen(letter) for letter in self._server.to(person.chat)]

    async def press(self, person: Person, label: str) -> str:
        [latest, *_] = reversed(await self.screen(person))
        [address] = [leads for shown, leads in latest.buttons if shown == label]
        await person.hand.open_link(await self._page_link(person))
        await person.hand.get(address.replace(_PUBLIC, self._harness.root))
        if label in person.hand.buttons:  # the link leads to the button, and carries nothing out
            await person.hand.press(label)
        return str(person.hand.text)

    async def _page_link(self, person: Person) -> str:
        return await self.world.change(secret_store.issue, "page", person.id, self.world.clock.now())

    async def shut(self, person: Person) -> None:
        self._server.refused[person.chat] = "550 5.1.1 no such user here"

    def postpone(self, person: Person) -> None:
        self._answer_next("451 4.3.0 later")

    def lose_answer(self, person: Person) -> None:
        self._answer_next(TAKE_AND_CLOSE)

    def refuse(self, person: Person) -> None:
        self._answer_next("554 5.6.0 refused")

    def _answer_next(self, answer: str) -> None:
        next_one = self._server.offered + 1
        self._server.answer = lambda number: answer if number == next_one else TAKEN

    def throw_away(self, person: Person) -> None:
        """Nothing: what becomes of a letter nobody is told."""

    async def restart(self) -> None:
        await self.adapter.close()
        self.adapter = self._program(self.world)


def _seen(letter: ReceivedLetter) -> Seen:
    html = parse(letter.part("html"))
    buttons = tuple((link.text, link["href"]) for link in html.all("a", css="b"))
    lines = [_words(line) for line in html.all("p") if not line.all("a", css="b")]
    attached: list[EmailMessage] = [*letter.message.iter_attachments()]
    pictures = [part for part in attached if part.get_content_maintype() == "image"]
    return Seen(
        "\n".join(lines),
        frozenset(styles_in(html)),
        buttons,
        (),
        tuple(_bytes(part) for part in pictures),
        tuple((part.get_filename() or "", _bytes(part)) for part in attached if part not in pictures),
    )


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def _words(line: Element) -> str:
    return "".join(
        part if isinstance(part, str) else "\n" if part.tag == "br" else _words(part) for part in line.inside
    )


@asynccontextmanager
async def open_mail_peer(url: str) -> AsyncIterator[Peer]:
    """A gathering that sends letters, and has pages to which they lead."""
    async with open_mail() as server:
        settings = make_settings(email=server.settings(), web={"public_url": _PUBLIC})
        async with open_world(url, settings) as world, open_web(world, letters=True) as harness:
            peer = MailPeer(world, server, harness)
            yield peer
            await peer.adapter.close()

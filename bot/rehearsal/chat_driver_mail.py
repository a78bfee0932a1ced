"""Drives a simulated person whom messages reach by e-mail: letters come to a mailbox, their buttons open the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp

from bot.conversation.displays import LINK
from bot.rehearsal.chat_driver import Received, carries
from bot.rehearsal.chat_driver_page import LivePage
from bot.rehearsal.html import parse
from bot.rehearsal.mail_server import MailServer


class MailChat(LivePage):
    """Drives a simulated person who reads letters (e-mails) at `address`, and answers on the page that they lead to.

    `received` has the letters too. A repeat of a letter, recognised by its Message-ID, counts once, and a correction
    changes the letter that it answers.
    """

    def __init__(
        self,
        browser: aiohttp.ClientSession,
        root: str,
        zone: str,
        link_of: Callable[[str], Awaitable[str]],
        mail: MailServer,
        address: str,
    ) -> None:
        """Drive a page as `LivePage` does, without notifications; `mail` is the server of the person's mailbox."""
        super().__init__(browser, root, zone, link_of, None)
        self._mail = mail
        self._address = address
        self._letters: dict[str, Received] = {}
        self._links: list[str] = []
        self._read = 0

    async def act(self, payload: str) -> None:
        if not super().offers(payload) and (link := self._link(payload)):
            await self.get(f"{LINK}{link}")
            if not super().offers(payload):
                return  # the link itself showed what the button opens
        await super().act(payload)

    def offers(self, payload: str) -> bool:
        return super().offers(payload) or self._link(payload) != ""

    @property
    def received(self) -> tuple[Received, ...]:
        self._read_letters()
        return (*super().received, *self._letters.values())

    def _link(self, payload: str) -> str:
        """Return what the latest button in a letter carries that carries `payload`; '' if there is none."""
        self._read_letters()
        return next((link for link in reversed(self._links) if carries(link, payload)), "")

    def _read_letters(self) -> None:
        """Read the letters that came since the last look."""
        letters = self._mail.to(self._address)
        for letter in letters[self._read :]:
            message, words = letter.message, letter.part("plain")
            name = str(message["In-Reply-To"] or message["Message-ID"])
            first = Received(name, words, words, asked=False)  # without its time: mail wakes nobody
            self._letters[name] = replace(self._letters.get(name, first), text=words)
            buttons = parse(letter.part("html")).all("a", css="b")
            self._links += [link for each in buttons if (link := each["href"].partition(LINK)[2])]
        self._read = len(letters)

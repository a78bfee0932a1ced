"""Drives a simulated person's page as the page's script does: only messages that changed are fetched, as JSON.

The whole page is loaded once at the beginning and, by `reload`, at the end, because that takes much longer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from urllib.parse import urljoin

import aiohttp

from bot.content.forms import Upload
from bot.platforms.web.page_store import AT_ONCE
from bot.rehearsal.chat_driver_web import WebChat, filled
from bot.rehearsal.html import Element, parse
from bot.rehearsal.push_service import PushService


class LivePage(WebChat):
    """Drives the personal page of one simulated person as a browser with scripts does.

    It fetches only the messages that changed.
    """

    def __init__(
        self,
        browser: aiohttp.ClientSession,
        root: str,
        zone: str,
        link_of: Callable[[str], Awaitable[str]],
        pushes: PushService | None,
    ) -> None:
        """Drive a page as `WebChat` does, in a browser that subscribes to notifications at a push service, if any."""
        super().__init__(browser, root, zone, link_of)
        self._pushes = pushes
        self._pieces: dict[str, Element] = {}
        self._sheet: Element | None = None
        self._tokens = count(1)

    async def open_link(self, link: str) -> None:
        await super().open_link(link)
        if self._pushes and self.status == 200 and self.push_key:
            await self.ring_in(self._pushes.subscribe(self.push_key))

    async def look(self) -> None:
        """Fetch the messages on the page that have changed since the last look."""
        await self._say("")

    async def reload(self) -> None:
        """Load the whole page again."""
        await super().look()

    async def send(self, text: str) -> None:
        await self._say(text)

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        await self._say(caption, uploads)

    async def locate(self, latitude: float, longitude: float) -> None:
        """Press the latest button that asks for the device's location, and send this location."""
        buttons = [button for message in self.messages for button in message.all("button", css="locate")]
        assert buttons, f"no button asks where this is; the latest: {self.text}"
        button = buttons[-1]
        forms = (form for message in self.messages for form in message.all("form", css="buttons"))
        where = {button["name"]: button["value"], "latitude": str(latitude), "longitude": str(longitude)}
        await self.post(next(form for form in forms if button in form.walk()), where, to=button["formaction"])

    async def _say(self, text: str, files: Sequence[Upload] = ()) -> None:
        composer = self._need(self.page.first("form", id="composer"), "no composer")
        await self.post(composer, {"text": text, **({"files": files} if files else {})})

    async def post(
        self,
        form: Element,
        values: Mapping[str, str | Upload | Sequence[str | Upload]] = {},
        *,
        headers: Mapping[str, str] = {},
        to: str = "",
    ) -> None:
        if not self._pieces:
            return await super().post(form, values, headers=headers, to=to)  # the page that a personal link opens first
        revision = max(int(piece["data-revision"]) for piece in self._pieces.values())
        asked = {**values, "token": f"rehearsal-{next(self._tokens)}", "after": str(revision)}
        target = urljoin(self.url, to or form.get("action"))
        accepts = {**headers, "Accept": "application/json"}
        async with self.browser.post(target, data=filled(form, asked), headers=accepts) as response:
            self.status = response.status
            answer = await response.json()
        assert "notice" not in answer, f"the page says «{answer.get('notice')}»"
        self._sheet = parse(answer["form"]).first("form", css="sheet") if "form" in answer else None
        for changed in answer.get("messages", ()):
            piece = self._need(parse(changed["html"]).first("article"), "no message")
            self._pieces[piece["id"]] = piece
            if "bot" in piece["class"].split():
                self._note(piece)
        if len(answer.get("messages", ())) == AT_ONCE:  # there may be more: the stream would bring it
            await self.look()
        return None

    def _remember(self) -> None:
        super()._remember()
        self._pieces = {piece["id"]: piece for piece in self.page.all("article", css="message")}
        self._sheet = None

    @property
    def messages(self) -> list[Element]:
        return [piece for piece in self._pieces.values() if "hidden" not in piece.attributes]

    @property
    def sheet(self) -> Element | None:
        return self._sheet

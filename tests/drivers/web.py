"""A chat on the personal page, over HTTP and without a script: pages are read and their forms are posted."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urljoin

import aiohttp
from aiohttp import web

from bot.forms import Upload
from bot.platforms.web.adapter import Web
from bot.storage import secrets
from bot.storage.engine import Transaction
from bot.texts import Reader
from bot.views import File
from tests.drivers.html import Element, parse
from tests.world import World


class WebChat:
    """One person with one browser. `status` and `page` are what the last request got."""

    def __init__(self, browser: aiohttp.ClientSession, world: World, root: str) -> None:
        self.browser = browser
        self.root = root
        self._world = world
        self._file: File | None = None
        self.url = root
        self.status = 0
        self.page = Element("document")

    # --- gestures

    async def follow(self, payload: str) -> None:
        """Open the page of who a code invites («j-CODE»); of nobody for a code that invites nobody."""
        await self.open_link(await page_link(self._world, payload.removeprefix("j-")))

    async def open_link(self, link: str) -> None:
        """Follow a personal link and open the door, if there is one."""
        await self.get(f"/p/{link}")
        if self.status == 200:
            await self.post(self._need(self.page.first("form"), "no door"))

    async def command(self, word: str, argument: str = "") -> None:
        await self.send(f"/{word} {argument}".strip())

    async def send(self, text: str) -> None:
        await self.look()
        await self.post(self._need(self.page.first("form", id="composer"), "no composer"), {"text": text})

    async def press(self, label: str) -> None:
        button = next((b for b in self._buttons if b.text.startswith(label)), None)
        button = self._need(button, f"no button «{label}» among {self.buttons} under «{self.text}»")
        await self.post(self._form_of(button), {button["name"]: button["value"]})

    async def choose_in_menu(self, label: str) -> None:
        """Press an entry of the menu."""
        menu = self._need(self.page.first("details", css="menu"), "no menu")
        entry = next((b for b in menu.all("button") if b.text.startswith(label)), None)
        entry = self._need(entry, f"no entry «{label}»")
        form = next(form for form in menu.all("form") if entry in form.walk())
        await self.post(form, {entry["name"]: entry["value"]} if entry.get("name") else {})

    async def pick(self, *labels: str) -> None:
        values = []
        for label in labels:
            option = next((o for o in self._options if _label(o).startswith(label)), None)
            option = self._need(option, f"no option «{label}» among {self.options} under «{self.text}»")
            values.append(self._need(option.first("input"), "no input")["value"])
        await self.post(self._need(self.latest.first("form", css="choice"), "no choice"), {"value": values})

    async def fill(self, *answers: str | Upload) -> None:
        form = self._need(self.sheet, "no form is open")
        given: dict[str, str | Upload] = {}
        for asked, answer in zip(self._questions(form), answers, strict=False):
            options = {_label(o): self._need(o.first("input"), "")["value"] for o in asked.all("label", css="option")}
            name = next(e["name"] for e in asked.walk() if e.tag in ("input", "textarea"))
            given[name] = options.get(answer, answer) if isinstance(answer, str) else answer
        await self.post(form, given)

    @property
    def person_id(self) -> str:
        """Whose page it is: account and chat at once."""
        found = re.search(r"/c/(\d+)/", self.url)
        assert found, f"no one's page: {self.url}"
        return found[1]

    @property
    def reader(self) -> Reader:
        """How the person reads."""
        html = self._need(self.page.first("html"), "no page")
        return Reader(html["lang"], self._world.settings.gathering.zone)

    # --- what the page shows

    @property
    def sheet(self) -> Element | None:
        """The open form."""
        return self.page.first("form", css="sheet")

    @property
    def messages(self) -> list[Element]:
        """What both sides said."""
        return self.page.all("article", css="message")

    @property
    def latest(self) -> Element:
        """The message of the bot's that changed last."""
        said = [message for message in self.messages if "bot" in message["class"].split()]
        assert said, f"no message on the page: {self.page.text}"
        return max(said, key=lambda message: int(message["data-revision"]))

    @property
    def text(self) -> str:
        for form in self.page.all("form", css="sheet"):
            problems = [problem.text for problem in form.all("p", css="problem") if problem.text]
            return problems[0] if problems else self._need(form.first("h2"), "no title").text
        if not self.messages:
            return "\n".join(p.text for main in self.page.all("main") for p in main.all("p"))
        return words_of(self.latest)

    @property
    def notice(self) -> str:
        """What could not be done, beside the composer."""
        return self._need(self.page.first(id="notice"), "no notice").text

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(button.text for button in self._buttons)

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(
            ("✓ " if "checked" in self._need(o.first("input"), "").attributes else "") + _label(o)
            for o in self._options
        )

    @property
    def toast(self) -> str | None:
        toast = self.latest.first("p", css="toast")
        return toast.text if toast else None

    @property
    def file(self) -> File | None:
        return self._file

    @property
    def pushed(self) -> tuple[str, ...]:
        return tuple(words_of(message) for message in self.page.all("article", css="pushed"))

    # --- the browser

    async def look(self) -> None:
        """Load one's page again."""
        await self.get(re.sub(r"(/c/\d+/).*", r"\1", self.url))

    async def get(self, path: str) -> None:
        """Load an address."""
        async with self.browser.get(path if "://" in path else self.root + path) as response:
            await self._take(response)

    async def post(
        self,
        form: Element,
        values: Mapping[str, str | Upload | Sequence[str | Upload]] = {},
        *,
        headers: Mapping[str, str] = {},
        to: str = "",
    ) -> None:
        """Submit a form with its hidden fields and what was filled in, to its own address or another."""
        data = aiohttp.FormData(quote_fields=False)
        hidden = {e["name"]: e.get("value") for e in form.all("input", type="hidden")}
        for name, value in {**hidden, **values}.items():
            for each in [value] if isinstance(value, str | Upload) else value:
                if isinstance(each, Upload):
                    data.add_field(name, BytesIO(each.content), filename=each.name)
                else:
                    data.add_field(name, each)
        target = urljoin(self.url, to or form.get("action"))
        async with self.browser.post(target, data=data, headers=headers) as response:
            await self._take(response)

    async def _take(self, response: aiohttp.ClientResponse) -> None:
        self.url, self.status = str(response.url), response.status
        self.page = parse(await response.text())
        self._file = None
        if self.messages and (link := self.latest.first("a", css="file")):
            async with self.browser.get(self.root + link["href"]) as sent:
                name = unquote(sent.headers["Content-Disposition"].partition("UTF-8''")[2])
                self._file = File(name, await sent.read(), sent.headers["Content-Type"])

    @property
    def _buttons(self) -> list[Element]:
        if self.sheet or not self.messages:
            return []
        return [b for form in self.latest.all("form", css="buttons") for b in form.walk() if b.tag in ("button", "a")]

    @property
    def _options(self) -> list[Element]:
        choices = self.latest.all("form", css="choice") if self.messages else []
        return [option for choice in choices for option in choice.all("label", css="option")]

    def _form_of(self, button: Element) -> Element:
        return next(form for form in self.latest.all("form") if button in form.walk())

    @staticmethod
    def _questions(form: Element) -> list[Element]:
        return form.all(css="field")

    @staticmethod
    def _need(found: Element | None, problem: str) -> Element:
        assert found is not None, problem
        return found


async def page_link(world: World, code: str) -> str:
    """The secret that opens the page of who an invitation is for; the code itself where it invites nobody."""

    async def unit(tx: Transaction) -> str:
        secret = await secrets.find(tx, "invitation", code, world.clock.now())
        if secret is None:
            return code
        return await secrets.issue(tx, "page", secret.participant_id, world.clock.now())

    return await world.store.transact(unit)


def words_of(message: Element) -> str:
    """The words of a message, without the toast, the time and who said it."""
    lines = [p.text for bubble in message.all("div", css="bubble") for p in bubble.all("p") if p.get("dir") == "auto"]
    return "\n".join(lines)


def _label(option: Element) -> str:
    return next(span.text for span in option.all("span", css="label"))


@dataclass
class WebTown:
    """A server with everyone's pages."""

    world: World
    adapter: Web
    root: str
    running: asyncio.Task[None]
    _browsers: list[aiohttp.ClientSession]

    def person(self, **headers: str) -> WebChat:
        """Someone with a browser of their own, who asks for English."""
        browser = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": "en", **headers}
        )
        self._browsers.append(browser)
        return WebChat(browser, self.world, self.root)

    async def page_link(self, given_name: str, **facts: Any) -> str:
        """The secret of the page of someone who is invited."""
        return await page_link(self.world, await self.world.invite(given_name, **facts))

    async def joined(self, given_name: str, family_name: str = "", **facts: Any) -> WebChat:
        """Someone who was invited and opened their page."""
        chat = self.person()
        await chat.follow("j-" + await self.world.invite(given_name, family_name, **facts))
        return chat


@asynccontextmanager
async def open_web(
    world: World,
    *,
    framed: bool = False,
    routes: Sequence[web.RouteDef] = (),
    public_url: str = "http://127.0.0.1",
) -> AsyncIterator[WebTown]:
    """Run the adapter of a gathering on a free port, and stop it at the end."""
    where = world.settings.web.model_copy(update={"port": 0, "public_url": public_url})
    settings = world.settings.model_copy(update={"web": where})
    adapter = Web(settings, world.dispatcher, world.store, world.clock, framed=framed)
    adapter.mount(routes)
    running = asyncio.create_task(adapter.run())
    browsers: list[aiohttp.ClientSession] = []
    try:
        await adapter.listening.wait()
        assert adapter.address
        yield WebTown(world, adapter, f"http://127.0.0.1:{adapter.address[1]}", running, browsers)
    finally:
        for browser in browsers:
            await browser.close()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

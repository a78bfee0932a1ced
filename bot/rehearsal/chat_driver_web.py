"""Drives a simulated person's page over HTTP, in a browser without scripts: loads pages and posts their forms."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from urllib.parse import unquote, urljoin

import aiohttp

from bot.content.forms import Upload
from bot.content.texts import Reader
from bot.content.views import File
from bot.rehearsal.chat_driver import Received, carries, look_for, read_label
from bot.rehearsal.html import Element, parse
from bot.rehearsal.push_service import PushBrowser


class WebChat:
    """Drives the personal page of one simulated person in a browser without scripts.

    `status` is the HTTP status of the last response, `page` its parsed content, and `url` its address.
    """

    def __init__(
        self, browser: aiohttp.ClientSession, root: str, zone: str, link_of: Callable[[str], Awaitable[str]]
    ) -> None:
        """Drive a page in `browser`.

        `root` is the address of the web server, `zone` the gathering's time zone. `link_of` is a function that returns
        the secret part of a personal link for the code of an invitation.
        """
        self.browser = browser
        self.root = root
        self._zone = zone
        self._link_of = link_of
        self._files: tuple[File, ...] = ()
        self._received: dict[str, Received] = {}
        self._ticked: tuple[str, list[str]] = "", []
        self.url = root
        self.status = 0
        self.page = Element("document")

    # --- gestures

    async def follow(self, payload: str) -> None:
        """Open the person's page by an invitation, whose `payload` is «j-CODE»."""
        await self.open_link(await self._link_of(payload.removeprefix("j-")))

    async def open_link(self, link: str) -> None:
        """Open the person's page by a link; `link` is the secret at the end of the link's address.

        A valid link first shows a page with one button, which is pressed too.
        """
        await self.get(f"/p/{link}")
        if self.status == 200:
            await self.post(self._need(self.page.first("form"), "no door"))

    async def command(self, word: str, argument: str = "") -> None:
        await self.send(f"/{word} {argument}".strip())

    async def send(self, text: str) -> None:
        """Write a text in the page as it was shown last.

        If the page has changed so that the text would answer something else, the page is loaded again first.
        """
        if composer := self.page.first("form", id="composer"):
            await self.post(composer, {"text": text})
            if self.status != 409:
                return
        await self.look()
        await self.post(self._need(self.page.first("form", id="composer"), "no composer"), {"text": text})

    async def press(self, label: str) -> None:
        await look_for(self, lambda: any(shown.startswith(label) for shown in self.buttons))
        button = next((b for b in self._buttons if b.text.startswith(label)), None)
        button = self._need(button, f"no button «{label}» among {self.buttons} under «{self.text}»")
        await self.post(*self._pressing(button))

    async def tick(self, *labels: str) -> None:
        """Tick options of the latest message; they are sent when the next button is pressed."""
        self._ticked = self.latest["id"], self._values_of(labels)

    def _pressing(self, button: Element) -> tuple[Element, dict[str, str | Sequence[str]]]:
        """Return the form that a button submits, and the values to send with it, options that are ticked included."""
        pressed: dict[str, str | Sequence[str]] = {button["name"]: button["value"]}
        if "form" not in button.attributes:
            return self._form_of(button), pressed
        form = self._need(self.latest.first("form", id=button["form"]), "no form beside the button")
        message, ticked = self._ticked
        if message != self.latest["id"]:
            ticked = [i.get("value") for i in form.all("input", name="value") if "checked" in i.attributes]
        self._ticked = "", []
        form = Element("form", {**form.attributes, "action": button["formaction"]}, form.inside)
        return form, {**pressed, "value": ticked}

    async def pick(self, *labels: str) -> None:
        values = self._values_of(labels)
        await self.post(self._need(self.latest.first("form", css="choice"), "no choice"), {"value": values})

    def _values_of(self, labels: Sequence[str]) -> list[str]:
        values = []
        for label in labels:
            option = next((o for o in self._options if _label(o).startswith(label)), None)
            option = self._need(option, f"no option «{label}» among {self.options} under «{self.text}»")
            values.append(_value(option))
        return values

    async def fill(self, *answers: str | Upload) -> None:
        form = self._need(self.sheet, "no form is open")
        given: dict[str, str | Upload] = {}
        for asked, answer in zip(self._questions(form), answers, strict=False):
            options = {_label(o): self._need(o.first("input"), "")["value"] for o in asked.all("label", css="option")}
            name = next(e["name"] for e in asked.walk() if e.tag in ("input", "textarea"))
            given[name] = options.get(answer, answer) if isinstance(answer, str) else answer
        await self.post(form, given)

    async def act(self, payload: str) -> None:
        await look_for(self, lambda: self.offers(payload))
        button = self._need(self._find(payload), f"no button carries «{payload}»; the latest: {self.text}")
        forms = (form for message in self.messages for form in message.all("form", css="buttons"))
        await self.post(next(form for form in forms if button in form.walk()), {button["name"]: button["value"]})

    def offers(self, payload: str) -> bool:
        return self._find(payload) is not None

    async def choose(self, *values: str) -> None:
        await self.post(self._need(self.latest.first("form", css="choice"), "no choice"), {"value": values})

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(_value(option) for option in self._options)

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        await self.look()
        form = self._need(self.page.first("form", id="composer"), "no composer")
        assert "hidden" not in self._need(form.first("label", css="clip"), "no paperclip").attributes, "none is taken"
        await self.post(form, {"text": caption, "files": uploads})

    def _find(self, payload: str) -> Element | None:
        for message in reversed(self.messages):
            for button in message.all("button"):
                if carries(button.get("value"), payload) and "hidden" not in button.attributes:
                    return button
        return None

    @property
    def received(self) -> tuple[Received, ...]:
        return tuple(self._received.values())

    @property
    def person_id(self) -> str:
        """Return the id of the participant whose page this is; their account and their chat have the same id."""
        match = re.search(r"/c/(\d+)/", self.url)
        assert match, f"no one's page: {self.url}"
        return match[1]

    @property
    def reader(self) -> Reader:
        """Return the language of the page, and the time zone of the gathering."""
        html = self._need(self.page.first("html"), "no page")
        return Reader(html["lang"], self._zone)

    # --- ringing

    @property
    def push_key(self) -> str:
        """Return the public key with which a browser subscribes to the page's notifications; '' if there are none."""
        return self._need(self.page.first("body"), "no page").get("data-key")

    async def ring_in(self, browser: PushBrowser, *, full: bool = False) -> int:
        """Turn on the page's notifications in a browser, and return the HTTP status of the answer.

        With `full`, the notifications contain the texts of messages.
        """
        told = browser.subscription
        values = {
            "endpoint": told.endpoint,
            "device": told.public_key,
            "secret": told.secret,
            "full": "1" if full else "",
        }
        composer = self._need(self.page.first("form", id="composer"), "no composer")
        headers = {"Accept": "application/json"}
        target = urljoin(self.url, "ring")
        async with self.browser.post(target, data=filled(composer, values), headers=headers) as response:
            return response.status

    # --- what the page shows

    @property
    def sheet(self) -> Element | None:
        """Return the form that is open on the page; None if there is none."""
        return self.page.first("form", css="sheet")

    @property
    def messages(self) -> list[Element]:
        """Return all messages on the page, the person's and the bot's, as parsed HTML."""
        return self.page.all("article", css="message")

    @property
    def latest(self) -> Element:
        """Return the message of the bot on the page that changed last, as parsed HTML.

        Messages that were deleted are skipped, and so are those whose last change was that they became outdated, unless
        there are no others.
        """
        there = [message for message in self.messages if "hidden" not in message.attributes]
        said = [message for message in there if "bot" in message["class"].split()]
        assert said, f"no message on the page: {self.page.text}"
        said = [message for message in said if "quiet" not in message["class"].split()] or said
        return max(said, key=lambda message: int(message["data-revision"]))

    @property
    def text(self) -> str:
        if form := self.sheet:
            problems = [problem.text for problem in form.all("p", css="problem") if problem.text]
            return problems[0] if problems else self._need(form.first("h2"), "no title").text
        if not self.messages:
            return "\n".join(p.text for main in self.page.all("main") for p in main.all("p"))
        return words_of(self.latest)

    @property
    def notice(self) -> str:
        """Return the notice beside the text field that says what could not be done."""
        return self._need(self.page.first(id="notice"), "no notice").text

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(button.text for button in self._buttons)

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(("✓ " if _chosen(option) else "") + _label(option) for option in self._options)

    @property
    def toast(self) -> str | None:
        toast = self.latest.first("p", css="toast")
        return toast.text if toast else None

    @property
    def file(self) -> File | None:
        return next(iter(self._files), None)

    @property
    def files(self) -> tuple[File, ...]:
        return self._files

    @property
    def pushed(self) -> tuple[str, ...]:
        return tuple(words_of(message) for message in self.page.all("article", css="pushed"))

    # --- the browser

    async def look(self) -> None:
        """Load the person's page again."""
        await self.get(re.sub(r"(/c/\d+/).*", r"\1", self.url))

    async def get(self, path: str) -> None:
        """Load the page at an address, or at a path of the web server."""
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
        """Submit a form of the page with its hidden fields and these values, by the names of the fields.

        `to` is the address to which the form is submitted, '' for the form's own address.
        """
        target = urljoin(self.url, to or form.get("action"))
        async with self.browser.post(target, data=filled(form, values), headers=headers) as response:
            await self._take(response)

    async def _take(self, response: aiohttp.ClientResponse) -> None:
        self.url, self.status = str(response.url), response.status
        self.page = parse(await response.text())
        self._files = ()
        self._remember()
        for link in self.latest.all("a", css="file") if self.messages else ():
            async with self.browser.get(self.root + link["href"]) as sent:
                name = unquote(sent.headers["Content-Disposition"].partition("UTF-8''")[2])
                self._files += (File(name, await sent.read(), sent.headers["Content-Type"]),)

    def _remember(self) -> None:
        """Store which messages of the bot the page shows, as the page drops the oldest; hidden messages are removed."""
        for message in self.page.all("article", css="bot"):
            self._note(message)

    def _note(self, message: Element) -> None:
        if "hidden" in message.attributes:
            self._received.pop(message["id"], None)
        else:
            words = words_of(message)
            first = Received(message["id"], words, words, "pushed" not in message["class"].split())
            self._received[message["id"]] = replace(self._received.get(message["id"], first), text=words)

    @property
    def _buttons(self) -> list[Element]:
        if self.sheet or not self.messages:
            return []
        inside = (each for form in self.latest.all("form", css="buttons") for each in form.walk())
        return [b for b in inside if b.tag in ("button", "a") and "hidden" not in b.attributes]

    @property
    def _options(self) -> list[Element]:
        choices = self.latest.all("form", css="choice") if self.messages else []
        return [option for choice in choices for option in choice.all(css="option")]

    def _form_of(self, button: Element) -> Element:
        return next(form for form in self.latest.all("form") if button in form.walk())

    @staticmethod
    def _questions(form: Element) -> list[Element]:
        return form.all(css="field")

    @staticmethod
    def _need(found: Element | None, problem: str) -> Element:
        assert found is not None, problem
        return found


def filled(form: Element, values: Mapping[str, str | Upload | Sequence[str | Upload]]) -> aiohttp.FormData:
    """Return what a browser submits for a form: its hidden fields and these values, by the names of the fields."""
    data = aiohttp.FormData(quote_fields=False)
    hidden: dict[str, list[str]] = {}
    for row in form.all("input", type="hidden"):
        hidden.setdefault(row["name"], []).append(row.get("value"))
    for name, value in {**hidden, **values}.items():
        for given in [value] if isinstance(value, str | Upload) else value:
            if isinstance(given, Upload):
                data.add_field(name, BytesIO(given.content), filename=given.name)
            else:
                data.add_field(name, given)
    return data


def words_of(message: Element) -> str:
    """Return the text of a message on a page, with the options that it lists.

    The toast (a short notice), the time and the sender's name are left out.
    """
    lines = [p.text for bubble in message.all("div", css="bubble") for p in bubble.all("p") if p.get("dir") == "auto"]
    listed = [
        element.text for form in message.all("form", css="listed") for element in form.walk() if element.get("dir")
    ]
    return "\n".join((*lines, *listed))


def _value(option: Element) -> str:
    """Return the value that choosing an option sends."""
    return (option.first("input") or option)["value"]


def _chosen(option: Element) -> bool:
    ticked = option.first("input")
    return "checked" in ticked.attributes if ticked else "aria-current" in option.attributes


def _label(option: Element) -> str:
    return read_label(next(span.text for span in option.all("span", css="label")))

"""The gestures of a crawler in its chat, the same on each platform: see offers, press them or others, answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import aiohttp
import simcord
from simcord import actors
from simcord.backend.errors import BackendError, SetupError

from bot.content.errors import Stale
from bot.content.forms import FILES, Field, Upload, form_fields
from bot.conversation import dialogue_store
from bot.conversation.dialogue_store import Dialogue
from bot.database.engine import Transaction
from bot.platforms.telegram.adapter import Telegram
from bot.rehearsal.botapi import SeenMessage, TelegramGroup, TelegramUser
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.html import Element
from bot.rehearsal.servers import FakeServers
from tools.crawl import answers
from tools.crawl.watching import Findings

_PATIENCE = 60.0
"""Seconds of real time for an answer: this is no test of how fast the machine is."""
_ROW = 8
"""How many buttons beside each other Telegram's clients show."""
_IN_A_GROUP = 0.1
"""How often a command is called where others read it, on Telegram."""
_LATELY = 3
"""So many of the last things someone wrote may be changed."""
_QUICKLY = 0.15
"""How often someone on Telegram taps four times before anything comes of the first."""
_WITHOUT_SCRIPT = 0.1
_MAY_BE = {404, 410, 422}
"""What the page answers to who is erased or left, and to what was filled in wrongly."""
_ANSWER = "answer-"
"""What begins the name of each field on a page."""
_RECENT = 6
"""So many of the latest messages are looked at for buttons."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button to press, or a choice of `least` to `most` of `values`; `on` is the message or page that has it."""

    payload: str
    on: Any
    values: tuple[str, ...] | None = None
    least: int = 0
    most: int = 0

    @property
    def kind(self) -> str:
        """The kind of action in the payload, whatever the action is about."""
        code, *rest = re.split("[-:~+]", self.payload)
        return "-".join((code, *rest[:1])) if code == "go" else code + ("" if self.values is None else "?")


_RANDOM_ID = re.compile(r"(?<=[-:])(?=[a-z]*[0-9]|[a-z]{10})[0-9a-z]{7,11}(?![0-9a-z])")


def without_random_ids(payloads: str) -> str:
    """Return payloads without ids drawn at random: what is sorted by these has another order in each run."""
    return _RANDOM_ID.sub("", payloads)


class Crawler(Protocol):
    """One simulated person on one platform. Each of the methods that act returns after the program has answered."""

    native_id: str

    async def enter(self, invitation: str) -> None:
        """Join by an invitation."""

    async def offers(self) -> Sequence[Offer]:
        """Return all buttons and choices that can be used now."""

    async def press(self, offer: Offer, rng: Random) -> None:
        """Press a button, or choose some of its values at random."""

    async def forge(self, payload: str) -> None:
        """Press a button with a payload that was never shown."""

    @property
    def asked(self) -> bool:
        """Whether a form is open."""

    async def answer(self, rng: Random) -> None:
        """Fill in the open form, or answer its present question."""

    async def command(self, word: str) -> None:
        """Send a command."""

    async def say(self, text: str) -> None:
        """Send words."""

    async def give(self, rng: Random) -> None:
        """Send one or two files."""

    async def rewrite(self, text: str, rng: Random) -> None:
        """Change one of the person's own messages to `text`, delete one, or ask to enter a group's chat, at random.

        Nothing happens if the platform does not allow what was chosen.
        """


def some(offer: Offer, rng: Random) -> list[str]:
    """Return random values of a choice: one, several, or none if that is allowed."""
    values = list(offer.values or ())
    most = min(offer.most or len(values), len(values))
    count = rng.choice([offer.least, most, rng.randint(min(offer.least, most), most), max(1, offer.least)])
    return rng.sample(values, min(count, most))


def declared(servers: FakeServers, payload: str) -> Mapping[str, Field]:
    """Return the declared fields of the form behind a button, by name; empty if the button opens no form."""
    try:
        form = servers.app.dispatcher.router.find(payload)[1].form
    except Stale:
        return {}
    return form_fields(form) if form else {}


def present(servers: FakeServers) -> datetime:
    """Return the present time at the gathering."""
    return servers.clock.now().astimezone(ZoneInfo(servers.settings.gathering.zone))


class TelegramCrawler:
    """A crawler on Telegram."""

    def __init__(self, servers: FakeServers, findings: Findings, name: str, locale: str, rng: Random) -> None:
        self._town = servers
        self._findings = findings
        self._rng = rng
        self._group = TelegramGroup(servers.telegram, name)
        self._user = TelegramUser(servers.telegram, name, language_code=locale)
        self.native_id = str(self._user.id)

    async def enter(self, invitation: str) -> None:
        self._user.start(invitation)
        await self._settled()

    async def offers(self) -> Sequence[Offer]:
        found: list[Offer] = []
        for shown in reversed(self._current()[-_RECENT:]):
            self._read(shown)
            found += (Offer(data, shown) for data in _carried(shown))
        return found

    def _current(self) -> list[SeenMessage]:
        """Return the messages as they are now; which of two that came at one instant is the later, their words say."""
        current = [shown for shown in self._user.chat.shown if shown.current]
        return sorted(current, key=lambda shown: (shown.at, without_random_ids(repr(_carried(shown))), shown.text))

    def _read(self, shown: SeenMessage) -> None:
        """What Telegram takes, and people cannot read."""
        for row in shown.rows:
            if len(row) > _ROW:
                self._findings.violation(f"Telegram: {len(row)} buttons in a row")

    async def press(self, offer: Offer, rng: Random) -> None:
        await self._forge(offer.payload, offer.on, taps=4 if rng.random() < _QUICKLY else 1)

    async def forge(self, payload: str) -> None:
        current = self._current()
        if current:
            await self._forge(payload, current[-1])
        else:
            await self.command("start")

    async def _forge(self, data: str, on: SeenMessage, taps: int = 1) -> None:
        if not 1 <= len(data.encode()) <= 64 or on.message.gone:
            return
        self._findings.hasty = taps > 1
        presses = [self._user.forge(data, on=on) for _ in range(taps)]
        await self._settled()
        self._findings.hasty = False
        for press in presses:
            if press.answers != 1:
                self._findings.violation(f"Telegram: a press was answered {press.answers} times")

    @property
    def asked(self) -> bool:
        return any("dx" in _carried(shown) for shown in self._current()[-1:])

    async def answer(self, rng: Random) -> None:
        shown = self._current()[-1]
        options = [data for data in _carried(shown) if re.match("d[ask]-", data)]
        if options and rng.random() < 0.4:
            await self._forge(rng.choice(options), shown)
            return
        given = answers.answer(await self._field(), rng, present(self._town))
        if isinstance(given, str):
            await self.say(given)
        else:
            await self._send(given, rng)

    async def _field(self) -> Field | None:
        """The field of the form that is being asked; None where none is any more."""
        town = self._town

        async def unit(tx: Transaction) -> Dialogue | None:
            return await dialogue_store.current(tx, "telegram", self.native_id, town.clock.now())

        asked = await town.app.store.read(unit)
        fields = [*declared(town, asked.action).values()] if asked else []
        return fields[asked.step] if asked and 0 <= asked.step < len(fields) else None

    async def command(self, word: str) -> None:
        if self._rng.random() < _IN_A_GROUP:
            self._user.send(f"/{word}", at=self._group)
            await self._settled()
        else:
            await self.say(f"/{word}")

    async def say(self, text: str) -> None:
        if not self._user.chat.started:
            self._user.start()
            await self._settled()
        self._user.send(text[:2000].strip() or ".")  # a client sends no empty message
        await self._settled()

    async def rewrite(self, text: str, rng: Random) -> None:
        forum = self._town.forum
        written = [message for message in self._user.chat.messages.values() if not message.by_bot and message.text]
        if forum and forum.chat.invitations and rng.random() < _IN_A_GROUP:
            self._user.ask_to_enter(forum)
        elif written:
            self._user.edit(rng.choice(written[-_LATELY:]), text[:2000].strip() or ".")
        await self._settled()

    async def give(self, rng: Random) -> None:
        if not self._user.chat.started:
            return
        kind = rng.random()
        if kind < 0.1:
            self._user.send_sticker()
            await self._settled()
        elif kind < 0.2:
            self._user.send_location()
            await self._settled()
        else:
            await self._send(answers.upload(rng), rng)

    async def _send(self, upload: Upload, rng: Random) -> None:
        if upload.picture and rng.random() < 0.6:
            self._user.send_photo(content=upload.content, caption=rng.choice(("", "Une idée")))
        else:
            self._user.send_document(upload.name, upload.content, mime_type=upload.media_type)
        await self._settled()

    async def _settled(self) -> None:
        try:
            await self._user.settled(_PATIENCE)
        except AssertionError as late:
            self._findings.violation(f"Telegram: {re.sub('[0-9]+', 'N', str(late))}")
            self._town.telegram.world.registry.unanswered.clear()
        telegram = self._town.app.platforms["telegram"]
        assert isinstance(telegram, Telegram)
        await telegram.replies.drained()


def _carried(shown: SeenMessage) -> list[str]:
    return [button["callback_data"] for row in shown.rows for button in row if "callback_data" in button]


class DiscordCrawler:
    """A crawler on Discord: in private messages, or in a channel, with replies that only they can see."""

    def __init__(self, servers: FakeServers, findings: Findings, name: str, *, in_channel: bool) -> None:
        self._town = servers
        self._findings = findings
        env = servers.discord.env
        self._user = env.create_user(f"crawler{len(env.backend.users)}", global_name=name)
        self._chat = DiscordChat(env, self._user, servers.discord.welcome if in_channel else None)
        if not in_channel:
            servers.discord.server.add_member(self._user)
        self.native_id = str(self._user.id)

    async def enter(self, invitation: str) -> None:
        await self._do(self._chat.follow(invitation))

    async def offers(self) -> Sequence[Offer]:
        written = self._chat.written()[-_RECENT:]
        messages = {message.id: message for message in (*written, *self._chat.shown)}
        found: list[Offer] = []
        for message in reversed(messages.values()):
            for row in message.components:
                for part in row.get("components", ()):
                    if part["type"] == 2 and part.get("custom_id"):
                        found.append(Offer(part["custom_id"], message))
                    elif part["type"] == 3:
                        values = tuple(option["value"] for option in part["options"])
                        low, high = part.get("min_values", 1), part.get("max_values", 1)
                        found.append(Offer(part["custom_id"], message, values, low, high))
        return found

    async def press(self, offer: Offer, rng: Random) -> None:
        if offer.values is None:
            await self._do(self._interact(offer.on, {"custom_id": offer.payload, "component_type": 2}))
        else:
            chosen = some(offer, rng)
            data = {"custom_id": offer.payload, "component_type": 3, "values": chosen}
            await self._do(self._interact(offer.on, data))

    async def forge(self, payload: str) -> None:
        messages = [*self._chat.written(), *self._chat.shown]
        if not messages:
            await self.command("aide")
            return
        await self._do(self._interact(messages[-1], {"custom_id": payload[:100], "component_type": 2}))

    async def _interact(self, message: Any, data: dict[str, Any]) -> None:
        """Press below the dress of the library's own checks, which let nobody press what is not shown."""
        backend = self._town.discord.env.backend
        if message.id not in backend.messages.get(message.channel_id, {}):
            return
        actor = self._user if message.channel_id == self._user.dm_channel.id else self._chat.actor
        self._chat.answered(await actors._component_interaction(actor, message, data))

    @property
    def asked(self) -> bool:
        return self._chat.form is not None

    async def answer(self, rng: Random) -> None:
        assert self._chat.form is not None
        if rng.random() < 0.1:
            self._chat.form = None  # closed
            return
        values: dict[str, Any] = {}
        fields = declared(self._town, self._chat.form["custom_id"])
        for part in self._chat.form["components"]:
            asked = part.get("component")
            if not asked:
                continue
            match asked["type"]:
                case 4:
                    given = answers.answer(fields.get(asked["custom_id"]), rng, present(self._town))
                    text = given if isinstance(given, str) else answers.words(rng)
                    text = text[: asked.get("max_length") or 4000]
                    if asked.get("required", True) or rng.random() < 0.5:
                        values[asked["custom_id"]] = text
                case 3:
                    values[asked["custom_id"]] = [rng.choice(asked["options"])["value"]]
                case 19 if asked.get("required", True) or rng.random() < 0.5:
                    given = answers.answer(fields.get(asked["custom_id"].removesuffix(FILES)), rng, present(self._town))
                    upload = given if isinstance(given, Upload) else answers.upload(rng)
                    values[asked["custom_id"]] = (upload.name, upload.content)
        result = self._chat.result

        async def submit() -> None:
            self._chat.answered(await self._chat.actor.submit_modal(result, values))

        self._chat.form = None
        await self._do(submit())

    async def command(self, word: str) -> None:
        await self._do(self._chat.command(word))

    async def say(self, text: str) -> None:
        await self._do(self._chat.send(text[:2000].strip() or "."))

    async def give(self, rng: Random) -> None:
        upload = answers.upload(rng)
        await self._do(self._chat.send(rng.choice(("", "Une idée")), (upload.name, upload.content)))

    async def rewrite(self, text: str, rng: Random) -> None:
        messages = self._town.discord.env.backend.messages.get(self._user.dm_channel.id, {}).values()
        written = [each for each in messages if each.author_id == self._user.id]
        if not written:
            return
        message = rng.choice(written[-_LATELY:])
        if rng.random() < 0.5:
            await self._do(self._user.edit(message, text[:2000].strip() or "."))
        else:
            await self._do(self._user.delete(message))

    async def _do(self, gesture: Any) -> None:
        cursor = self._town.discord.env.error_cursor
        before = self._chat.result
        try:
            await gesture
        except (SetupError, BackendError):
            return  # what no client lets its user do
        for error in self._town.discord.env.errors_since(cursor):
            self._findings.defect(f"Discord: {error!r}")
        result = self._chat.result
        if isinstance(result, simcord.InteractionResult) and result is not before and not result.acknowledged:
            self._findings.violation("Discord: an interaction was never answered")


class WebCrawler:
    """A crawler on a personal page: usually with its script, which requests changes, and sometimes without it."""

    def __init__(self, servers: FakeServers, findings: Findings, locale: str, rng: Random) -> None:
        self._town = servers
        self._findings = findings
        self._rng = rng
        self._chat = servers.on_page(locale)
        self._old = False
        self.native_id = ""

    async def enter(self, invitation: str) -> None:
        await self._chat.open_link(invitation)
        self.native_id = self._chat.person_id
        self._looked()

    async def offers(self) -> Sequence[Offer]:
        found: list[Offer] = []
        for message in reversed(self._chat.messages[-_RECENT:]):
            for form in message.all("form", css="buttons"):
                found += (Offer(b["value"], form) for b in form.all("button") if b.get("name") == "payload")
            for form in message.all("form", css="choice"):
                values = tuple((option.first("input") or option)["value"] for option in form.all(css="option"))
                payload = form.first("input", name="payload")
                if payload and values:
                    found.append(Offer(payload["value"], form, values, 0, len(values)))
        return found

    async def press(self, offer: Offer, rng: Random) -> None:
        self._old = offer.payload not in {each.payload for each in await self.offers()}
        if offer.values is None:
            await self._post(offer.on, {"payload": offer.payload})
        else:
            await self._post(offer.on, {"value": some(offer, rng)})
        self._old = False

    async def forge(self, payload: str) -> None:
        form = next((f for m in reversed(self._chat.messages) for f in m.all("form", css="buttons")), None)
        if form is None:
            await self.command("moi")
        else:
            await self._post(form, {"payload": payload})

    @property
    def asked(self) -> bool:
        return self._chat.sheet is not None

    async def answer(self, rng: Random) -> None:
        sheet = self._chat.sheet
        assert sheet is not None
        given: dict[str, Any] = {}
        action = sheet.first("input", name="payload")
        fields = declared(self._town, action["value"] if action else "")
        for field in sheet.all(css="field"):
            inputs = [e for e in field.walk() if e.tag in ("input", "textarea")]
            options = [e for e in inputs if e.get("type") in ("radio", "checkbox")]
            if options:
                given[options[0]["name"]] = rng.choice(options)["value"]
                continue
            for asked in inputs:
                if asked.get("type") == "hidden":
                    continue
                said = answers.answer(
                    fields.get(asked["name"].removeprefix(_ANSWER).removesuffix(FILES)), rng, present(self._town)
                )
                if asked.get("type") == "file":
                    upload = said if isinstance(said, Upload) else answers.upload(rng)
                    given[asked["name"]] = upload if rng.random() < 0.8 else ""
                else:
                    text = said if isinstance(said, str) else answers.words(rng)
                    given[asked["name"]] = text if rng.random() < 0.8 else rng.choice(("", "\x00nul"))
        if rng.random() < 0.1:
            await self._chat.reload()
            return
        await self._post(sheet, given)

    async def command(self, word: str) -> None:
        await self.say(f"/{word}")

    async def say(self, text: str) -> None:
        await self._post(self._chat.page.first("form", id="composer"), {"text": text})

    async def give(self, rng: Random) -> None:
        uploads = [answers.upload(rng) for _ in range(rng.choice((1, 1, 2)))]
        await self._post(self._chat.page.first("form", id="composer"), {"text": "", "files": uploads})

    async def rewrite(self, text: str, rng: Random) -> None:
        await self.say(text)  # what was said on a page stays as it was said

    async def _post(self, form: Element | None, values: dict[str, Any]) -> None:
        if form is None:
            return
        try:
            if self._rng.random() < _WITHOUT_SCRIPT and not self._old:  # the token of an old form was used
                await WebChat.post(self._chat, form, values)
            else:
                await self._chat.post(form, values)
        except aiohttp.ContentTypeError:
            pass  # there is no page any more
        except AssertionError as error:
            if not str(error).startswith("the page says"):  # beside the composer: it was not taken, and why
                self._findings.defect(f"a page that cannot be read: {error}")
        self._looked()

    def _looked(self) -> None:
        status = self._chat.status
        if status >= 500:
            self._findings.defect(f"the page answers {status}")
        elif status >= 400 and status not in _MAY_BE:
            self._findings.violation(f"the page answers {status} to what it showed")

"""A simulated person's phone with Telegram, read from the local Bot API server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.content.forms import Upload
from bot.content.texts import Reader
from bot.rehearsal.botapi import SeenMessage, StoredMessage
from bot.rehearsal.botapi.wire import Json
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.phone import LATEST, PhoneButton, PhoneFile, PhoneMessage, PhoneScreen, PhoneSpan, Refusals, time_of

_LOOKS = {"primary": "primary", "success": "primary", "danger": "danger"}


class TelegramPhone:
    """A person's phone with Telegram, which shows the private chat with the bot."""

    def __init__(self, chat: TelegramChat) -> None:
        self._chat = chat
        self._user = chat.user
        self._refusals = Refusals()
        self.native_id = str(chat.user.id)

    def note_refusal(self, where: str, what: str) -> None:
        if where in ("", self.native_id):
            self._refusals.noted.append((self._user.api.world.now(), what))

    # --- gestures

    async def follow(self, payload: str) -> None:
        await self._chat.follow(payload)

    async def press(self, message: str, payload: str) -> str:
        shown = self._find(message)
        if all(button.get("callback_data") != payload for row in shown.rows for button in row):
            raise LookupError(payload)
        await self._chat.press_on(shown, payload)
        return self._chat.toast or ""

    async def choose(self, message: str, payload: str, values: Sequence[str]) -> None:
        raise LookupError("Telegram has no menus")

    async def write(self, text: str, upload: Upload | None) -> None:
        if upload:
            await self._chat.give(upload, caption=text)
        else:
            await self._chat.send(text)

    async def fill(self, answers: Mapping[str, str | Upload]) -> None:
        raise LookupError("Telegram has no forms")

    def close(self) -> None:
        """Do nothing, because on Telegram no form covers the chat."""

    def turn(self, channel: str) -> None:
        """Do nothing, because the phone has only one chat."""

    def _find(self, message: str) -> SeenMessage:
        stored = self._user.chat.messages.get(int(message)) if message.isdecimal() else None
        if stored is None or stored.gone:
            raise LookupError(message)
        return SeenMessage(stored, stored.data, edited=False)

    # --- what is seen

    def screen(self, reader: Reader) -> PhoneScreen:
        chat = self._user.chat
        there = [message for message in chat.messages.values() if not message.gone]
        pinned = next((chat.messages[number] for number in reversed(chat.pinned)), None)
        return PhoneScreen(
            self._refusals.among([self._read(message, reader) for message in there[-LATEST:]], reader),
            chat.started,
            typing=self._user.api.world.now() < chat.typing_until,
            pinned=pinned.text.partition("\n")[0] if pinned and not pinned.gone else "",
            commands=[(f"/{word}", description) for word, description in self._user.menu],
        )

    def _read(self, message: StoredMessage, reader: Reader) -> PhoneMessage:
        data, file = message.data, message.file
        keyboard = (data.get("reply_markup") or {}).get("inline_keyboard", ())
        return PhoneMessage(
            str(message.id),
            data["date"],
            time_of(data["date"], reader),
            list(_spans(data)),
            own=not message.by_bot,
            edited="edit_date" in data,
            reaction=message.reaction or "",
            files=[PhoneFile(file.id, file.name, file.kind == "photo")] if file else [],
            rows=[[_button(button) for button in row] for row in keyboard],
        )

    def file(self, file_id: str) -> Upload | None:
        file = self._user.api.world.registry.files.get(file_id)
        return Upload(file.name, file.content) if file else None


def _button(button: Json) -> PhoneButton:
    look = _LOOKS.get(button.get("style", ""), "plain")
    url = button.get("url") or button.get("web_app", {}).get("url", "")
    return PhoneButton(button["text"], button.get("callback_data", ""), url, look)


def _spans(data: Json) -> Iterator[PhoneSpan]:
    """Yield the stretches of a message's text between the edges of its entities, and the names of a place."""
    if venue := data.get("venue"):
        yield PhoneSpan(f"📍 {venue['title']}\n{venue['address']}")
    elif location := data.get("location"):
        yield PhoneSpan(f"📍 {location['latitude']:.4f}, {location['longitude']:.4f}")
    encoded = (data.get("text") or data.get("caption") or "").encode("utf-16-le", "surrogatepass")
    entities = data.get("entities") or data.get("caption_entities") or ()
    edges = {0, len(encoded) // 2}
    for entity in entities:
        edges |= {entity["offset"], entity["offset"] + entity["length"]}
    for start, end in pairwise(sorted(edges)):
        here = [e for e in entities if e["offset"] <= start and end <= e["offset"] + e["length"]]
        text = encoded[2 * start : 2 * end].decode("utf-16-le", "replace")
        url = next((e["url"] for e in here if e["type"] == "text_link"), "")
        yield PhoneSpan(text, [e["type"] for e in here if e["type"] not in ("text_link", "date_time")], url)

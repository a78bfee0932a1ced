"""Simulated people on Telegram, who write to the bot, press its buttons and look at what it shows."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from itertools import count
from urllib.parse import quote, urlencode

from bot.rehearsal.botapi.chats import SeenMessage, StoredChat, StoredFile, StoredMessage, StoredPress
from bot.rehearsal.botapi.conversation import TelegramConversation, TelegramGroup
from bot.rehearsal.botapi.forums import membership
from bot.rehearsal.botapi.profile import private_menu
from bot.rehearsal.botapi.server import BotApi
from bot.rehearsal.botapi.updates import Update
from bot.rehearsal.botapi.wire import Json, encode

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(@\w+)?(?!\w)")
_FIRST_PERSON = 5_000_000_001  # beyond 32 bits, as real ids are


def sign(token: str, user: Json, at: float) -> str:
    """Return what Telegram tells a Mini App about the person who opened it, signed with the bot's token.

    `at` is when the Mini App was opened, in seconds since 1970.
    """
    fields = {
        "query_id": f"AA{secrets.token_urlsafe(9)}",
        "user": encode(user),
        "auth_date": str(int(at)),
        "signature": secrets.token_urlsafe(64),
    }
    signed = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**fields, "hash": hmac.digest(key, signed.encode(), "sha256").hex()}, quote_via=quote)


class TelegramUser(TelegramConversation):
    """A simulated person and their private chat with the bot; call `start` first.

    Each action of the person queues the update that tells the bot about it. `at` is the group in which the person acts,
    None for the private chat.
    """

    def __init__(
        self,
        api: BotApi,
        first_name: str = "Anna",
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "fr",
        started: bool = False,
        user_id: int | None = None,
    ) -> None:
        chats = api.world.registry.chats
        person = user_id or next(number for number in count(_FIRST_PERSON + len(chats)) if number not in chats)
        names = {"first_name": first_name, "last_name": last_name, "username": username}
        known: Json = {key: value for key, value in names.items() if value}
        super().__init__(api, api.world.registry.open_chat(person, {"type": "private", **known}, started=started))
        self.user: Json = {"id": person, "is_bot": False, **known}
        if language_code:
            self.user["language_code"] = language_code

    @property
    def menu(self) -> tuple[tuple[str, str], ...]:
        """Return the commands that Telegram lists for this person in the private chat, each with its description."""
        return private_menu(self.api.world, self.id, self.user.get("language_code", ""))

    def start(self, payload: str = "") -> StoredMessage:
        """Press Start or, with a `payload`, open a link to the bot that carries it; return the message «/start».

        A person who blocked the bot thereby unblocks it.
        """
        if payload and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
            raise AssertionError(f"{payload!r} cannot be the payload of a link")
        if self.chat.blocked:
            self._member("kicked", "member")
        self.chat.started, self.chat.blocked = True, False
        return self.send(f"/start {payload}".strip())

    def send(
        self,
        text: str,
        *,
        reply_to: StoredMessage | SeenMessage | None = None,
        at: TelegramGroup | None = None,
        thread: int | None = None,
        entities: Sequence[Json] = (),
    ) -> StoredMessage:
        """Send a text message, and return it.

        `reply_to` is the message to which the person replies, None for none; `thread` is the id of a topic in the group
        `at`.
        """
        written = {"text": text, "entities": [*entities]} if entities else _written(text)
        return self._says(written, reply_to=reply_to, at=at, thread=thread)

    def edit(self, message: StoredMessage, text: str) -> None:
        """Replace the text of a message of this person, or the caption of its file ('' removes the caption)."""
        self.api.world.acts(message.chat)
        kept = {key: value for key, value in message.data.items() if not key.endswith("entities") and key != "caption"}
        written = _written(text) if "text" in kept else {"caption": text} if text else {}
        message.data = kept | written | {"edit_date": int(self.api.world.now())}
        message.update = self._push("edited_message", message.data, message.chat)

    def send_document(
        self, name: str, content: bytes, *, caption: str = "", mime_type: str = "", album: str = ""
    ) -> StoredMessage:
        """Send a document, and return the message. Messages with the same `album` form one album; '' means no album."""
        file = self._store("document", name, mime_type or "application/octet-stream", content)
        described = file.describe() | {"file_name": file.name, "mime_type": file.mime_type}
        grouped = {"media_group_id": album} if album else {}
        return self._says({"document": described, **grouped}, caption=caption, file=file)

    def send_photo(
        self, *, caption: str = "", album: str = "", content: bytes = b"a picture", entities: Sequence[Json] = ()
    ) -> StoredMessage:
        """Send a photo, and return the message. Messages with the same `album` form one album; '' means no album."""
        file = self._store("photo", "", "image/jpeg", content)
        photo: Json = {"photo": [file.describe() | {"width": 320, "height": 240}]}
        if album:
            photo["media_group_id"] = album
        if entities:
            photo["caption_entities"] = [*entities]
        return self._says(photo, caption=caption, file=file)

    def send_voice(self, content: bytes = b"a voice") -> StoredMessage:
        """Send a voice message of two seconds. Returns the message."""
        file = self._store("voice", "", "audio/ogg", content)
        return self._says({"voice": file.describe() | {"duration": 2, "mime_type": file.mime_type}}, file=file)

    def send_contact(self) -> StoredMessage:
        """Send a contact with a telephone number. Returns the message."""
        return self._says({"contact": {"phone_number": "+33600000000", "first_name": "Max"}})

    def send_sticker(self) -> StoredMessage:
        """Send a sticker. Returns the message."""
        file = self._store("sticker", "", "image/webp", b"a sticker")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._says({"sticker": file.describe() | kind}, file=file)

    def send_location(
        self, latitude: float = 48.85, longitude: float = 2.35, *, live: bool = True, venue: str = ""
    ) -> StoredMessage:
        """Send a location, or the place called `venue` if that is given, and return the message.

        With `live`, the location is shared for an hour, and `move` can change it.
        """
        location: Json = {"latitude": latitude, "longitude": longitude}
        if live:
            location["live_period"] = 3600
        if venue:
            return self._says({"venue": {"location": location, "title": venue, "address": ""}, "location": location})
        return self._says({"location": location})

    def move(
        self, location: StoredMessage, latitude: float = 48.86, longitude: float = 2.35, *, ends: bool = False
    ) -> None:
        """Change the live location that a message of this person shares; with `ends`, the sharing ends."""
        moved: Json = {"latitude": latitude, "longitude": longitude} | ({} if ends else {"live_period": 3600})
        location.data = location.data | {"location": moved, "edit_date": int(self.api.world.now())}
        location.update = self._push("edited_message", location.data, location.chat)

    def press(self, label: str, *, on: SeenMessage | None = None, at: TelegramGroup | None = None) -> StoredPress:
        """Press the button with this label on the message `on`, None for the latest message with such a button.

        `at` is the group in which the message stands; None for the private chat. Returns the press. Raises
        AssertionError if there is no such button, or if the button is a link.
        """
        shown = on or (at or self).showing(label)
        if not any(button["text"] == label and "callback_data" in button for row in shown.rows for button in row):
            raise AssertionError(f"«{label}» is a link ({shown.button(label)}): follow it")
        return self.forge(shown.button(label), on=shown, at=at)

    def forge(self, data: str, *, on: SeenMessage | None = None, at: TelegramGroup | None = None) -> StoredPress:
        """Press a button with any callback data, even if the bot showed no such button, and return the press.

        `on` is the message with the button, None for the last message. `at` is the group in which the message stands;
        None for the private chat.
        """
        message = (on or (at or self).last).message
        asked = self.api.world.acts(message.chat)
        press = self.api.world.registry.press(message.chat, self.api.world.now(), asked)
        press.update = self._push(
            "callback_query",
            {
                "id": press.id,
                "from": self.user,
                "message": message.data,
                "chat_instance": str(message.chat.id),
                "data": data,
            },
            message.chat,
        )
        return press

    def follow(self, label: str, *, at: TelegramGroup | None = None) -> StoredMessage:
        """Press a link to the bot's private chat, and return the message «/start» that this sends.

        `label` is the text of the link. `at` is the group in which the link stands; None for the private chat.
        """
        address = (at or self).showing(label).button(label)
        deep_link = re.fullmatch(r"https://t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})", address)
        if deep_link is None or deep_link[1] != self.api.world.me["username"]:
            raise AssertionError(f"«{label}» does not link to the bot: {address}")
        return self.start(deep_link[2])

    def open_inside(self, label: str) -> str:
        """Press a button that opens a Mini App, and return the address that Telegram opens.

        The part after its # tells the Mini App who the person is. Raises AssertionError if there is no such button, or
        if the button opens no Mini App.
        """
        [app] = [b.get("web_app") for row in self.showing(label).rows for b in row if b["text"] == label]
        assert app, f"«{label}» opens no Mini App"
        said = sign(self.api.token, self.user, self.api.world.now())
        opened = {"tgWebAppData": said, "tgWebAppVersion": "9.1", "tgWebAppPlatform": "android"}
        return f"{app['url']}#{urlencode(opened, quote_via=quote)}"

    def ask_to_enter(self, group: TelegramGroup) -> None:
        """Ask to enter a group through its invitation link; the bot decides whether to admit the person."""
        if not group.chat.invitations:
            raise AssertionError("nobody made a link of invitation to this group")
        group.chat.asking[self.id] = self.user
        link = {
            "invite_link": group.chat.invitations[-1],
            "creator": self.api.world.me,
            "creates_join_request": True,
            "is_primary": False,
            "is_revoked": False,
        }
        request = {"chat": group.chat.data, "from": self.user, "user_chat_id": self.id, "invite_link": link}
        self._push("chat_join_request", request | {"date": int(self.api.world.now())}, group.chat)

    def leave(self, group: TelegramGroup) -> None:
        """Leave a group; the bot gets an update about this."""
        del group.chat.inside[self.id]
        self.api.push("chat_member", membership(self.api.world, group.chat, self.user, "member", "left"), group.id)

    def block(self) -> None:
        """Stop and block the bot, so that it can no longer write to this person."""
        self.chat.blocked = True
        self._member("member", "kicked")

    def _says(
        self,
        content: Json,
        *,
        caption: str = "",
        file: StoredFile | None = None,
        reply_to: StoredMessage | SeenMessage | None = None,
        at: TelegramGroup | None = None,
        thread: int | None = None,
    ) -> StoredMessage:
        chat = (at or self).chat
        if not chat.started or chat.blocked:
            raise AssertionError(f"{self.user['first_name']} has not pressed Start, or blocked the bot")
        now = int(self.api.world.now())
        data: Json = {"message_id": chat.next_id(), "date": now, "chat": chat.data, "from": self.user, **content}
        if caption:
            data["caption"] = caption
        if reply_to is not None:
            data["reply_to_message"] = {k: v for k, v in reply_to.data.items() if k != "reply_to_message"}
        if thread is not None:
            data |= {"message_thread_id": thread, "is_topic_message": True}
        message = chat.keep(StoredMessage(chat, data, by_bot=False, file=file))
        self.api.world.acts(chat)
        if chat.private or self._reaches_bot(data):
            message.update = self._push("message", data, chat)
        return message

    def _reaches_bot(self, data: Json) -> bool:
        """Return whether the bot gets a message: in a group only commands, mentions of it and replies to it."""
        text: str = data.get("text") or data.get("caption") or ""
        name = "@" + self.api.world.me["username"].lower()
        if command := _COMMAND.match(text):
            return command[1] is None or command[1].lower() == name
        replied = data.get("reply_to_message", {}).get("from", {}).get("id")
        return name in text.lower().split() or replied == self.api.world.me["id"]

    def _push(self, kind: str, payload: Json, chat: StoredChat) -> Update | None:
        return self.api.push(kind, payload, chat.id)

    def _store(self, kind: str, name: str, mime_type: str, content: bytes) -> StoredFile:
        return self.api.world.registry.store(kind, name, mime_type, content)

    def _member(self, old: str, new: str) -> None:
        def member(status: str) -> Json:
            return {"status": status, "user": self.api.world.me} | ({"until_date": 0} if status == "kicked" else {})

        change = {
            "chat": self.chat.data,
            "from": self.user,
            "date": int(self.api.world.now()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }
        self._push("my_chat_member", change, self.chat)


def _written(text: str) -> Json:
    """Return a text as a message's fields, with the commands that Telegram marks in it; «/idée» is not marked."""
    commands = [
        {
            "type": "bot_command",
            "offset": len(text[: found.start()].encode("utf-16-le", "surrogatepass")) // 2,
            "length": len(found[0]),
        }
        for found in _COMMAND.finditer(text)
    ]
    return {"text": text, "entities": commands} if commands else {"text": text}

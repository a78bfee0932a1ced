"""Sends a message to a Telegram chat, edits and deletes it; for Telegram it may be several messages.

These are a place on the map, the text in parts short enough, albums of pictures, albums of documents. The id of each
says what it is («12» a text, «p13» a picture, «d14» a document, «v15» a place), because an edit cannot turn one into
another.

Telegram has no call that sends either all of them or none. So the messages that arrived before a call failed are
recorded, and the next attempt sends only the missing ones, and at most as many at once as Telegram accepts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from telegram import Bot
from telegram.constants import MediaGroupLimit, MessageLimit, ReactionEmoji
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.content.errors import MessageGone, PlatformError, RetryLater
from bot.content.platforms.telegram import AT_ONCE, FEATURES, units
from bot.content.texts import Reader, _n, plain
from bot.content.views import Attachment, Picture, Place, View
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import cannot_be_edited, classify, message_gone, not_modified, topic_closed
from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.media import edit_media, send_album, send_media
from bot.platforms.telegram.render import GOES_ON, TextPart, draw_keyboards, draw_text
from bot.platforms.telegram.shown import ShownMessages

_WORDS, _PICTURE, _DOCUMENT, _PLACE = "", "p", "d", "v"

Arrived: TypeAlias = dict[str, list[str]]
"""The ids of the messages of a view that arrived, by a digest of what they show."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The content of one call to Telegram: a place, attachments of one kind, or a text.

    If there are attachments, `text` is the caption of the one with the index `at`. The keyboard (buttons) is below the
    text or the attachment.
    """

    text: TextPart | None = None
    keyboard: Json | None = None
    media: tuple[Attachment, ...] = ()
    at: int = 0
    place: Place | None = None

    @property
    def messages(self) -> int:
        """How many messages Telegram counts for this call."""
        return max(len(self.media), 1)

    def digest(self, index: int) -> str:
        """Return a hash of the content of this call, which is number `index` among the calls that send a view."""
        digest = sha256(repr((index, self.text, self.keyboard, self.at, self.place)).encode())
        for attachment in self.media:
            digest.update(f"{_kind(attachment)}{len(attachment.content)} ".encode())
            digest.update(attachment.content)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Layout:
    """A view divided into messages.

    A single attachment has the text as its caption and the buttons below. An album can have a caption, but no buttons:
    with buttons, the text follows as a message of its own. `further` are the keyboards for which one message has no
    room. Messages of text that are `quiet` cause no notification.
    """

    parts: list[TextPart]
    media: list[Attachment]
    caption: TextPart | None
    keyboard: Json | None
    further: list[Json]
    quiet: bool
    place: Place | None = None

    @property
    def media_first(self) -> bool:
        return len(self.media) > 1 and self.keyboard is not None

    @property
    def caption_at(self) -> int:
        """The index of the attachment whose caption an album shows: the first picture or the last document."""
        return 0 if self.media and isinstance(self.media[0], Picture) else len(self.media) - 1

    @property
    def text_keyboard(self) -> Json | None:
        return self.keyboard if len(self.media) != 1 else None

    @property
    def texts(self) -> list[tuple[TextPart, Json | None]]:
        """The texts to send, each as a Telegram message, with the keyboard (buttons) below it or None."""
        last = len(self.parts) - 1
        texts = [(part, self.text_keyboard if index == last else None) for index, part in enumerate(self.parts)]
        return texts + [(TextPart(GOES_ON, []), keyboard) for keyboard in self.further]

    @property
    def media_keyboard(self) -> Json | None:
        return self.keyboard if len(self.media) == 1 else None

    @property
    def steps(self) -> list[_Step]:
        """The calls that send the view, in order. A place is sent first, so that buttons end up last in the chat."""
        texts = [_Step(part, keyboard) for part, keyboard in self.texts]
        albums: list[_Step] = []
        at = self.caption_at
        for group in _albums(self.media):
            caption = self.caption if 0 <= at < len(group) else None
            albums.append(_Step(caption, self.media_keyboard, tuple(group), at))
            at -= len(group)
        place = [_Step(place=self.place)] if self.place else []
        return [*place, *albums, *texts] if self.media_first else [*place, *texts, *albums]


def _lay_out(view: View, reader: Reader) -> _Layout:
    parts = draw_text(view, reader)
    keyboards = draw_keyboards(view, reader)
    keyboard, more = keyboards[0] if keyboards else None, keyboards[1:]
    media = sorted(view.attachments, key=_kind, reverse=True)  # pictures before documents, each in its order
    if len(media) > 1 and keyboard:
        if not parts:
            count = len(media)
            # L10N: a message below an album of pictures or documents, which bears the buttons.
            parts = [TextPart(plain(_n("{count} file above.", "{count} files above.", count), reader), [])]
        return _Layout(parts, media, None, keyboard, more, view.quiet, view.place)
    fits = media and parts and units(parts[-1].text) <= MessageLimit.CAPTION_LENGTH
    caption = parts[-1] if fits else None
    return _Layout(parts[:-1] if fits else parts, media, caption, keyboard, more, view.quiet, view.place)


def count_messages(view: View, reader: Reader, native_id: str = "", *, group: bool = False) -> int:
    """Return how many messages Telegram counts when a view is sent, at least one.

    If `native_id` is given, the view is shown by editing instead: `native_id` has the ids of the present Telegram
    messages, joined by commas. An edit counts only in a `group`; a message that must be sent again counts everywhere.
    """
    layout, old = _lay_out(view, reader), native_id.split(",")
    if not native_id or _other_kinds(layout, old):
        return max(sum(step.messages for step in layout.steps), 1)
    old_texts = [message_id for message_id in old if message_id.isdecimal()]
    return max(len(layout.texts) + bool(layout.media) if group else len(layout.texts) - len(old_texts), 1)


@dataclass(slots=True)
class _Sending:
    """Sends the steps of a view to a chat, but for those that arrived in an earlier try, which `arrived` holds.

    After as many messages as Telegram takes at once, the others are left for another try.
    """

    bot: Bot
    chat: int
    reader: Reader
    thread: int | None
    quiet: bool
    arrived: Arrived
    wanted: set[str] = field(default_factory=set)
    sent: int = 0

    async def send(self, index: int, step: _Step) -> list[str]:
        """Make the call with this `index`, unless it succeeded in an earlier attempt. Returns the ids of its messages.

        Raises TelegramError, or RetryLater if Telegram accepts no more messages now.
        """
        # In a thread where there are files, because hashing megabytes takes 15 ms and more.
        digest = await asyncio.to_thread(step.digest, index) if step.media else step.digest(index)
        self.wanted.add(digest)
        if digest not in self.arrived:
            if self.sent and self.sent + step.messages > AT_ONCE:
                raise RetryLater("the rest follows", min(step.messages, AT_ONCE) / FEATURES.pace.chat_per_second)
            self.arrived[digest] = await self._send(step)
            self.sent += step.messages
        return self.arrived[digest]

    async def _send(self, step: _Step) -> list[str]:
        bot, chat, reader, thread = self.bot, self.chat, self.reader, self.thread
        if step.place:
            return [await _send_place(bot, chat, step.place, reader, thread)]
        if not step.media:
            assert step.text is not None, "a step without place and attachments is a text"
            return [await _send_text(bot, chat, step.text, step.keyboard, thread, quiet=self.quiet)]
        if len(step.media) == 1:
            numbers = [await send_media(bot, chat, step.media[0], step.text, step.keyboard, reader, thread=thread)]
        else:
            numbers = await send_album(bot, chat, step.media, step.text, step.at, reader, thread=thread)
        return [f"{_kind(step.media[0])}{number}" for number in numbers]

    async def clear(self) -> None:
        """Delete messages of earlier attempts that no longer belong to the view, as far as Telegram allows it."""
        for digest in self.arrived.keys() - self.wanted:
            with contextlib.suppress(PlatformError):
                await delete_messages(self.bot, self.chat, ",".join(self.arrived.pop(digest)))


async def send_view(
    bot: Bot,
    chat_id: int,
    view: View,
    reader: Reader,
    *,
    thread: int | None = None,
    arrived: Arrived | None = None,
) -> list[str]:
    """Send a message, as one Telegram message or as many as its length and attachments need. Returns their ids.

    `thread` is the id of a topic in a forum, None outside topics; a closed topic is opened again, because it is a
    group's channel. `arrived` has the messages that arrived in an earlier attempt: they are not sent again, and
    messages that arrive now are added to it. Raises Unreachable or Rejected if Telegram refuses, and RetryLater for a
    temporary error or if Telegram does not accept all messages at once.
    """
    layout = _lay_out(view, reader)
    sending = _Sending(bot, chat_id, reader, thread, layout.quiet, {} if arrived is None else arrived)

    async def send() -> list[str]:
        return [native_id for index, step in enumerate(layout.steps) for native_id in await sending.send(index, step)]

    try:
        try:
            ids = await send()
        except BadRequest as error:
            if thread is None or not topic_closed(error):
                raise
            await call(bot, "reopenForumTopic", chat_id=chat_id, message_thread_id=thread)
            ids = await send()
    except TelegramError as error:
        raise classify(error) from None
    await sending.clear()
    return ids


async def _send_text(
    bot: Bot, chat_id: int, part: TextPart, keyboard: Json | None, thread: int | None, *, quiet: bool = False
) -> str:
    message = await call(
        bot,
        "sendMessage",
        chat_id=chat_id,
        text=part.text,
        entities=part.entities,
        reply_markup=keyboard,
        message_thread_id=thread,
        disable_notification=quiet or None,
    )
    return str(message["message_id"])


async def _send_place(bot: Bot, chat_id: int, place: Place, reader: Reader, thread: int | None) -> str:
    """Send a place: as a venue where its address is known, as mere coordinates otherwise."""
    venue = {"title": plain(place.title, reader), "address": place.address} if place.address else {}
    message = await call(
        bot,
        "sendVenue" if venue else "sendLocation",
        chat_id=chat_id,
        latitude=place.latitude,
        longitude=place.longitude,
        message_thread_id=thread,
        **venue,
    )
    return f"{_PLACE}{message['message_id']}"


def _albums(media: Sequence[Attachment]) -> list[list[Attachment]]:
    """Divide attachments into albums: at most ten in each, and no picture with a document."""
    albums: list[list[Attachment]] = []
    for attachment in media:
        same_kind = bool(albums) and _kind(albums[-1][0]) == _kind(attachment)
        if same_kind and len(albums[-1]) < MediaGroupLimit.MAX_MEDIA_LENGTH:
            albums[-1].append(attachment)
        else:
            albums.append([attachment])
    return albums


def _kind(attachment: Attachment) -> str:
    return _PICTURE if isinstance(attachment, Picture) else _DOCUMENT


async def edit_view(
    bot: Bot,
    chat_id: int,
    message_id: int,
    view: View,
    reader: Reader,
    *,
    thread: int | None = None,
    shown: ShownMessages | None = None,
    pressed: Mapping[str, Any] | None = None,
    arrived: Arrived | None = None,
) -> list[str]:
    """Show a message in an existing Telegram message, or in a new one if the existing one cannot show it.

    Returns the ids of the Telegram messages that show it. No call is made if the existing message already shows the
    same, as `pressed` or `shown` tell. `pressed` is the pressed message as it came with the update, None if no press is
    answered; `shown` remembers what messages show. `thread` is the id of a topic in a forum. `arrived` has the messages
    that arrived in an earlier attempt. Raises Unreachable, RetryLater or Rejected, according to Telegram's answer.
    """
    layout, arrived = _lay_out(view, reader), {} if arrived is None else arrived
    if view.attachments or view.place or len(layout.parts) != 1:
        return await send_view(bot, chat_id, view, reader, thread=thread, arrived=arrived)
    first, *further = layout.texts
    sending = _Sending(bot, chat_id, reader, thread, view.quiet, arrived)
    same = shown is not None and shown.shows(chat_id, message_id, *first, pressed)
    if shown and not same:
        shown.forget(chat_id, message_id)
    try:
        edited = None if same else await _edit_text(bot, chat_id, str(message_id), *first)
        if same or isinstance(edited, dict):
            if shown and isinstance(edited, dict):
                shown.note(chat_id, message_id, *first, edited, pressed)
            ids = [str(message_id)]
            for index, text in enumerate(further, 1):
                ids += await sending.send(index, _Step(*text))
            return ids
    except TelegramError as error:
        raise classify(error) from None
    return await send_view(bot, chat_id, view, reader, thread=thread, arrived=arrived)


async def _edit_text(
    bot: Bot, chat_id: int, message_id: str, part: TextPart, keyboard: Json | None
) -> Json | Literal["gone", "refused"]:
    """Edit a message of text. Returns the message as Telegram has it then, an empty one if it showed that before.

    «gone» stands for a message that its reader deleted, «refused» for one whose text cannot be edited (any more).
    """
    try:
        edited: Json = await call(
            bot,
            "editMessageText",
            chat_id=chat_id,
            message_id=int(message_id),
            text=part.text,
            entities=part.entities,
            reply_markup=keyboard,
        )
    except BadRequest as error:
        if message_gone(error):
            return "gone"
        if cannot_be_edited(error):
            return "refused"
        if not not_modified(error):
            raise
        return {}
    return edited


async def correct_view(
    bot: Bot,
    chat_id: int,
    native_id: str,
    view: View,
    reader: Reader,
    shown: ShownMessages,
    *,
    thread: int | None = None,
    arrived: Arrived | None = None,
) -> list[str]:
    """Edit the Telegram messages that show a message, so that they show `view`.

    Returns the ids of the Telegram messages that show it now. `native_id` has the ids of the present messages, joined
    by commas. A text or caption is edited, and a single picture or document is replaced with another; of an album only
    the caption changes. If the attachments are of other kinds than before, everything is sent again and the old
    messages are deleted. A place stays as it was sent. If `shown` remembers that a message already shows its text, it
    is not edited. `arrived` has the messages that arrived in an earlier attempt.

    Messages that the reader deleted are not sent again. Raises MessageGone if all of them are deleted. Raises
    Unreachable, RetryLater or Rejected, according to Telegram's answer.
    """
    layout, old = _lay_out(view, reader), native_id.split(",")
    arrived = {} if arrived is None else arrived
    if _other_kinds(layout, old):
        ids = await send_view(bot, chat_id, view, reader, thread=thread, arrived=arrived)
        await delete_messages(bot, chat_id, native_id)
        return ids
    old_media = _media_of(old)
    sending = _Sending(bot, chat_id, reader, thread, view.quiet, arrived)
    try:
        media = await _correct_media(bot, chat_id, old_media, layout, reader)
        texts: list[str] = []
        places = [message_id for message_id in old if message_id.startswith(_PLACE)]
        old_texts = [message_id for message_id in old if message_id not in (*old_media, *places)]
        for index, (message_id, text) in enumerate(zip(old_texts, layout.texts, strict=False)):
            result = await _correct_text(bot, chat_id, message_id, *text, shown)
            if result == "shown":
                texts.append(message_id)
            elif result == "refused" and not view.quiet:
                texts += await sending.send(index, _Step(*text))
        if not (media or texts):
            raise MessageGone("there is nothing left to correct")
        for index, text in enumerate(layout.texts[len(old_texts) :], len(old_texts)):
            texts += await sending.send(index, _Step(*text))
        for message_id in old_texts[len(layout.texts) :]:
            await delete_messages(bot, chat_id, message_id)
    except TelegramError as error:
        raise classify(error) from None
    await sending.clear()
    return [*places, *media, *texts]


def _other_kinds(layout: _Layout, native_ids: Sequence[str]) -> bool:
    """Return whether the attachments of a view are of other kinds than those that messages show, or not as many."""
    return [native_id[:1] for native_id in _media_of(native_ids)] != [_kind(each) for each in layout.media]


def _media_of(native_ids: Sequence[str]) -> list[str]:
    return [native_id for native_id in native_ids if native_id[:1] in (_PICTURE, _DOCUMENT)]


async def _correct_text(
    bot: Bot, chat_id: int, message_id: str, part: TextPart, keyboard: Json | None, shown: ShownMessages
) -> Literal["shown", "gone", "refused"]:
    """Edit a message of text, unless it was just edited to show the same. Returns what `_edit_text` would."""
    if shown.just_shown(chat_id, int(message_id), part, keyboard):
        return "shown"
    shown.forget(chat_id, int(message_id))
    edited = await _edit_text(bot, chat_id, message_id, part, keyboard)
    if not isinstance(edited, dict):
        return edited
    shown.note(chat_id, int(message_id), part, keyboard, edited, None)  # who pressed it before may be answered by this
    return "shown"


async def _correct_media(bot: Bot, chat_id: int, old: list[str], layout: _Layout, reader: Reader) -> list[str]:
    """Edit the attachments and captions of a view. Returns their ids; none where the reader deleted them."""
    if not old:
        return old
    message_id = int(old[layout.caption_at][1:])
    try:
        if len(old) == 1:
            await edit_media(bot, chat_id, message_id, layout.media[0], layout.caption, layout.keyboard, reader)
        else:
            await call(
                bot,
                "editMessageCaption",
                chat_id=chat_id,
                message_id=message_id,
                caption=layout.caption.text if layout.caption else "",
                caption_entities=layout.caption.entities if layout.caption else None,
            )
    except BadRequest as error:
        if message_gone(error):
            return []
        if not not_modified(error):
            raise
    return old


async def mark_message(bot: Bot, chat_id: int, message_id: int) -> None:
    """React to a person's message with a 👍, if not done before. Raises Unreachable, RetryLater or Rejected."""
    try:
        reaction = [{"type": "emoji", "emoji": ReactionEmoji.THUMBS_UP}]
        await call(bot, "setMessageReaction", chat_id=chat_id, message_id=message_id, reaction=reaction)
    except TelegramError as error:
        raise classify(error) from None


async def pin_message(bot: Bot, chat_id: int, native_id: str) -> None:
    """Pin a message at the top of its chat.

    In a private chat, the bot's message that was pinned before is unpinned; messages that the reader pinned stay.
    `native_id` has the ids of the message's Telegram messages, joined by commas; the first of them is pinned. Raises
    Unreachable, RetryLater or Rejected, according to Telegram's answer.
    """
    first = _number(native_id.partition(",")[0])
    try:
        if chat_id > 0:
            before = (await call(bot, "getChat", chat_id=chat_id)).get("pinned_message") or {}
            if before.get("from", {}).get("id") == bot.id and before["message_id"] != first:
                await unpin_message(bot, chat_id, str(before["message_id"]))
        await call(bot, "pinChatMessage", chat_id=chat_id, message_id=first, disable_notification=True)
    except TelegramError as error:
        raise classify(error) from None


async def unpin_message(bot: Bot, chat_id: int, native_id: str) -> None:
    """Unpin the first of the Telegram messages in `native_id`; do nothing if its reader unpinned it already.

    Raises Unreachable, RetryLater or Rejected.
    """
    first = _number(native_id.partition(",")[0])
    try:
        await call(bot, "unpinChatMessage", chat_id=chat_id, message_id=first)
    except TelegramError as error:
        if "message to unpin not found" not in error.message.lower():
            raise classify(error) from None


async def delete_messages(bot: Bot, chat_id: int, native_id: str) -> bool:
    """Delete the Telegram messages whose ids are in `native_id`, joined by commas.

    Returns False if Telegram does not allow it, for instance after 48 hours, or if the person blocked the bot. Raises
    RetryLater or Rejected, according to Telegram's answer.
    """
    ids = [_number(message_id) for message_id in native_id.split(",")]
    try:
        if len(ids) == 1:
            await call(bot, "deleteMessage", chat_id=chat_id, message_id=ids[0])
        else:
            await call(bot, "deleteMessages", chat_id=chat_id, message_ids=ids)
    except (BadRequest, Forbidden) as error:
        return "message to delete not found" in error.message.lower()
    except TelegramError as error:
        raise classify(error) from None
    return True


def _number(message_id: str) -> int:
    """Return Telegram's own id of one of a view's messages."""
    return int(message_id.lstrip(_PICTURE + _DOCUMENT + _PLACE))

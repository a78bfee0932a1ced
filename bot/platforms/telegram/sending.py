"""Sends, edits and deletes the messages of a view in a chat.

A view is one message or several: a place on the map, its text in parts short enough, albums of pictures, albums of
documents. The id of each says what it is («12» a text, «p13» a picture, «d14» a document, «v15» a place), because an
edit cannot turn one into another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from telegram import Bot
from telegram.constants import MediaGroupLimit, MessageLimit, ReactionEmoji
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.content.errors import MessageGone
from bot.content.texts import Reader, _n, plain
from bot.content.views import Attachment, Picture, Place, View
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import cannot_be_edited, classify, message_gone, not_modified, topic_closed
from bot.platforms.telegram.features import units
from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.media import edit_media, send_album, send_media
from bot.platforms.telegram.render import GOES_ON, TextPart, draw_keyboards, draw_text
from bot.platforms.telegram.shown import ShownMessages

_WORDS, _PICTURE, _DOCUMENT, _PLACE = "", "p", "d", "v"


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
        """The index of the attachment whose caption an album shows: its first picture or its last document."""
        return 0 if self.media and isinstance(self.media[0], Picture) else len(self.media) - 1

    @property
    def text_keyboard(self) -> Json | None:
        return self.keyboard if len(self.media) != 1 else None

    @property
    def texts(self) -> list[tuple[TextPart, Json | None]]:
        """The messages of text, each with the keyboard below it."""
        last = len(self.parts) - 1
        texts = [(part, self.text_keyboard if index == last else None) for index, part in enumerate(self.parts)]
        return texts + [(TextPart(GOES_ON, []), keyboard) for keyboard in self.further]

    @property
    def media_keyboard(self) -> Json | None:
        return self.keyboard if len(self.media) == 1 else None


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


async def send_view(bot: Bot, chat_id: int, view: View, reader: Reader, *, thread: int | None = None) -> list[str]:
    """Send a view, as one message or as many as its length and attachments need. Returns the messages' ids.

    `thread` is the id of a topic in a forum, None outside topics; a topic that somebody closed is opened again, because
    it is a group's channel. Raises Unreachable, RetryLater or Rejected.
    """
    layout = _lay_out(view, reader)
    try:
        try:
            return await _send(bot, chat_id, layout, reader, thread)
        except BadRequest as error:  # the first message was refused, so that nothing is sent twice
            if thread is None or not topic_closed(error):
                raise
        await call(bot, "reopenForumTopic", chat_id=chat_id, message_thread_id=thread)
        return await _send(bot, chat_id, layout, reader, thread)
    except TelegramError as error:
        raise classify(error) from None


async def _send(bot: Bot, chat_id: int, layout: _Layout, reader: Reader, thread: int | None) -> list[str]:
    ids: list[str] = []
    if layout.place:  # the first, so that the buttons are at the end of the chat
        ids.append(await _send_place(bot, chat_id, layout.place, reader, thread))
    if layout.media_first:
        ids += await _send_media(bot, chat_id, layout, reader, thread)
    for part, keyboard in layout.texts:
        ids.append(await _send_text(bot, chat_id, part, keyboard, thread, quiet=layout.quiet))
    if not layout.media_first:
        ids += await _send_media(bot, chat_id, layout, reader, thread)
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


async def _send_media(bot: Bot, chat_id: int, layout: _Layout, reader: Reader, thread: int | None) -> list[str]:
    ids: list[str] = []
    for group in _albums(layout.media):
        at = layout.caption_at - len(ids)
        caption = layout.caption if 0 <= at < len(group) else None
        if len(group) == 1:
            numbers = [
                await send_media(bot, chat_id, group[0], caption, layout.media_keyboard, reader, thread=thread),
            ]
        else:
            numbers = await send_album(bot, chat_id, group, caption, at, reader, thread=thread)
        ids += [f"{_kind(attachment)}{number}" for attachment, number in zip(group, numbers, strict=True)]
    return ids


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
) -> list[str]:
    """Show a view in an existing message, or in a new one if that message cannot show it. Returns the messages' ids.

    `pressed` is the pressed message as it came with the update, None if no press is answered; `shown` remembers what
    messages show. Both tell whether the message shows this view already, so that no call is needed. Raises Unreachable,
    RetryLater or Rejected.
    """
    layout = _lay_out(view, reader)
    if view.attachments or view.place or len(layout.parts) != 1:
        return await send_view(bot, chat_id, view, reader, thread=thread)
    first, *further = layout.texts
    same = shown is not None and shown.shows(chat_id, message_id, *first, pressed)
    if shown and not same:
        shown.forget(chat_id, message_id)
    try:
        edited = None if same else await _edit_text(bot, chat_id, str(message_id), *first)
        if same or isinstance(edited, dict):
            if shown and isinstance(edited, dict):
                shown.note(chat_id, message_id, *first, edited, pressed)
            return [
                str(message_id),
                *[await _send_text(bot, chat_id, part, keyboard, thread) for part, keyboard in further],
            ]
    except TelegramError as error:
        raise classify(error) from None
    return await send_view(bot, chat_id, view, reader, thread=thread)


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
) -> list[str]:
    """Change the messages that show a view to its later state. Returns the ids that show it then.

    `native_id` holds the ids of the present messages, joined by commas. A text is edited as a text, a caption as a
    caption, and a single picture or document is replaced by another; of an album only the caption changes. Where the
    attachments are of other kinds than before, all is sent anew and the old messages are deleted. A place stays as it
    was sent. A text that was just `shown` in a message is not edited. Messages that the reader deleted are not
    sent again: raises MessageGone where all of them are gone. Raises Unreachable, RetryLater or Rejected.
    """
    layout, old = _lay_out(view, reader), native_id.split(",")
    old_media = [message_id for message_id in old if message_id[:1] in (_PICTURE, _DOCUMENT)]
    if [message_id[:1] for message_id in old_media] != [_kind(attachment) for attachment in layout.media]:
        ids = await send_view(bot, chat_id, view, reader, thread=thread)
        await delete_messages(bot, chat_id, native_id)
        return ids
    try:
        media = await _correct_media(bot, chat_id, old_media, layout, reader)
        texts: list[str] = []
        places = [message_id for message_id in old if message_id.startswith(_PLACE)]
        old_texts = [message_id for message_id in old if message_id not in (*old_media, *places)]
        for message_id, text in zip(old_texts, layout.texts, strict=False):
            result = await _correct_text(bot, chat_id, message_id, *text, shown)
            if result == "shown":
                texts.append(message_id)
            elif result == "refused" and not view.quiet:
                texts.append(await _send_text(bot, chat_id, *text, thread))
        if not (media or texts):
            raise MessageGone("there is nothing left to correct")
        texts += [await _send_text(bot, chat_id, *text, thread) for text in layout.texts[len(old_texts) :]]
        for message_id in old_texts[len(layout.texts) :]:
            await delete_messages(bot, chat_id, message_id)
    except TelegramError as error:
        raise classify(error) from None
    return [*places, *media, *texts]


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
    """React to a person's message with a 👍; a repeat changes nothing. Raises Unreachable, RetryLater or Rejected."""
    try:
        reaction = [{"type": "emoji", "emoji": ReactionEmoji.THUMBS_UP}]
        await call(bot, "setMessageReaction", chat_id=chat_id, message_id=message_id, reaction=reaction)
    except TelegramError as error:
        raise classify(error) from None


async def pin_message(bot: Bot, chat_id: int, native_id: str) -> None:
    """Pin a view's first message at the top of its chat. Raises Unreachable, RetryLater or Rejected."""
    first = _number(native_id.partition(",")[0])
    try:
        await call(bot, "pinChatMessage", chat_id=chat_id, message_id=first, disable_notification=True)
    except TelegramError as error:
        raise classify(error) from None


async def delete_messages(bot: Bot, chat_id: int, native_id: str) -> bool:
    """Delete the messages of a view. Returns False where Telegram does not allow it (after 48 hours, or if blocked).

    Raises RetryLater or Rejected.
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

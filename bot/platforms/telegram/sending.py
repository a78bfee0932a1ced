"""Views on their way to a chat: sent, put in the place of an earlier one, corrected, or taken away.

A view is one message, or several: its words in parts short enough, albums of pictures, albums of documents. What a
message is, is part of its id («12» words, «p13» a picture, «d14» a document), so that no edit makes one of the other.
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
from bot.content.views import Attachment, Picture, View
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import cannot_be_edited, classify, message_gone, not_modified, topic_closed
from bot.platforms.telegram.features import units
from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.media import edit_media, send_album, send_media
from bot.platforms.telegram.render import GOES_ON, TextPart, draw_keyboards, draw_text
from bot.platforms.telegram.shown import ShownMessages

_WORDS, _PICTURE, _DOCUMENT = "", "p", "d"


@dataclass(frozen=True, slots=True)
class _Layout:
    """A view as messages. One attachment bears words and buttons; an album bears words, or buttons come below it.

    `further` are the keyboards of what one does not hold.
    """

    parts: list[TextPart]
    media: list[Attachment]
    caption: TextPart | None
    keyboard: Json | None
    further: list[Json]

    @property
    def media_first(self) -> bool:
        return len(self.media) > 1 and self.keyboard is not None

    @property
    def caption_at(self) -> int:
        """Where an album shows the words of all: below the first picture, the last document."""
        return 0 if self.media and isinstance(self.media[0], Picture) else len(self.media) - 1

    @property
    def below_words(self) -> Json | None:
        return self.keyboard if len(self.media) != 1 else None

    @property
    def words(self) -> list[tuple[TextPart, Json | None]]:
        """What is said, each with what is pressed below it."""
        last = len(self.parts) - 1
        said = [(part, self.below_words if place == last else None) for place, part in enumerate(self.parts)]
        return said + [(TextPart(GOES_ON, []), keyboard) for keyboard in self.further]

    @property
    def below_media(self) -> Json | None:
        return self.keyboard if len(self.media) == 1 else None


def _lay_out(view: View, reader: Reader) -> _Layout:
    parts = draw_text(view, reader)
    keyboards = draw_keyboards(view, reader)
    keyboard, more = keyboards[0] if keyboards else None, keyboards[1:]
    media = sorted(view.attachments, key=_kind, reverse=True)  # pictures before documents, each in its order
    if len(media) > 1 and keyboard:
        if not parts:
            count = len(media)
            parts = [TextPart(plain(_n("{count} file above.", "{count} files above.", count), reader), [])]
        return _Layout(parts, media, None, keyboard, more)
    fits = media and parts and units(parts[-1].text) <= MessageLimit.CAPTION_LENGTH
    return _Layout(parts[:-1] if fits else parts, media, parts[-1] if fits else None, keyboard, more)


async def send_view(bot: Bot, chat_id: int, view: View, reader: Reader, *, thread: int | None = None) -> list[str]:
    """Send a view as one message, or as many as its length and attachments ask for; their ids.

    A topic that somebody closed is opened again: it is its group's place. Raises Unreachable, RetryLater or Rejected.
    """
    laid = _lay_out(view, reader)
    try:
        try:
            return await _send(bot, chat_id, laid, reader, thread)
        except BadRequest as error:  # the first message was refused: nothing of it is there twice
            if thread is None or not topic_closed(error):
                raise
        await call(bot, "reopenForumTopic", chat_id=chat_id, message_thread_id=thread)
        return await _send(bot, chat_id, laid, reader, thread)
    except TelegramError as error:
        raise classify(error) from None


async def _send(bot: Bot, chat_id: int, laid: _Layout, reader: Reader, thread: int | None) -> list[str]:
    sent: list[str] = []
    if laid.media_first:
        sent += await _send_media(bot, chat_id, laid, reader, thread)
    for part, keyboard in laid.words:
        sent.append(await _send_words(bot, chat_id, part, keyboard, thread))
    if not laid.media_first:
        sent += await _send_media(bot, chat_id, laid, reader, thread)
    return sent


async def _send_words(bot: Bot, chat_id: int, part: TextPart, keyboard: Json | None, thread: int | None) -> str:
    message = await call(
        bot,
        "sendMessage",
        chat_id=chat_id,
        text=part.text,
        entities=part.entities,
        reply_markup=keyboard,
        message_thread_id=thread,
    )
    return str(message["message_id"])


async def _send_media(bot: Bot, chat_id: int, laid: _Layout, reader: Reader, thread: int | None) -> list[str]:
    sent: list[str] = []
    for group in _albums(laid.media):
        at = laid.caption_at - len(sent)
        caption = laid.caption if 0 <= at < len(group) else None
        if len(group) == 1:
            ids = [
                await send_media(bot, chat_id, group[0], caption, laid.below_media, reader, thread=thread),
            ]
        else:
            ids = await send_album(bot, chat_id, group, caption, at, reader, thread=thread)
        sent += [f"{_kind(each)}{number}" for each, number in zip(group, ids, strict=True)]
    return sent


def _albums(media: Sequence[Attachment]) -> list[list[Attachment]]:
    """What goes together: at most ten, and no picture with a document."""
    albums: list[list[Attachment]] = []
    for each in media:
        if albums and _kind(albums[-1][0]) == _kind(each) and len(albums[-1]) < MediaGroupLimit.MAX_MEDIA_LENGTH:
            albums[-1].append(each)
        else:
            albums.append([each])
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
    """Put words in the place of the message that was pressed; sent anew where that one cannot take the view.

    By `shown`, and the message as it was `pressed`, one that shows the same already stays untouched.
    Raises Unreachable, RetryLater or Rejected.
    """
    laid = _lay_out(view, reader)
    if view.attachments or len(laid.parts) != 1:
        return await send_view(bot, chat_id, view, reader, thread=thread)
    first, *further = laid.words
    same = shown is not None and shown.already(chat_id, message_id, *first, pressed)
    if shown and not same:
        shown.forget(chat_id, message_id)
    try:
        edited = None if same else await _edit_words(bot, chat_id, str(message_id), *first)
        if same or isinstance(edited, dict):
            if shown and isinstance(edited, dict):
                shown.put(chat_id, message_id, *first, edited, pressed)
            return [
                str(message_id),
                *[await _send_words(bot, chat_id, part, keyboard, thread) for part, keyboard in further],
            ]
    except TelegramError as error:
        raise classify(error) from None
    return await send_view(bot, chat_id, view, reader, thread=thread)


async def _edit_words(
    bot: Bot, chat_id: int, message_id: str, part: TextPart, keyboard: Json | None
) -> Json | Literal["gone", "refused"]:
    """The message, which shows these words now, empty where it showed them before.

    «gone» where its reader deleted it, «refused» where it cannot take words any more.
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
    """Bring the messages of a view in step with its later state, each kept for what it is; the ids that show it.

    Words are edited as words, captions as captions, one picture or document is replaced by another; of an album only
    the words change. Where other things hang on it than before, all is sent anew and the old taken away. Words that a
    reply has just `shown` there stay untouched. What its reader deleted stays away: raises MessageGone where that is
    all of it. Raises Unreachable, RetryLater or Rejected.
    """
    laid, old = _lay_out(view, reader), native_id.split(",")
    old_media = [each for each in old if each[:1] in (_PICTURE, _DOCUMENT)]
    if [each[:1] for each in old_media] != [_kind(each) for each in laid.media]:
        sent = await send_view(bot, chat_id, view, reader, thread=thread)
        await delete_messages(bot, chat_id, native_id)
        return sent
    try:
        media = await _correct_media(bot, chat_id, old_media, laid, reader)
        words: list[str] = []
        old_words = [each for each in old if each not in old_media]
        for before, said in zip(old_words, laid.words, strict=False):
            became = await _correct_words(bot, chat_id, before, *said, shown)
            if became == "shown":
                words.append(before)
            elif became == "refused" and not view.quiet:
                words.append(await _send_words(bot, chat_id, *said, thread))
        if not (media or words):
            raise MessageGone("there is nothing left to correct")
        words += [await _send_words(bot, chat_id, *said, thread) for said in laid.words[len(old_words) :]]
        for before in old_words[len(laid.words) :]:
            await delete_messages(bot, chat_id, before)
    except TelegramError as error:
        raise classify(error) from None
    return [*media, *words]


async def _correct_words(
    bot: Bot, chat_id: int, message_id: str, part: TextPart, keyboard: Json | None, shown: ShownMessages
) -> Literal["shown", "gone", "refused"]:
    """Put words into a message, unless a reply has just put the same there: what became of it, as in `_edit_words`."""
    if shown.just_put(chat_id, int(message_id), part, keyboard):
        return "shown"
    shown.forget(chat_id, int(message_id))
    edited = await _edit_words(bot, chat_id, message_id, part, keyboard)
    return "shown" if isinstance(edited, dict) else edited


async def _correct_media(bot: Bot, chat_id: int, old: list[str], laid: _Layout, reader: Reader) -> list[str]:
    """The ids of the pictures and documents that are there still, corrected; none where their reader deleted them."""
    if not old:
        return old
    message_id = int(old[laid.caption_at][1:])
    try:
        if len(old) == 1:
            await edit_media(bot, chat_id, message_id, laid.media[0], laid.caption, laid.keyboard, reader)
        else:
            await call(
                bot,
                "editMessageCaption",
                chat_id=chat_id,
                message_id=message_id,
                caption=laid.caption.text if laid.caption else "",
                caption_entities=laid.caption.entities if laid.caption else None,
            )
    except BadRequest as error:
        if message_gone(error):
            return []
        if not not_modified(error):
            raise
    return old


async def mark_message(bot: Bot, chat_id: int, message_id: int) -> None:
    """Put a 👍 to someone's message, once however often. Raises Unreachable, RetryLater or Rejected."""
    try:
        reaction = [{"type": "emoji", "emoji": ReactionEmoji.THUMBS_UP}]
        await call(bot, "setMessageReaction", chat_id=chat_id, message_id=message_id, reaction=reaction)
    except TelegramError as error:
        raise classify(error) from None


async def pin_message(bot: Bot, chat_id: int, native_id: str) -> None:
    """Keep a view's first message at the top of its chat. Raises Unreachable, RetryLater or Rejected."""
    first = _number(native_id.partition(",")[0])
    try:
        await call(bot, "pinChatMessage", chat_id=chat_id, message_id=first, disable_notification=True)
    except TelegramError as error:
        raise classify(error) from None


async def delete_messages(bot: Bot, chat_id: int, native_id: str) -> bool:
    """Take away the messages of a view; False where Telegram does not allow it any more (after 48 hours, or blocked).

    Raises RetryLater or Rejected.
    """
    ids = [_number(each) for each in native_id.split(",")]
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


def _number(part: str) -> int:
    """Telegram's own id of one of a view's messages."""
    return int(part.lstrip(_PICTURE + _DOCUMENT))

"""Defines the shapes of Telegram's updates: the fields that are read, which are checked before an update is used."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from bot.platforms.untrusted import Shape

LAST_UPDATE_ID = 2**31 - 1
"""The largest update id: Telegram counts in 32 bits, and a larger offset would confirm updates that nobody read."""

_Id = Annotated[int, Field(gt=-(2**52), lt=2**52)]  # «at most 52 significant bits»
_Position = Annotated[int, Field(ge=0, le=100_000)]


class TelegramPerson(Shape):
    """The fields that the program reads about a person who did something on Telegram."""

    id: _Id
    is_bot: bool
    first_name: str
    last_name: str | None = None
    language_code: str | None = None


class _Chat(Shape):
    id: _Id
    type: str


class _Entity(Shape):
    type: str
    offset: _Position
    length: _Position
    url: str | None = None


_Entities = Annotated[list[_Entity], Field(max_length=1000)]


class _File(Shape):
    file_id: str
    file_unique_id: str
    file_size: _Id | None = None
    file_name: str | None = None
    mime_type: str | None = None


class _Button(Shape):
    text: str
    callback_data: str | None = None


class Keyboard(Shape):
    """The buttons below a Telegram message, in rows."""

    inline_keyboard: list[list[_Button]]


class _Location(Shape):
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    live_period: _Id | None = None


class _Topic(Shape):
    name: str


class _PressedMessage(Shape):
    """A message with buttons, with the fields that are read after a press on one of them."""

    message_id: _Id
    date: _Id
    chat: _Chat
    text: str | None = None
    entities: _Entities | None = None
    reply_markup: Keyboard | None = None


class _Message(_PressedMessage):
    sender: TelegramPerson | None = Field(default=None, alias="from")
    message_thread_id: _Id | None = None
    caption: str | None = None
    caption_entities: _Entities | None = None
    media_group_id: str | None = None
    document: _File | None = None
    photo: list[_File] | None = None
    location: _Location | None = None
    forum_topic_created: _Topic | None = None


class PressedButton(Shape):
    """The fields that the program reads about a press on a button below a Telegram message."""

    id: str
    sender: TelegramPerson = Field(alias="from")
    message: _PressedMessage | None = None
    data: str | None = None


class _Member(Shape):
    status: str
    user: TelegramPerson


class _Membership(Shape):
    chat: _Chat
    sender: TelegramPerson = Field(alias="from")
    old_chat_member: _Member
    new_chat_member: _Member


class _JoinRequest(Shape):
    chat: _Chat
    sender: TelegramPerson = Field(alias="from")
    user_chat_id: _Id


class _Update(Shape):
    update_id: Annotated[int, Field(ge=0, le=LAST_UPDATE_ID)]
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: PressedButton | None = None
    my_chat_member: _Membership | None = None
    chat_member: _Membership | None = None
    chat_join_request: _JoinRequest | None = None


UPDATE = TypeAdapter(_Update)

"""Defines the shapes of Discord's events: the fields that are read, which are checked before an event is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, TypeAdapter, model_validator

from bot.platforms.untrusted import Shape

_Id = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
_Size = Annotated[int, Field(ge=0)]


class _User(Shape):
    id: _Id
    username: str
    global_name: str | None = None
    discriminator: str
    avatar: str | None
    bot: bool | None = None


class _ServerMember(Shape):
    user: _User
    nick: str | None = None
    roles: list[_Id]
    joined_at: str | None


class _Attachment(Shape):
    filename: str
    size: _Size
    url: str


class _ChannelMessage(Shape):
    id: _Id
    channel_id: _Id
    guild_id: _Id | None = None
    author: _User
    content: str
    type: int
    attachments: list[_Attachment] = Field(default_factory=list)


class _Interaction(Shape):
    id: _Id
    guild_id: _Id | None = None
    member: _ServerMember | None = None
    user: _User | None = None
    locale: str | None = None
    token: str

    @model_validator(mode="after")
    def _by_somebody(self) -> Self:
        if (self.member if self.guild_id else self.user) is None:
            raise ValueError("nobody did it")
        return self


class _Named(Shape):
    name: str


class _Command(_Interaction):
    type: Literal[2]
    data: _Named


class _Component(Shape):
    custom_id: str
    component_type: int
    values: list[str] = Field(default_factory=list)


class _Press(_Interaction):
    type: Literal[3]
    data: _Component


class _Input(Shape):
    custom_id: str
    value: str = ""
    values: list[str] = Field(default_factory=list)


class _Part(Shape):
    component: _Input | None = None


class _Resolved(Shape):
    attachments: dict[str, _Attachment] = Field(default_factory=dict)


class _Form(Shape):
    custom_id: str
    components: list[_Part]
    resolved: _Resolved | None = None


class _Submission(_Interaction):
    type: Literal[5]
    data: _Form


SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "INTERACTION_CREATE": TypeAdapter(Annotated[_Command | _Press | _Submission, Discriminator("type")]),
    "MESSAGE_CREATE": TypeAdapter(_ChannelMessage),
    "MESSAGE_UPDATE": TypeAdapter(_ChannelMessage),
}
"""The shapes of the events in which people act, by the event's name."""

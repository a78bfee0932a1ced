"""Drives a simulated person's chat on Discord: discord.py talks to simcord, which simulates Discord in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import simcord
from simcord.actors import MemberActor
from simcord.results import ResponseMessage

from bot.content.forms import Upload
from bot.content.views import SELECTED, File
from bot.rehearsal.chat_driver import Received, carries, look_for, read_label

_BUTTON, _MENU, _FILE = 2, 3, 19
_MARKS = re.compile(r"\\(.)|\*\*|\[([^\]]*)\]\(<[^>]*>\)| \(<t:\d+:\w>\)")


def unmarked(content: str) -> str:
    """Return the text of a Discord message as people read it, without the signs of Markdown."""
    return _MARKS.sub(lambda mark: mark[1] or (unmarked(mark[2]) if mark[2] else ""), content)


class DiscordChat:
    """Drives one simulated person's chat with the bot on Discord.

    The chat is the person's private messages or, with a `place`, a channel of the server, in which only they see the
    bot's answers. `actor` is the simulated person, `shown` the messages of the last answer, and `form` the open modal,
    None for none.
    """

    def __init__(self, env: simcord.Env, user: simcord.UserHandle, place: simcord.ChannelHandle | None = None) -> None:
        self.user = user
        self._env = env
        self._place = place
        self.actor: Any = _member(env, user, place.guild) if place and place.guild else user
        self.result: simcord.InteractionResult | None = None
        self.shown: list[Any] = []
        self.form: dict[str, Any] | None = None
        self._answers: set[int] = set()
        self._first: dict[int, str] = {}

    # --- gestures

    async def follow(self, payload: str) -> None:
        kind, _dash, code = payload.partition("-")
        assert kind == "j", "Discord knows no links with a payload but invitations, whose code is typed"
        await self.command("code")
        await self.fill(code)

    async def command(self, word: str, argument: str = "") -> None:
        if argument:  # our slash commands have no options, so this is typed as text
            await self.send(f"/{word} {argument}")
        elif self._place:
            self.answered(await self.actor.slash(self._place, word))
        else:
            self.answered(await self.actor.slash(word))

    async def send(self, text: str, *attachments: tuple[str, bytes]) -> None:
        before = {message.id for message in self.written()}
        stored = self._env.backend.store_attachments(self.user.dm_channel.id, attachments)
        await self.user.send_dm(text, attachments=stored)
        self.shown = [message for message in self.written() if message.id not in before]
        self._answers |= {message.id for message in self.shown}
        self.form = None

    async def press(self, label: str) -> None:
        await look_for(self, lambda: any(shown.startswith(label) for shown in self.buttons))
        found = [part for part in self._parts(_BUTTON) if part["label"].startswith(label)]
        assert found, f"no button «{label}» among {self.buttons} under «{self.text}»"
        await self.press_id(found[0]["custom_id"])

    async def press_id(self, custom_id: str, message: Any = None) -> None:
        """Press the button with the payload `custom_id` on `message`, None for the latest message."""
        on = ResponseMessage(self._env, message or self.shown[-1])
        self.answered(await self.actor.click(on, custom_id=custom_id))

    async def choose_id(self, custom_id: str, values: Sequence[str], message: Any = None) -> None:
        """Choose these values in the menu with the payload `custom_id` on `message`, None for the latest message."""
        on = ResponseMessage(self._env, message or self.shown[-1])
        self.answered(await self.actor.select(on, list(values), custom_id=custom_id))

    async def pick(self, *labels: str) -> None:
        for menu in self._parts(_MENU):
            values = [
                option["value"]
                for label in labels
                for option in menu["options"]
                if read_label(option["label"]).startswith(label)
            ]
            if values or not labels:
                await self.choose_id(menu["custom_id"], values)
                return
        raise AssertionError(f"no option {labels} among {self.options} under «{self.text}»")

    async def fill(self, *answers: str | Upload) -> None:
        assert self.form, f"no form is open over «{self.text}»"
        await self.fill_by_name(dict(zip(inputs_of(self.form), answers, strict=False)))

    async def fill_by_name(self, answers: Mapping[str, str | Upload]) -> None:
        """Fill in the open form; `answers` has an answer for each id of an input, and '' skips an input."""
        assert self.form, f"no form is open over «{self.text}»"
        inputs = inputs_of(self.form)
        values = {name: _typed(part, answers[name]) for name, part in inputs.items() if answers.get(name)}
        self.answered(await self.actor.submit_modal(self.result, values))

    async def look(self) -> None:
        written = self.written()
        for message in written:
            self._first.setdefault(message.id, unmarked(message.content))
        if written and (not self.shown or written[-1].id > self.shown[-1].id):
            self.shown, self.form = written[-1:], None

    async def act(self, payload: str) -> None:
        await look_for(self, lambda: self.offers(payload))
        found = self._find(payload)
        assert found, f"no button carries «{payload}» under «{self.text}»"
        await self.press_id(found[1], found[0])

    def offers(self, payload: str) -> bool:
        return self._find(payload) is not None

    async def choose(self, *values: str) -> None:
        for menu in self._parts(_MENU):
            if {option["value"] for option in menu["options"]} >= set(values):
                await self.choose_id(menu["custom_id"], values)
                return
        raise AssertionError(f"no options {values} under «{self.text}»")

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(option["value"] for menu in self._parts(_MENU) for option in menu["options"])

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        await self.send(caption, *((upload.name, upload.content) for upload in uploads))

    def _find(self, payload: str) -> tuple[Any, str] | None:
        """Return the latest message with such a button, and the button's payload; None if there is none.

        Messages shown as the last answer come before all others.
        """
        for message in (*reversed(self.shown), *reversed(self.written())):
            for part in _parts_of(message, _BUTTON):
                if carries(part.get("custom_id") or "", payload):
                    return message, part["custom_id"]
        return None

    @property
    def received(self) -> tuple[Received, ...]:
        return tuple(
            Received(
                str(message.id),
                unmarked(message.content),
                self._first.get(message.id, unmarked(message.content)),
                message.id in self._answers,
            )
            for message in self.written()
        )

    # --- what is seen

    @property
    def text(self) -> str:
        if self.form:
            return "\n".join(_form_words(self.form))
        return "\n".join(unmarked(re.sub(r"^-# .*\n", "", message.content)) for message in self.shown)

    @property
    def toast(self) -> str | None:
        passing = re.match(r"-# (.*)\n", self.shown[0].content) if self.shown and not self.form else None
        return unmarked(passing[1]) if passing else None

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(part["label"] for part in self._parts(_BUTTON))

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(
            (SELECTED if option.get("default") else "") + read_label(option["label"])
            for menu in self._parts(_MENU)
            for option in menu["options"]
        )

    @property
    def file(self) -> File | None:
        return next(iter(self.files), None)

    @property
    def files(self) -> tuple[File, ...]:
        files = []
        for attachment in self.shown[-1].attachments if self.shown else ():
            content = self._env.backend.cdn.get(attachment["url"])
            assert content is not None
            files.append(File(attachment["filename"], content, attachment["content_type"]))
        return tuple(files)

    @property
    def pushed(self) -> tuple[str, ...]:
        return tuple(unmarked(message.content) for message in self.written() if message.id not in self._answers)

    @property
    def private(self) -> bool:
        """Return whether all messages of the bot's last answer are visible to this person alone."""
        return all(ResponseMessage(self._env, message).ephemeral for message in self.shown)

    @property
    def history(self) -> tuple[str, ...]:
        """Return the texts of all messages in the private chat, oldest first, including the answers to presses."""
        return tuple(unmarked(m.content) for m in self._env.backend.messages.get(self.user.dm_channel.id, {}).values())

    def written(self) -> list[Any]:
        """Return the bot's private messages, oldest first, without the answers to presses and commands."""
        history = self._env.backend.messages.get(self.user.dm_channel.id, {}).values()
        return [m for m in history if m.author_id != self.user.id and m.interaction_metadata is None]

    def _parts(self, kind: int) -> list[dict[str, Any]]:
        return _parts_of(self.shown[-1], kind) if self.shown and not self.form else []

    def answered(self, result: simcord.InteractionResult) -> None:
        """Show the person the bot's answer to a command, a press or a form; `result` is this answer in simcord."""
        self.result, self.form = result, result.modal
        answered = [message._message for message in (result.response, *result.followups) if message]
        if result._interaction.response_kind == "deferred_update" and result.followups:
            answered = answered[1:]  # the pressed message stayed as it was
        if answered:
            self.shown = answered


def _member(env: simcord.Env, user: simcord.UserHandle, server: simcord.GuildHandle) -> MemberActor:
    """Return a person as a member of a server, to which they are added if they are not there yet."""
    return MemberActor(env, server, user) if user.id in server.member_ids() else server.add_member(user)


def _parts_of(message: Any, kind: int) -> list[dict[str, Any]]:
    return [part for row in message.components for part in row["components"] if part["type"] == kind]


def inputs_of(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs of a Discord form (modal) by their ids, in order."""
    inputs = [part["component"] for part in form["components"] if "component" in part]
    return {part["custom_id"]: part for part in inputs}


def _typed(part: dict[str, Any], answer: str | Upload) -> Any:
    if isinstance(answer, Upload):
        return (answer.name, answer.content)
    if part["type"] == _MENU:
        return [next(option["value"] for option in part["options"] if answer in (option["label"], option["value"]))]
    return answer


def _form_words(form: dict[str, Any]) -> Iterator[str]:
    yield form["title"]
    for part in form["components"]:
        yield from filter(None, (unmarked(part.get("content", "")), part.get("label"), part.get("description")))

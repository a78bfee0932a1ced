"""A chat as the people in it see it, for tests that wait until the bot shows something."""

from __future__ import annotations

from itertools import count

from bot.rehearsal.botapi.chats import SeenMessage, StoredChat
from bot.rehearsal.botapi.server import PATIENCE, BotApi
from bot.rehearsal.botapi.wire import Json

_FIRST_GROUP = -1_002_000_000_001


class TelegramConversation:
    """One chat on the simulated Telegram, as the people in it see it; a test can wait for the bot's messages."""

    def __init__(self, api: BotApi, chat: StoredChat) -> None:
        self.api = api
        self.chat = chat

    @property
    def id(self) -> int:
        """Return the chat's id, which for a private chat is also the person's id."""
        return self.chat.id

    @property
    def last(self) -> SeenMessage:
        """Return the present state of the bot's latest message. Raises AssertionError if there is none."""
        for shown in reversed(self.chat.shown):
            if shown.current:
                return shown
        raise AssertionError("the bot shows nothing here")

    @property
    def shown(self) -> tuple[SeenMessage, ...]:
        """Return every state of each message that the bot showed in this chat, oldest first, also of deleted ones."""
        return tuple(self.chat.shown)

    async def next(self, timeout: float = PATIENCE) -> SeenMessage:
        """Wait until the bot shows another message, and return it.

        The first call after a person acted in this chat returns the first message since then, the second call the
        second message, and so on. Raises AssertionError after `timeout` seconds.
        """
        return await self.sees("", timeout)

    async def sees(self, fragment: str, timeout: float = PATIENCE) -> SeenMessage:
        """Wait until the bot shows a message whose text contains `fragment`, skipping other messages, and return it.

        Raises AssertionError after `timeout` seconds.
        """

        def found() -> SeenMessage | None:
            while self.chat.seen < len(self.chat.shown):
                shown = self.chat.shown[self.chat.seen]
                self.chat.seen += 1
                if fragment in shown.text:
                    return shown
            return None

        def story() -> str:
            wanted = f"nothing with «{fragment}» was shown" if fragment else "nothing was shown"
            return "\n  ".join((f"{wanted}; the latest here:", *map(str, self.chat.shown[-5:])))

        return await self.api.until(found, story, timeout)

    async def settled(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has received everything that people did, and answered every press of a button.

        Raises AssertionError after `timeout` seconds.
        """
        await self.api.settled(timeout)

    def showing(self, label: str) -> SeenMessage:
        """Return the latest message that has a button with this label. Raises AssertionError if there is none."""
        for shown in reversed(self.chat.shown):
            if shown.current and label in shown.buttons:
                return shown
        raise AssertionError(f"no message shows a button «{label}»; the latest: {self.last}")


class TelegramGroup(TelegramConversation):
    """A group on the simulated Telegram that has the bot as a member; a group with topics is called a forum."""

    def __init__(self, api: BotApi, title: str = "Rencontres", *, forum: bool = False) -> None:
        chats = api.world.registry.chats
        group_id = next(number for number in count(_FIRST_GROUP, -1) if number not in chats)
        data: Json = {"type": "supergroup", "title": title}
        if forum:
            data["is_forum"] = True
        super().__init__(api, api.world.registry.open_chat(group_id, data, started=True))

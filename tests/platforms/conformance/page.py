"""The personal page: over HTTP to the real server, whose store has its bad moments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.database.engine import OutcomeUnknown, StoreUnavailable, T, Unit
from bot.membership.erasure import erase
from bot.rehearsal.chat_driver_web import WebChat, words_of
from bot.rehearsal.html import Element
from tests.delivery.rig import Watched
from tests.drivers.web import WebHarness, open_web
from tests.platforms.conformance.peer import Peer, Person, Seen
from tests.world import World, open_world

_TAGS = {"strong": "strong", "em": "italic", "u": "underline", "s": "strike", "code": "code"}
_CLASSES = {"spoiler": "spoiler", "quote": "quote"}


class FailingStore(Watched):
    """A store whose next change fails: as a whole, or only the word that it was made."""

    failing = ""

    async def transact(self, unit: Unit[T]) -> T:
        failing, self.failing = self.failing, ""
        if failing == "whole":
            raise StoreUnavailable("out of order")
        done = await super().transact(unit)
        if failing == "word":
            raise OutcomeUnknown("went away while it committed")
        return done


class PagePeer(Peer):
    """People's pages, read in a browser without scripts."""

    def __init__(self, world: World, harness: WebHarness, store: FailingStore) -> None:
        super().__init__(world, harness.adapter)
        self.harness = harness
        self._store = store
        self._looking: WebChat | None = None

    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        chat = await self.harness.joined(name, locale=locale)
        await self.harness.world.dispatcher.close()
        here = frozenset(message["id"] for message in chat.messages)
        return Person(int(chat.person_id), chat.person_id, locale, chat, here)

    async def screen(self, person: Person) -> list[Seen]:
        await person.hand.look()
        self._looking = person.hand
        return [
            await self._seen(message)
            for message in person.hand.messages
            if message["id"] not in person.before and "bot" in message["class"].split()
            if "hidden" not in message.attributes
        ]

    async def _seen(self, message: Element) -> Seen:
        pictures = [await self._fetch(picture["src"]) for picture in message.all("img")]
        files = [(link.all("span")[1].text, await self._fetch(link["href"])) for link in message.all("a", css="file")]
        return Seen(
            words_of(message),
            frozenset(styles_in(message)),
            tuple(
                (each.text, each.get("value") or each["href"])
                for form in message.all("form", css="buttons")
                for each in form.walk()
                if each.tag in ("button", "a") and "hidden" not in each.attributes
            ),
            tuple(_option(each) for each in message.all(css="option")),
            tuple(pictures),
            tuple(files),
        )

    async def _fetch(self, address: str) -> bytes:
        assert self._looking
        async with self._looking.browser.get(self.harness.root + address) as sent:
            return await sent.read()

    async def press(self, person: Person, label: str) -> str:
        await person.hand.look()
        await person.hand.press(label)
        return str(person.hand.text)

    async def shut(self, person: Person) -> None:
        world = self.world
        await world.change(
            erase,
            declared=world.declared,
            participant_id=person.id,
            now=world.clock.now(),
            texts=True,
            files=world.files,
        )

    def postpone(self, person: Person) -> None:
        self._store.failing = "whole"

    def lose_answer(self, person: Person) -> None:
        self._store.failing = "word"

    def refuse(self, person: Person) -> None:
        """Nothing: a page takes what the program says."""

    def throw_away(self, person: Person) -> None:
        """Nothing: on a page nobody deletes what the bot said."""

    async def restart(self) -> None:
        """Nothing: the adapter remembers no message."""


def _option(option: Element) -> str:
    ticked = option.first("input")
    chosen = "checked" in ticked.attributes if ticked else "aria-current" in option.attributes
    return ("✓ " if chosen else "") + option.all("span", css="label")[0].text


def styles_in(message: Element) -> set[tuple[str, str]]:
    """The words of a message that have a style, each with the style."""
    found: set[tuple[str, str]] = set()
    for each in message.walk():
        style = _TAGS.get(each.tag) or next((_CLASSES[css] for css in each.get("class").split() if css in _CLASSES), "")
        if style:
            found.add((style, each.text))
        if each.tag == "a" and each.get("class") == "":
            found.add((f"link {each['href']}", each.text))
    return found


@asynccontextmanager
async def open_page(url: str) -> AsyncIterator[Peer]:
    """A gathering with pages."""
    async with open_world(url) as world:
        store = FailingStore(world.store)
        async with open_web(replace(world, store=store)) as harness:
            yield PagePeer(world, harness, store)

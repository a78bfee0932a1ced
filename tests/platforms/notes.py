"""A gathering that notes what is said: the first in words, later ones by a mark; what is edited, and files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.config.settings import StorageSettings
from bot.content.answers import check_upload
from bot.content.views import Reply, reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Sent
from bot.conversation.router import Router
from bot.conversation.routes import Request, Routes
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.files.stored_files import Files, digest_of
from bot.people.declared import Declared
from tests.clock import ManualClock
from tests.listening import takes_all
from tests.world import START, World, make_settings


@dataclass
class Notes:
    """What was noted: words by the id of their message, and the names, contents and captions of files.

    `deleted` are the ids of messages of which it was told that they are no more.
    """

    files: Files
    words: dict[str, str] = field(default_factory=dict)
    kept: list[tuple[str, bytes, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    takes_files: bool = True

    async def note(self, request: Request, words: str) -> Reply:
        first = not self.words
        self.words[request.message] = words
        return reply("Noted.", mark=not first, fresh=True)

    def routes(self) -> Routes:
        routes = Routes()

        @routes.screen()
        async def home(request: Request) -> Reply:
            return reply("Home.", fresh=True)

        async def takes_files(request: Request) -> bool:
            return self.takes_files

        @routes.sent(when=takes_files)
        async def keep(request: Request, sent: Sent) -> Reply:
            if not sent.uploads:
                return reply("Words and photos only.", fresh=True)
            for upload in sent.uploads:
                check_upload(upload)
            assert await request.keep_files([upload.content for upload in sent.uploads])
            for upload in sent.uploads:
                self.kept.append((upload.name, request.files.read(digest_of(upload.content)), sent.caption))
            self.words[request.message] = sent.caption
            return reply("Photo kept.", mark=True, fresh=True)

        async def has_come_in(request: Request) -> bool:
            return request.message in self.words

        @routes.edited(knows=has_come_in)
        async def change(request: Request, words: str) -> Reply | None:
            if request.message not in self.words:
                return None
            self.words[request.message] = words
            return reply("Changed.", mark=True, fresh=True)

        @routes.deleted()
        async def forget(request: Request) -> Reply | None:
            self.deleted.append(request.message)
            if self.words.pop(request.message, None) is None:
                return None
            return reply("Forgotten.", fresh=True)

        return routes


@asynccontextmanager
async def open_noting(url: str) -> AsyncIterator[tuple[World, Notes]]:
    """A gathering over the SQLite file at `url` in which notes are taken; what is sent is kept beside it."""
    storage = StorageSettings(url=url)
    settings, clock = make_settings().model_copy(update={"storage": storage}), ManualClock(START)
    notes = Notes(Folder(storage.folder))
    store = await open_store(storage.url)
    try:
        router = Router(notes.routes(), listeners=[takes_all(notes.note)])
        dispatcher = Dispatcher(store, router, Declared(), settings, clock)
        yield World(settings, store, clock, dispatcher), notes
        await dispatcher.close()
    finally:
        await store.close()

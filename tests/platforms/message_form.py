"""A form that asks for a whole message, and shows it back as it should look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from bot.content.errors import UserError
from bot.content.forms import Composition, Form, message
from bot.content.texts import Joined, Text, _, plain
from bot.content.views import Reply, reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.router import Router
from bot.conversation.routes import ANYONE, Request, Routes
from bot.database.opening import open_store
from bot.people.declared import Declared
from tests.clock import ManualClock
from tests.world import START, World, make_settings

routes = Routes()
REFUSED, BROKEN = "refuse me", "break me"
"""The words that the form refuses, and those for which it has a defect."""


class Compose(Form):
    title: ClassVar[Text] = _("A message")
    said: Composition = message(_("Your message"))


class SendFiles(Form):
    title: ClassVar[Text] = _("Files")
    files: Composition = message(_("Your files"), files_only=True)


@routes.screen()
async def home(request: Request) -> Reply:
    return reply("Home.", fresh=True)


@routes.command("essai", _("Try a message"), who=ANYONE, form=Compose)
async def compose(request: Request, form: Compose) -> Reply:
    words = plain(Joined(form.said.body), request.reader)
    if words == REFUSED:
        raise UserError(_("That is refused."))
    if words == BROKEN:
        raise RuntimeError
    return Reply(form.said.view(), fresh=True)


@routes.command("fichiers", _("Try files"), who=ANYONE, form=SendFiles)
async def send_files(request: Request, form: SendFiles) -> Reply:
    return Reply(form.files.view(), fresh=True)


@asynccontextmanager
async def open_composing(url: str) -> AsyncIterator[World]:
    """A gathering over the store at `url` in which /essai and /fichiers are all there is."""
    settings, clock = make_settings(), ManualClock(START)
    store = await open_store(url)
    try:
        dispatcher = Dispatcher(store, Router(routes), Declared(), settings, clock)
        yield World(settings, store, clock, dispatcher)
        await dispatcher.close()
    finally:
        await store.close()

"""How a handler declares what it answers to; bot/router.py finds it again.

    routes = Routes()

    @routes.command("theme", _("Choose your theme"), who=PARTICIPANT)
    async def theme(request: Request) -> Reply: ...

A route says before anything runs what Discord must know first: who may, whether the answer is private, which form
opens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Literal, TypeVar

from bot.actions import Action
from bot.config import Settings
from bot.domain.participants import Account, Participant
from bot.errors import Stale
from bot.files import Files
from bot.forms import Form
from bot.screens import Renderer
from bot.storage.engine import Transaction as Transaction  # what a job's end is given: handlers know no engine
from bot.texts import Reader, Text
from bot.views import Reply, View

Target = Literal["here", "private"]


class Who(IntEnum):
    """Who may use a route. Each includes the ones after it."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3


ANYONE, PARTICIPANT, FACILITATOR, ORGANISER = Who


@dataclass(slots=True)
class Request:
    """One thing a person did, with all a handler may use: the transaction, who, when, and how they read.

    `message` is the platform's id of the message it came as, '' where there is none.
    """

    tx: Transaction
    now: datetime
    settings: Settings
    account: Account
    person: Participant | None
    locale: str
    files: Files
    argument: str = ""
    message: str = ""

    @property
    def participant(self) -> Participant:
        """The person behind a route that only known people reach. Raises Stale otherwise."""
        if self.person is None:
            raise Stale
        return self.person

    @property
    def reader(self) -> Reader:
        """How the person who asked reads."""
        return Reader(self.locale, self.settings.gathering.zone, self.now)


Handler = Callable[..., Awaitable[Reply]]
Before = Callable[..., Awaitable[Mapping[str, str] | None]]
When = Callable[..., Awaitable[bool]]
T = TypeVar("T", bound=Callable[..., object])
Taker = Callable[..., Awaitable[Reply | None]]
"""What takes what was sent unasked; None where there is nothing to say to it."""
Edits = Callable[[Request, str], Awaitable[Reply | None]]
Deletions = Callable[[Request], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One declared way in."""

    handler: Handler
    action: type[Action]
    who: Who
    target: Target
    form: type[Form] | None
    before: Before | None
    chooses: bool = False
    linkable: bool = False


Work = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Read = Callable[[Transaction, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
Finish = Callable[[Transaction, Participant, Mapping[str, Any]], Awaitable[View | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """Work too long for a transaction: what computes, from payload to result, and what tells who asked."""

    work: Work
    finish: Finish
    read: Read | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A word after a slash: its name per locale, other words that mean it, and what the menu says (≤ 100)."""

    name: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    description: Text
    who: Who
    route: Route


@dataclass(frozen=True, slots=True)
class Go(Action):
    """A command as a button: `Go("theme")`."""

    code: ClassVar[str] = "go"
    command: str


@dataclass
class Routes:
    """What one module of handlers declares."""

    commands: list[Command] = field(default_factory=list)
    actions: dict[type[Action], Route] = field(default_factory=dict)
    texts: list[tuple[When | None, Handler]] = field(default_factory=list)
    files: list[tuple[When | None, Taker]] = field(default_factory=list)
    edits: list[Edits] = field(default_factory=list)
    deletions: list[Deletions] = field(default_factory=list)
    home: Handler | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    live: dict[str, Renderer] = field(default_factory=dict)

    def command(
        self,
        name: str,
        description: Text,
        *,
        names: Mapping[str, str] | None = None,
        aliases: tuple[str, ...] = (),
        who: Who = PARTICIPANT,
        target: Target = "private",
        form: type[Form] | None = None,
        before: Before | None = None,
        linkable: bool = True,
    ) -> Callable[[Handler], Handler]:
        """Declare a slash command. `name` is French; `names` gives the other locales' words.

        One that changes something at once is not `linkable`: a link made by anybody must not do it.
        """

        def declare(handler: Handler) -> Handler:
            route = Route(handler, Go, who, target, form, before, linkable=linkable)
            words = {"fr": name, **(names or {})}
            self.commands.append(Command(name, words, aliases, description, who, route))
            return handler

        return declare

    def action(
        self,
        action: type[Action],
        *,
        who: Who = PARTICIPANT,
        target: Target = "private",
        form: type[Form] | None = None,
        before: Before | None = None,
        linkable: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare what a button does: the handler gets the request, the action and, if asked, the form.

        `linkable` lets a link (`t.me/…?start=…`) do it too: for what a secret in the payload authorises.
        """
        return self._declare(action, Route, who=who, target=target, form=form, before=before, linkable=linkable)

    def choice(
        self, action: type[Action], *, who: Who = PARTICIPANT, target: Target = "private"
    ) -> Callable[[Handler], Handler]:
        """Declare what a choice does: the handler gets the request, the action and the whole new set of values."""
        return self._declare(action, Route, who=who, target=target, form=None, before=None, chooses=True)

    def text(self, *, when: When | None = None) -> Callable[[Handler], Handler]:
        """Declare what takes words that answer no question: where `when(request)` holds; one route takes the rest."""

        def declare(handler: Handler) -> Handler:
            self.texts.append((when, handler))
            return handler

        return declare

    def sent(self, *, when: When | None = None) -> Callable[[Taker], Taker]:
        """Declare what takes files that answer no question, where `when(request)` holds: handler(request, sent).

        It also gets what cannot be used (a sticker, a place: no upload; a file too large, or lost) and says so. Of an
        album each part comes by itself.
        """

        def declare(handler: Taker) -> Taker:
            self.files.append((when, handler))
            return handler

        return declare

    def edited(self) -> Callable[[Edits], Edits]:
        """Declare what may take a message that its writer changed: handler(request, text), None for «not mine».

        `request.message` is the id the message came under before.
        """

        def declare(handler: Edits) -> Edits:
            self.edits.append(handler)
            return handler

        return declare

    def deleted(self) -> Callable[[Deletions], Deletions]:
        """Declare what is told that a message was taken away by its writer: handler(request), None for «not mine».

        `request.message` is the id the message came under. Only some platforms tell of it.
        """

        def declare(handler: Deletions) -> Deletions:
            self.deletions.append(handler)
            return handler

        return declare

    def screen(self) -> Callable[[Handler], Handler]:
        """Declare the screen a person is on when nothing else answers: theirs, as things stand now."""

        def declare(handler: Handler) -> Handler:
            self.home = handler
            return handler

        return declare

    def job(self, kind: str, *, work: Work, read: Read | None = None) -> Callable[[Finish], Finish]:
        """Declare a job: finish(tx, person, result) keeps what work(payload) made of JSON values, and says so.

        `work` runs in another process, outside any transaction, so it is a function at the top of its module. After a
        crash it runs again; what `finish` does is kept once. With `read`, it gets what read(tx, payload) finds in the
        store when its turn comes. A `finish` that returns None says nothing.
        """
        if "<" in work.__qualname__:
            raise ValueError(f"{work.__qualname__} cannot be called from another process")

        def declare(finish: Finish) -> Finish:
            self.jobs[kind] = Job(work, finish, read)
            return finish

        return declare

    def live_screen(self, kind: str) -> Callable[[Renderer], Renderer]:
        """Declare what the screens of a kind show: renderer(tx, subject, now) reads only, see bot.screens."""

        def declare(renderer: Renderer) -> Renderer:
            self.live[kind] = renderer
            return renderer

        return declare

    def _declare(self, action: type[Action], route: type[Route], **how: Any) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.actions[action] = route(handler, action, **how)
            return handler

        return declare

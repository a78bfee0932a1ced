"""How a handler declares what it answers to, and the router that finds it again.

    routes = Routes()

    @routes.command("theme", _("Choose your theme"), who=PARTICIPANT)
    async def theme(request: Request) -> Reply: ...

A route says before anything runs what Discord must know first: who may, whether the answer is private, which form
opens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Literal

from bot.actions import Action
from bot.config import Settings
from bot.domain.names import fold
from bot.domain.participants import Account, Participant
from bot.errors import Stale
from bot.files import Files
from bot.forms import MAX_PARTS, Form, form_fields
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
Edits = Callable[[Request, str], Awaitable[Reply | None]]


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
    files: list[tuple[When | None, Handler]] = field(default_factory=list)
    edits: list[Edits] = field(default_factory=list)
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

    def sent(self, *, when: When | None = None) -> Callable[[Handler], Handler]:
        """Declare what takes files that answer no question, where `when(request)` holds: handler(request, sent).

        It also gets what cannot be used (a sticker, a place: no upload; a file too large, or lost) and says so. Of an
        album each part comes by itself.
        """

        def declare(handler: Handler) -> Handler:
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


class Router:
    """Every route of the house, found by command word or by payload."""

    def __init__(self, *modules: Routes) -> None:
        self.commands: dict[str, Command] = {}
        self.jobs: dict[str, Job] = {}
        self.live: dict[str, Renderer] = {}
        self._words: dict[str, Command] = {}
        self._codes: dict[str, tuple[type[Action], Route]] = {}
        homes = [module.home for module in modules if module.home]
        if len(homes) != 1:
            raise ValueError(f"one home screen is needed, {len(homes)} declared")
        self.home: Handler = homes[0]
        self._texts = _takers(taker for module in modules for taker in module.texts)
        self._files = _takers(taker for module in modules for taker in module.files)
        self._edits = [taker for module in modules for taker in module.edits]
        for module in modules:
            for command in module.commands:
                self._add_command(command)
            for action, route in module.actions.items():
                self._add_action(action, route)
            self.jobs.update(module.jobs)
            self.live.update(module.live)

    def command(self, word: str) -> Command | None:
        """The command a typed word means, accents and case folded; None for none."""
        return self._words.get(fold(word))

    def find(self, payload: str) -> tuple[Action, Route]:
        """The action and route behind a payload. Raises Stale for anything unknown."""
        code, *parts = payload.split("-")
        if code == Go.code:
            go = Go.decode(parts)
            command = self.commands.get(go.command)
            if command is None:
                raise Stale
            return go, command.route
        try:
            action, route = self._codes[code]
        except KeyError:
            raise Stale from None
        return action.decode(parts), route

    async def take_text(self, request: Request, text: str) -> Reply:
        """Give words to the first route that takes them, else show the screen the person is on."""
        for when, handler in self._texts:
            if when is None or await when(request):
                return await handler(request, text)
        return await self.home(request)

    async def file_taker(self, request: Request) -> Handler | None:
        """What takes a file that answers no question; None for nothing."""
        for when, handler in self._files:
            if when is None or await when(request):
                return handler
        return None

    async def take_edit(self, request: Request, text: str) -> Reply | None:
        """Give a changed message to whom it concerns; None where that is nobody."""
        for handler in self._edits:
            if said := await handler(request, text):
                return said
        return None

    def _add_command(self, command: Command) -> None:
        _check_form(command.route.form)
        self.commands[command.name] = command
        for word in {command.name, *command.names.values(), *command.aliases}:
            if self._words.setdefault(fold(word), command) is not command:
                raise ValueError(f"two commands answer to /{word}")

    def _add_action(self, action: type[Action], route: Route) -> None:
        _check_form(route.form)
        if action.code in self._codes or action.code == Go.code:
            raise ValueError(f"two actions have the code {action.code!r}")
        self._codes[action.code] = (action, route)


def _takers(declared: Iterable[tuple[When | None, Handler]]) -> list[tuple[When | None, Handler]]:
    """In the order in which they are asked: who takes the rest comes last."""
    return sorted(declared, key=lambda taker: taker[0] is None)


def _check_form(form: type[Form] | None) -> None:
    if form and sum(field.parts for field in form_fields(form).values()) + bool(form.notice) > MAX_PARTS:
        raise ValueError(f"{form.__name__} has more than {MAX_PARTS} parts")

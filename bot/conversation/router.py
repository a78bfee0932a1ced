"""Finds the handlers that answer what people do, by command word, by a button's payload, by text, or by file.

A route is the declaration of a handler; a payload is the encoded action of a button.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.background.job_kinds import Job
from bot.background.reminding import Subject
from bot.content import folding
from bot.content.actions import Action, beginning
from bot.content.errors import Stale
from bot.content.forms import MAX_PARTS, form_fields
from bot.content.names import fold, words
from bot.content.roles import Role, Who
from bot.content.texts import Reader, Span, Text, _, plain
from bot.content.views import Reply
from bot.conversation import dialogues, hearing
from bot.conversation.incoming import Called, Picked
from bot.conversation.listening import Alarm, Listener
from bot.conversation.live_screens import LiveScreen
from bot.conversation.routes import (
    ANYONE,
    Command,
    FileTaker,
    Go,
    Handler,
    Offline,
    PlainWords,
    Request,
    Route,
    Routes,
    SharedScreens,
    When,
)
from bot.conversation.topics import Contributed, listeners_of

_MOST_LISTED = 8
"""The most commands in a list; people do not read a list that is longer than a phone shows at once."""
_LONGEST_SAID = 60
"""The most characters of plain words that are taken as the name of a screen; a longer text is taken as a message."""


class Router:
    """All handlers of the program, found by command word, encoded action, plain words or file."""

    def __init__(
        self,
        *modules: Routes,
        shared: SharedScreens = SharedScreens(),  # noqa: B008 - frozen
        reminders: Mapping[str, Subject] | None = None,
        offline: Sequence[Offline] = (),
        topics: Sequence[Contributed] = (),
        listeners: Sequence[Listener] = (),
        alarm: Alarm | None = None,
        switched_off: Collection[str] = (),
    ) -> None:
        """`shared` are the screens to which capabilities add parts; `reminders` are the subjects of reminders, by kind.

        Both are passed on to handlers. `offline` are the screens that can be read without network. `listeners`, the
        listeners of `topics` and the `alarm` get typed words; listeners are sorted by stage. `switched_off` are the
        beginnings of payloads of capabilities that are off. Raises ValueError if two modules declare the same command
        word, action code or kind, or both take all remaining files, if two listeners have the same key, or if a command
        is named that nothing declares.
        """
        self.alarm = alarm
        self.reminders = reminders or {}
        self.offline = offline
        self.topics = topics
        self.listeners = sorted((*listeners_of(topics), *listeners), key=lambda listener: listener.stage)
        if len({listener.key for listener in self.listeners}) < len(self.listeners):
            raise ValueError("two listeners have the same key")
        self.commands: dict[str, Command] = {}
        self.jobs: dict[str, Job] = {}
        self.live: dict[str, LiveScreen] = {}
        self.shared = shared
        self._switched_off = switched_off
        self._words: dict[str, Command] = {}
        self.codes: dict[str, tuple[type[Action], Route]] = {}
        """For each button, form and choice, its action and its route, by the code with which its payload begins."""
        homes = [module.home for module in modules if module.home]
        if len(homes) != 1:
            raise ValueError(f"one home screen is needed, {len(homes)} declared")
        self.home: Handler = homes[0]
        self.unconfirmed: Handler = next((module.unconfirmed for module in modules if module.unconfirmed), self.home)
        self.plain_words = [word for module in modules for word in module.plain_words]
        self._said: dict[str, dict[str, PlainWords]] = {}
        self._files = _takers("files", (taker for module in modules for taker in module.files))
        self._edits = [taker for module in modules for taker in module.edits]
        self._guards = [guard for module in modules for guard in module.guards]
        self._deletions = [taker for module in modules for taker in module.deletions]
        for module in modules:
            for command in module.commands:
                self._add_command(command)
            for action, route in module.actions.items():
                self._add_action(action, route)
            _add_kinds("jobs", self.jobs, module.jobs)
            _add_kinds("live screens", self.live, module.live)
        self.routes = {begin: route for module in modules for begin, route in module.by_beginning.items()}
        """Every route that buttons lead to, by how their payload begins (`bot.content.actions.beginning`)."""
        for command in self.commands.values():
            if command.for_others and command.for_others not in self.commands:
                raise ValueError(f"/{command.name} leads others to /{command.for_others}, which nothing declares")
        for screen in offline:
            if isinstance(screen, str) and screen not in self.commands:
                raise ValueError(f"/{screen} can be read without network, but nothing declares it")

    def command(self, word: str) -> Command | None:
        """Return the command that a typed word means, ignoring accents and case; None for an unknown word."""
        return self._words.get(fold(word))

    def meant(self, called: Called, request: Request) -> tuple[Called, Span | None]:
        """Return the command that a person means by the command they typed, and a line to show above its answer.

        Words of menus that are no command become the command of their screen («/espace»). If the person lacks the role
        for a command that names another command for people without the role, this other command is returned, with a
        line that says so. Any other command, known or not, is returned unchanged. The line is otherwise None. The text
        after the command is kept.
        """
        command = self.command(called.word)
        if command is None:
            typed = f"{called.word} {called.argument}"
            locales = (request.locale, *request.settings.gathering.locales)
            whole = self.find_plain_words(typed, locales)
            screen = whole or self.find_plain_words(called.word, locales)
            if screen is None or not screen.payload.startswith(f"{Go.code}-"):
                return called, None
            argument = "" if whole else called.argument
            called = Called(Go.decode(screen.payload.split("-")[1:]).command, argument)
            command = self.command(called.word)
        who = command.route.who if command else ANYONE
        if command is None or request.person is None or request.may(who) or request.lacks_here(who):
            return called, None
        others = self.command(command.for_others) if command.for_others else None
        if others is None or not request.may(others.route.who):
            return called, None
        told = (
            _("/{word} is for the organisers. This is for you:", word=command.name)
            if who is Who.ORGANISER
            else _("/{word} is for the team. This is for you:", word=command.name)
        )
        return Called(others.name, called.argument), told

    def listed(self, rung: Who) -> Sequence[Command]:
        """Return the commands that platforms list for people with a general role, in order, at most eight.

        `rung` is the role: participant, facilitator or organiser; higher roles include lower ones.
        """
        listed = [
            (known_command.listed, known_command)
            for known_command in self.commands.values()
            if known_command.listed is not None
            and not isinstance(known_command.who, Role)
            and known_command.who <= rung
        ]
        return [command for _place, command in sorted(listed, key=lambda placed: placed[0])][:_MOST_LISTED]

    def find_plain_words(self, text: str, locales: Iterable[str]) -> PlainWords | None:
        """Return the screen that a typed text names in one of the `locales`; None if it names none.

        The locales are tried in order. Accents, case and punctuation do not matter.
        """
        if len(text) > _LONGEST_SAID:
            return None
        key = bare(text)
        routes = (self._said_in(locale).get(key) for locale in locales)
        return next((route for route in routes if route), None)

    def _said_in(self, locale: str) -> dict[str, PlainWords]:
        """Return the routes of plain words by every way of writing them in a locale, normalised by `bare`."""
        if locale not in self._said:
            self._said[locale] = {way: word for word in self.plain_words for way in ways(word.words, locale)}
        return self._said[locale]

    def find(self, payload: str) -> tuple[Action, Route]:
        """Return the action that a payload (an encoded action) stands for, and the route of the action's handler.

        Raises Stale for an unknown payload.
        """
        code, *parts = payload.split("-")
        try:
            if code == Go.code:
                go = Go.decode(parts)
                return go, self.commands[go.command].route
            action, route = self.codes[code]
            return action.decode(parts), route
        except (KeyError, ValueError):
            raise Stale from None

    def is_switched_off(self, payload: str) -> bool:
        """Return whether a payload (an encoded action) belongs to a part of the program that is switched off."""
        return beginning(folding.opened(payload)[0]) in self._switched_off

    def sent_with_press(self, picked: Picked) -> bool:
        """Return whether a choice that a person made, but did not send, is carried out when they press a button.

        `picked` is the choice; the button is in the same message. Returns False if no handler answers the choice any
        more.
        """
        try:
            return self.find(picked.payload)[1].sent_with_press
        except Stale:
            return False

    async def aim(self, request: Request) -> str:
        """Return the key of the listener that takes any words now; '' if none does.

        A listener is a function of another part of the program for words that answer no question. For instance, during
        a phase in which ideas are collected a listener takes any words; the key then also names the phase.
        """
        for listener in self.listeners:
            if listener.into and (into := await listener.into(request)) is not None:
                return f"{listener.key} {into}"
        return ""

    async def guarded(self, request: Request, text: str, *, answering: bool) -> Reply | None:
        """Return the reply of the first guard that refuses what a person wrote; None if all guards accept the words.

        A guard is a function that checks words before any handler gets them. `answering` says that the words answer a
        question or change an earlier message.
        """
        for guard in self._guards:
            if reply := await guard(request, text, answering=answering):
                return replace(reply, unsaid=True)
        return None

    async def file_taker(self, request: Request) -> FileTaker | None:
        """Return the handler of files that answer no question, and when its files are fetched; None if there is none.

        The second value is a function of the request that returns whether files are fetched, or None if they always
        are.
        """
        for when, taker in self._files:
            if when is None or await when(request):
                return taker
        return None

    async def take_edit(self, request: Request, text: str) -> Reply | None:
        """Return the reply of the first handler that knows a message which its sender edited; None if none knows it.

        `request` says which message was edited, and `text` is its new text.
        """
        for _knows, handler in self._edits:
            if reply := await handler(request, text):
                return reply
        return None

    async def knows_message(self, request: Request) -> bool:
        """Return whether a handler takes edits of the message that the request is about."""
        return any([await knows(request) for knows, _handler in self._edits])

    async def take_deletion(self, request: Request) -> Reply | None:
        """Tell each handler that a person deleted a message, until one replies.

        Returns this reply; None if none replied.
        """
        for handler in self._deletions:
            if reply := await handler(request):
                return reply
        return None

    def _add_command(self, command: Command) -> None:
        _check_form(command.route)
        self.commands[command.name] = command
        for word in {command.name, *command.names.values(), *command.aliases}:
            if (known := self._words.setdefault(fold(word), command)) is not command:
                raise ValueError(f"{_both(known.route.handler, command.route.handler)} answer to /{word}")

    def _add_action(self, action: type[Action], route: Route) -> None:
        _check_form(route)
        known = Go if action.code == Go.code else self.codes.get(action.code, (None,))[0]
        if known:
            raise ValueError(f"{_both(known, action)} have the code {action.code!r}")
        if f"{action.code}-".startswith((*dialogues.CODES, *hearing.CODES, folding.CODE)):
            raise ValueError(f"{action.__name__} has the code {action.code!r}, which is the engine's own")
        self.codes[action.code] = (action, route)


def _both(first: type[Action] | Handler, second: type[Action] | Handler) -> str:
    """Return the names of two colliding declarations, for the error message."""
    return " and ".join(f"{declared.__module__}.{declared.__name__}" for declared in (first, second))


def _add_kinds(what: str, known: dict[str, T], declared: Mapping[str, T]) -> None:
    """Add the kinds that one module declares. Raises ValueError for a kind that another module has declared."""
    if repeated := known.keys() & declared.keys():
        raise ValueError(f"two {what} are of the kind {min(repeated)!r}")
    known.update(declared)


def bare(text: str) -> str:
    """Return a text without accents, case and signs, so that different ways of writing the same words become equal."""
    return " ".join(words(fold(text)))


def ways(words: Text, locale: str) -> list[str]:
    """Return the ways of saying something in a locale, without accents, capitals and signs.

    `words` is a message whose translation into each locale lists the ways, separated by commas.
    """
    listed = plain(words, Reader(locale, "UTC")).split(",")
    return [way for phrase in listed if (way := bare(phrase))]


T = TypeVar("T")


def _takers(what: str, declared: Iterable[tuple[When | None, T]]) -> list[tuple[When | None, T]]:
    """Return handlers with their conditions in the order in which they are tried: one without a condition is last.

    Raises ValueError where two have no condition.
    """
    takers = sorted(declared, key=lambda taker: taker[0] is None)
    if sum(when is None for when, _taker in takers) > 1:
        raise ValueError(f"two routes take all {what} that no other does")
    return takers


def _check_form(route: Route) -> None:
    form = route.form
    if form is None:
        return
    if sum(field.parts for field in form_fields(form).values()) + bool(form.notice) + bool(route.about) > MAX_PARTS:
        raise ValueError(f"{form.__name__} has more than {MAX_PARTS} parts")

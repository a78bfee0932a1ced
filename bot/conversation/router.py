"""Finding again what handlers declared: by command word, by payload, by what is written or sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.background.job_kinds import Job
from bot.background.reminding import Subject
from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import MAX_PARTS, form_fields
from bot.content.names import fold, words
from bot.content.roles import Who
from bot.content.texts import Reader, Text, plain
from bot.content.views import Reply
from bot.conversation import dialogues
from bot.conversation.incoming import Picked
from bot.conversation.live_screens import LiveScreen
from bot.conversation.routes import (
    Command,
    FileTaker,
    Go,
    Handler,
    PlainWords,
    Request,
    Route,
    Routes,
    SharedScreens,
    When,
)

_LONGEST_SAID = 60
"""Characters of plain words that may mean a screen: what is longer says something."""


class Router:
    """Every route of the house, found by command word or by payload."""

    def __init__(
        self,
        *modules: Routes,
        shared: SharedScreens = SharedScreens(),  # noqa: B008 - frozen
        reminders: Mapping[str, Subject] | None = None,
    ) -> None:
        """`shared` and `reminders` are for handlers: the screens that all add to, what people are reminded of.

        Raises ValueError where two of these modules claim the same word, payload or kind, or all that no other takes.
        """
        self.reminders = reminders or {}
        self.commands: dict[str, Command] = {}
        self.jobs: dict[str, Job] = {}
        self.live: dict[str, LiveScreen] = {}
        self.shared = shared
        self._words: dict[str, Command] = {}
        self._codes: dict[str, tuple[type[Action], Route]] = {}
        homes = [module.home for module in modules if module.home]
        if len(homes) != 1:
            raise ValueError(f"one home screen is needed, {len(homes)} declared")
        self.home: Handler = homes[0]
        self.plain_words = [word for module in modules for word in module.plain_words]
        self._said: dict[str, dict[str, PlainWords]] = {}
        self._texts = _takers("words", (taker for module in modules for taker in module.texts))
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

    def command(self, word: str) -> Command | None:
        """The command a typed word means, accents and case folded; None for none."""
        return self._words.get(fold(word))

    def listed(self, role: Who) -> Sequence[Command]:
        """The commands that people of a role are shown in a list, in its order."""
        known = [(each.listed, each) for each in self.commands.values() if each.listed is not None and each.who <= role]
        return [command for _place, command in sorted(known, key=lambda placed: placed[0])]

    def said(self, text: str, locales: Iterable[str]) -> PlainWords | None:
        """What plain words mean in the first of these locales that knows them; None for words that say something."""
        if len(text) > _LONGEST_SAID:
            return None
        key = bare(text)
        found = (self._said_in(locale).get(key) for locale in locales)
        return next((each for each in found if each), None)

    def _said_in(self, locale: str) -> dict[str, PlainWords]:
        """Every way to say something in a locale, as `bare` has it."""
        if locale not in self._said:
            self._said[locale] = {way: word for word in self.plain_words for way in ways(word.words, locale)}
        return self._said[locale]

    def find(self, payload: str) -> tuple[Action, Route]:
        """The action and route behind a payload. Raises Stale for anything unknown."""
        code, *parts = payload.split("-")
        try:
            if code == Go.code:
                go = Go.decode(parts)
                return go, self.commands[go.command].route
            action, route = self._codes[code]
            return action.decode(parts), route
        except (KeyError, ValueError):
            raise Stale from None

    def rides(self, picked: Picked) -> bool:
        """Whether a choice not sent yet goes with a press on a button beside it."""
        try:
            return self.find(picked.payload)[1].rides
        except Stale:
            return False

    async def take_text(self, request: Request, text: str) -> Reply:
        """Give words to the first route that takes them, else show the screen the person is on."""
        for when, handler in self._texts:
            if when is None or await when(request):
                return await handler(request, text)
        return await self.home(request)

    async def guarded(self, request: Request, text: str, *, answering: bool) -> Reply | None:
        """The reply of whoever keeps words from being taken; None lets them pass."""
        for guard in self._guards:
            if said := await guard(request, text, answering=answering):
                return replace(said, unsaid=True)
        return None

    async def file_taker(self, request: Request) -> FileTaker | None:
        """What takes a file that answers no question, and when it reads it; None for nothing."""
        for when, taker in self._files:
            if when is None or await when(request):
                return taker
        return None

    async def take_edit(self, request: Request, text: str) -> Reply | None:
        """Give a changed message to whom it concerns; None where that is nobody."""
        for handler in self._edits:
            if said := await handler(request, text):
                return said
        return None

    async def take_deletion(self, request: Request) -> Reply | None:
        """Tell whom it concerns that a message was taken away; None where there is nothing to say."""
        for handler in self._deletions:
            if said := await handler(request):
                return said
        return None

    def _add_command(self, command: Command) -> None:
        _check_form(command.route)
        self.commands[command.name] = command
        for word in {command.name, *command.names.values(), *command.aliases}:
            if (known := self._words.setdefault(fold(word), command)) is not command:
                raise ValueError(f"{_both(known.route.handler, command.route.handler)} answer to /{word}")

    def _add_action(self, action: type[Action], route: Route) -> None:
        _check_form(route)
        known = Go if action.code == Go.code else self._codes.get(action.code, (None,))[0]
        if known:
            raise ValueError(f"{_both(known, action)} have the code {action.code!r}")
        if f"{action.code}-".startswith(dialogues.CODES):
            raise ValueError(f"{action.__name__} has the code {action.code!r}, by which forms are answered")
        self._codes[action.code] = (action, route)


def _both(first: type[Action] | Handler, second: type[Action] | Handler) -> str:
    """Two declarations that collide, by where they stand."""
    return " and ".join(f"{declared.__module__}.{declared.__name__}" for declared in (first, second))


def _add_kinds(what: str, known: dict[str, T], declared: Mapping[str, T]) -> None:
    """Add what one module declares to what is known. Raises ValueError for a kind that another has declared."""
    if taken := known.keys() & declared.keys():
        raise ValueError(f"two {what} are of the kind {min(taken)!r}")
    known.update(declared)


def bare(text: str) -> str:
    """What several spellings of the same words share: no accents, no case, nothing but letters and digits."""
    return " ".join(words(fold(text)))


def ways(said: Text, locale: str) -> list[str]:
    """The ways to say something that a locale's catalogue lists, as `bare` has them."""
    listed = plain(said, Reader(locale, "UTC")).split(",")
    return [way for each in listed if (way := bare(each))]


T = TypeVar("T")


def _takers(what: str, declared: Iterable[tuple[When | None, T]]) -> list[tuple[When | None, T]]:
    """In the order in which they are asked: who takes the rest comes last. Raises ValueError where two take it."""
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

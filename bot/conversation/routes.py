"""Defines how a handler declares what it answers to; bot/conversation/router.py finds it again.

    routes = Routes()

    @routes.command("programme", _("Read the programme"), who=PARTICIPANT)
    async def programme(request: Request) -> Reply: ...

    @routes.press("zo")
    async def open_session(request: Request, key: str) -> Reply: ...

    Button(_("Read on"), open_session.to("opening"))

A route, one such declaration, says before anything runs what Discord must know first: who may use it, whether the
answer is private, which form opens. Each declaration raises ValueError for a function that cannot take what it will be
given, for what the same `Routes` declared before, and for a part that would have no effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate, Literal, ParamSpec, TypedDict, TypeVar, Unpack
from zoneinfo import ZoneInfo

import structlog

from bot.background.job_kinds import INSTEAD, SECONDS, Finish, Job, Read
from bot.background.reminding import Subject
from bot.background.side_process import Work
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.actions import Go as Go  # what a screen leads to is imported where screens are declared
from bot.content.errors import Stale, Unconfirmed
from bot.content.forms import Form, MessageField, UploadField, form_fields
from bot.content.roles import Required, Role, Who
from bot.content.signatures import check_call
from bot.content.texts import Reader, Span, Text
from bot.content.views import Button, Reply, View
from bot.conversation import live_screens
from bot.conversation.grids import Grid
from bot.conversation.listening import Alarm, Listener
from bot.conversation.live_screens import EVERY, LiveScreen, Renderer
from bot.conversation.new_browsers import in_new_browser as in_new_browser  # as Go
from bot.conversation.new_browsers import in_unconfirmed_browser as in_unconfirmed_browser
from bot.conversation.new_browsers import may_change
from bot.conversation.preloading import NeedsPreload, Perform, PerformWithin, Preload
from bot.conversation.questions import Asks, Question
from bot.conversation.screens import Screen, kind_picked
from bot.conversation.versions import SEEN
from bot.conversation.versions import BothInWords as BothInWords  # as Go
from bot.conversation.versions import FormAnswers as FormAnswers
from bot.conversation.versions import Instead as Instead
from bot.conversation.versions import LookAgain as LookAgain
from bot.conversation.versions import Revision as Revision
from bot.conversation.versions import StoredVersion as StoredVersion
from bot.conversation.versions import WaitingForm as WaitingForm
from bot.database.engine import Transaction as Transaction  # what a job's end is given: handlers know no engine
from bot.files.stored_files import Files, in_thread
from bot.people.browser_store import Browser
from bot.people.declared import Declared
from bot.people.participants import Account, Participant, refusal

log = structlog.get_logger()

Target = Literal["here", "private"]


ANYONE, PARTICIPANT, FACILITATOR, ORGANISER = Who
K = TypeVar("K")
V = TypeVar("V")
F = TypeVar("F", bound=Form)
P = ParamSpec("P")


def _unscored(_text: str) -> Mapping[str, float]:
    """Return no likelihoods, for requests that nobody types."""
    return {}


def _no_command(_word: str) -> bool:
    """Return that a word is no command, for requests that nobody types."""
    return False


@dataclass(slots=True)
class Request:
    """One thing that a person did, with everything a handler may use: transaction, person, instant, locale, settings.

    `person` is None for a stranger. In a browser that nobody confirmed, `person` has no role, and `elsewhere` is the
    same person with their roles. `browser` is the browser in use, None on platforms without browsers. `argument` is the
    text after a command, `message` the platform's id of the person's message; both are '' if there is none.
    is_command(word) tells whether a word is the name of a command, in any language.

    `declared` describes the personal data that are stored, for handlers that read or erase them. `shared` are the
    screens to which several parts of the program add something, `reminders` the subjects of reminders by kind.
    `preloaded` has the results of what was preloaded, by key; None if handlers read them in the transaction itself.
    `listeners` and the `alarm` are functions for typed words (`bot.conversation.hearing`); `scored` has the results of
    `score`, by the words.

    `opened` is the screen that the person opens by what they did: its encoded action if the screen takes typed words,
    '' for any other screen, None if none is opened. `asked` is a question that waits while a screen that was opened
    after it takes words: the encoded action of its form, and its position in the form; None if none waits. `announces`
    is True once a message was added that follows below the answer and is kept up to date. `ago` is how long ago the
    person pressed, by the device on which the press waited for the network.
    """

    tx: Transaction
    now: datetime
    settings: Settings
    account: Account
    person: Participant | None
    locale: str
    files: Files
    declared: Declared
    shared: SharedScreens
    reminders: Mapping[str, Subject]
    argument: str = ""
    message: str = ""
    preloaded: Mapping[Hashable, Any] | None = None
    listeners: Sequence[Listener] = ()
    alarm: Alarm | None = None
    score: Callable[[str], Mapping[str, float]] = _unscored
    scored: dict[str, Mapping[str, float]] = field(default_factory=dict)
    is_command: Callable[[str], bool] = _no_command
    opened: str | None = None
    asked: tuple[str, int] | None = None
    browser: Browser | None = None
    announces: bool = False
    elsewhere: Participant | None = None
    ago: timedelta = timedelta()

    @property
    def done_at(self) -> datetime:
        """Return when the person did this: before `now` for a press that waited on a device for the network.

        The device reports how long it waited, and may lie: code that stores the instant limits it to what is possible.
        """
        return self.now - self.ago

    async def show_below(self, key: str, *, pinned: bool = False) -> None:
        """Show the person the live screen `key` («kind:subject»), kept up to date, in a new message below the answer.

        If `pinned` is True, the message is pinned at the top of the chat, on platforms that can do that. If the
        platform shows live screens in another chat than the answer, the answer says so. Raises Unconfirmed in a new
        browser.
        """
        await live_screens.show(self.tx, key, self.account, pinned=pinned)
        self.announces = True

    async def preload(self, key: Hashable, read: Preload[V]) -> V:
        """Return the result of the function `read`, which takes longer than the transaction may.

        At first there is no result yet: NeedsPreload is raised, which handlers must not catch. The dispatcher then runs
        `read` beside other transactions, and calls the handler again; this time the result is returned. `key`
        identifies the result.
        """
        if self.preloaded is None:
            return await read(PerformWithin(self.tx))
        if key not in self.preloaded:
            raise NeedsPreload(key, read)
        result: V = self.preloaded[key]
        return result

    async def keep_files(self, contents: Sequence[bytes]) -> bool:
        """Store contents as files, each named by its digest; return False if the file storage does not answer.

        Call this before adding the rows that name the files. At first NeedsPreload is raised, which handlers must not
        catch: the dispatcher stores the files outside the transaction, and calls the handler again.
        """
        if not contents:
            return True

        async def keep(_perform: Perform) -> bool:
            try:
                await in_thread(lambda: [self.files.keep(content) for content in contents])
            except OSError as error:
                log.warning("conversation.files_away", reason=error.strerror or str(error))
                return False
            return True

        return await self.preload(("keep_files", *contents), keep)

    async def read_files(self, digests: Sequence[str]) -> Mapping[str, bytes] | None:
        """Return the contents of files by their digests; files that no longer exist are left out.

        Returns None if the file storage does not answer. At first NeedsPreload is raised, which handlers must not
        catch: the dispatcher reads the files outside the transaction, and calls the handler again.
        """

        def read_all() -> Mapping[str, bytes]:
            contents = {}
            for digest in digests:
                with suppress(FileNotFoundError):  # the files were not restored with the database
                    contents[digest] = self.files.read(digest)
            return contents

        async def read(_perform: Perform) -> Mapping[str, bytes] | None:
            try:
                return await in_thread(read_all)
            except OSError as error:
                log.warning("conversation.files_away", reason=error.strerror or str(error))
                return None

        return await self.preload(("read_files", *digests), read)

    @property
    def participant(self) -> Participant:
        """Return the person who asked, for handlers that only participants reach. Raises Stale for a stranger."""
        if self.person is None:
            raise Stale
        return self.person

    @property
    def reader(self) -> Reader:
        """Return the reader of the answer: the person's locale, the gathering's time zone, the present instant."""
        gathering = self.settings.gathering
        elsewhere = self.person is None or gathering.hours.elsewhere(self.person.territory, self.now)
        return Reader(self.locale, gathering.zone, self.now, elsewhere)

    @property
    def today(self) -> date:
        """Return today's date where the gathering is."""
        return self.now.astimezone(ZoneInfo(self.settings.gathering.zone)).date()

    @property
    def waits(self) -> Browser | None:
        """Return the browser in use if it is new; otherwise None.

        A new browser shows nothing confidential until its owner confirms it, or until it opens by itself (see
        `Browser`). What may be changed in it is declared: see `bot.conversation.new_browsers`.
        """
        return self.browser if self.browser and self.browser.waits else None

    @property
    def unconfirmed(self) -> Browser | None:
        """Return the browser in use if its owner never confirmed it, even if it opened by itself; otherwise None."""
        return self.browser if self.browser and not self.browser.confirmed else None

    @property
    def here(self) -> str:
        """Return the id of the browser in use if its owner never confirmed it; otherwise ''.

        The id is stored with what is written in the browser, so that words of somebody else are not taken for the
        owner's words.
        """
        return self.unconfirmed.id if self.unconfirmed else ""

    @property
    def shown_in(self) -> str:
        """Return the id of the browser in use if it is new and so shows only what was written in it; otherwise ''."""
        return self.waits.id if self.waits else ""

    @property
    def gathering_is_over(self) -> bool:
        """Return whether the last day of the gathering has passed, in the gathering's time zone."""
        return self.today > self.settings.gathering.ends

    def may(self, who: Required) -> bool:
        """Return whether the person who asked has the required role; a stranger may do what ANYONE may."""
        return who == ANYONE or (self.person is not None and self.person.may(who))

    def require(self, who: Required) -> None:
        """Check that the person who asked has the required role, and may use it in this browser.

        Raises Stale for a stranger, and UserError for someone who lacks the role. Raises Unconfirmed for someone who
        has it, but uses a browser that they have not confirmed.
        """
        if self.may(who):
            return
        if self.person is None:
            raise Stale
        raise Unconfirmed if self.lacks_here(who) else refusal(who)

    def require_confirmed(self) -> None:
        """Check that the owner of the browser in use has confirmed it; raise Unconfirmed if not.

        Call it before showing something that an unconfirmed browser must not show. Changes need no such call: an
        unconfirmed browser is refused them anyway.
        """
        if self.waits:
            raise Unconfirmed

    def require_owner(self) -> None:
        """Check that the browser was confirmed, before something is shown that only its owner may know, such as a code.

        Raises Unconfirmed also in a browser that opened by itself, because nobody knows whether the owner uses it.
        """
        if self.unconfirmed:
            raise Unconfirmed

    def require_may_change(self, handler: Callable[..., Any]) -> None:
        """Check that a handler was declared to change the store from the browser in use; raise Unconfirmed if not."""
        if self.unconfirmed and not may_change(handler, new=self.waits is not None):
            raise Unconfirmed

    def lacks_here(self, who: Required) -> bool:
        """Return whether the person who asked has a role that they cannot use, because the browser is not confirmed."""
        return self.unconfirmed is not None and self.elsewhere is not None and self.elsewhere.may(who)


@dataclass(frozen=True, slots=True)
class ScreenSection:
    """A heading of a screen to which several parts of the program add something below the heading.

    Sections are shown in the order of their numbers `order`; `name` (A-Za-z0-9) identifies one. `stays` says that the
    button that opens the section is visible from the start, however many sections there are.
    """

    order: int
    name: str
    heading: Text = field(compare=False)
    stays: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """What someone should do next: a sentence, and the button that opens the screen for it.

    If the sentence is a question, `beside` is the button for the other answer. `by` is the instant (UTC) by which the
    step should be done: the step with the earliest instant is the most urgent.
    """

    by: datetime
    line: Span
    button: Button
    beside: Button | None = None

    @property
    def buttons(self) -> Sequence[Button]:
        """Return the buttons of the step: the one that opens its screen, then the other answer to its question."""
        return (self.button, self.beside) if self.beside else (self.button,)


@dataclass(frozen=True, slots=True)
class Preparation:
    """One thing that organisers prepare before the gathering begins; their home screen lists what is missing.

    Things are listed in the order of their numbers, lowest first. `key` (A-Za-z0-9) identifies one, and `name` is its
    line in the list. `done` reads whether it is prepared, and `opens` leads to the screen on which it is prepared.
    While the line is shown, the screen has no buttons with the actions `also`, which prepare the same.
    """

    order: int
    key: str
    name: Text
    done: Callable[[Request], Awaitable[bool]]
    opens: Action
    also: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class ScreenPart:
    """What one part of the program adds to a screen that several share: lines and buttons, or nothing at this moment.

    A screen first shows the parts without a section, then section by section, each in the order of `order`, lowest
    first. `next_steps` are only for the organisers' home screen, which begins with the most urgent of them. `show` and
    `next_steps` are called only for people with the role `who`; they read and change nothing.
    """

    order: int
    show: Callable[[Request], Awaitable[View]]
    who: Required = PARTICIPANT
    section: ScreenSection | None = None
    next_steps: Callable[[Request], Awaitable[Sequence[NextStep]]] | None = None


def fixed_part(
    order: int, *buttons: Button, who: Required = PARTICIPANT, section: ScreenSection | None = None
) -> ScreenPart:
    """Return buttons that are always shown on a screen that several parts of the program share.

    `order` is their position on the screen or below their heading, lowest first. `section` is the heading, None for no
    heading. Only people with the role `who` see them.
    """
    view = View((), buttons)

    async def show(_request: Request) -> View:
        return view

    return ScreenPart(order, show, who, section)


@dataclass(frozen=True, slots=True)
class MenuPart:
    """The buttons that one part of the program adds to a section of the menu, depending on what can be done now.

    `order` is their position in the section, lowest first. offer(request) returns the buttons, perhaps none. It is
    called whenever a person with the role `who` opens the menu, so it reads little and changes nothing.
    """

    section: ScreenSection
    order: int
    offer: Callable[[Request], Awaitable[Sequence[Button]]]
    who: Required = PARTICIPANT


def menu_part(
    section: ScreenSection,
    order: int,
    *buttons: Button,
    when: Callable[[Request], Awaitable[bool]] | None = None,
    who: Required = PARTICIPANT,
) -> MenuPart:
    """Return buttons for a section of the menu, shown whenever when(request) is true; if `when` is None, always.

    `order` is their position among the parts of the section, lowest first. Only people with the role `who` see them.
    """

    async def offer(request: Request) -> Sequence[Button]:
        return buttons if when is None or await when(request) else ()

    return MenuPart(section, order, offer, who)


@dataclass(frozen=True, slots=True)
class SharedScreens:
    """The screens to which several parts of the program add something: for each screen, what is added, in order."""

    home: Sequence[ScreenPart] = ()
    bar: Sequence[ScreenPart] = ()
    menu: Sequence[MenuPart] = ()
    group: Sequence[ScreenPart] = ()
    organiser_home: Sequence[ScreenPart] = ()
    to_prepare: Sequence[Preparation] = ()
    """What organisers prepare before the gathering begins."""
    grids: Mapping[str, Grid] = field(default_factory=dict)
    """The tables of organisers on a wide page, by key."""


Handler = Callable[..., Awaitable[Reply]]
H = TypeVar("H", bound=Handler)
Hears = Callable[..., Awaitable[Reply | None]]
"""A handler for what a person writes or sends after opening a confidential screen, until they open another screen."""
Prefill = Callable[..., Awaitable[Mapping[str, str]]]
Check = Callable[..., Awaitable[None]]
When = Callable[..., Awaitable[bool]]
About = Callable[..., Awaitable[Span | None]]
UnlessChanged = Callable[..., Awaitable[StoredVersion | None]]
Taker = Callable[..., Awaitable[Reply | None]]
"""A handler for a file that was sent unasked; it returns None if there is nothing to say."""
FileTaker = tuple[Taker, When | None]
"""A handler for files, and the condition under which it reads their content (None: always)."""
Offline = str | Callable[[Request], Awaitable[Sequence[tuple[Span, View]]]]
"""A command whose screen can be read without network, or a function that returns several screens with their titles."""
Guard = Callable[..., Awaitable[Reply | None]]
"""A function that checks words before any handler gets them. It returns None to accept them, otherwise the refusal."""
Edits = Callable[[Request, str], Awaitable[Reply | None]]
Knows = Callable[[Request], Awaitable[bool]]
Deletions = Callable[[Request], Awaitable[Reply | None]]


class Options(TypedDict, total=False):
    """The options that the declarations of buttons, forms and choices have in common.

    `who` is the rung or role of the people who may use the button, participants by default. `target` says where the
    answer may be read, «private» by default.

    `hears` is for confidential screens and screens for safety: hears(request, action, content) gets what the person
    writes or sends while this is the last screen that they opened or pressed. It must ask the person before it stores
    anything. With `hears_files` it gets their files too.

    `unless_changed` gets the request and the values in the button, and returns the present version of what would be
    changed (see `bot.conversation.versions`), or None if any stored version may be changed. If the button's reader was
    shown another version, the reader is told so and the handler is not called.
    """

    who: Required
    target: Target
    hears: Hears | None
    hears_files: bool
    unless_changed: UnlessChanged | None


@dataclass(frozen=True, slots=True)
class Route:
    """The declaration of one handler: the function, who may use it, and what platforms must know before it runs.

    `picked` is the type of what is chosen, None if the handler is not for a choice. The methods of `Routes` explain the
    other fields.
    """

    handler: Handler
    action: type[Action]
    who: Required = PARTICIPANT
    target: Target = "private"
    form: type[Form] | None = None
    prefill: Prefill | None = None
    check: Check | None = None
    picked: Any = None
    sent_with_press: bool = False
    linkable: bool | Literal["page"] = False
    reads: When | None = None
    about: About | None = None
    hears: Hears | None = None
    hears_files: bool = False
    unless_changed: UnlessChanged | None = None

    def carried(self, action: Action) -> tuple[Any, ...]:
        """Return, in order, the values of an action's fields that the handler, and functions such as `prefill`, get.

        Some actions also carry which version of something the button's reader was shown; this value is left out.
        """
        if isinstance(action, Go):
            return ()
        return tuple(getattr(action, name) for name in self.carried_names)

    @property
    def carried_names(self) -> Sequence[str]:
        """Return the names of the action's fields whose values the handler and functions such as `prefill` get.

        The field with the version of something that the button's reader was shown is left out.
        """
        names = self.action.field_names
        return [name for name in names if name != SEEN] if self.unless_changed else names


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: its name per locale, other words that mean it, and its description in lists (≤ 100 characters).

    `listed` is its position in the lists of commands that platforms show to people with the role `who`, lowest first,
    eight at most; None keeps it out of the lists. `for_others` is the name of the command that people without the role
    get instead; if it is '', they are refused.
    """

    name: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    description: Text
    who: Required
    route: Route
    listed: int | None = None
    for_others: str = ""


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Words that people type without a slash to open a screen.

    `words` is a message whose translations list these words, separated by commas. `route` is the declaration of the
    screen's handler. `payload` is the encoded action that opens the screen, '' if nothing else opens it.
    """

    words: Text
    payload: str
    route: Route


@dataclass
class Routes:
    """The routes that one module of handlers declares: each ties a command, button, text or file to its handler."""

    commands: list[Command] = field(default_factory=list)
    actions: dict[type[Action], Route] = field(default_factory=dict)
    plain_words: list[PlainWords] = field(default_factory=list)
    files: list[tuple[When | None, FileTaker]] = field(default_factory=list)
    edits: list[tuple[Knows, Edits]] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    deletions: list[Deletions] = field(default_factory=list)
    home: Handler | None = None
    unconfirmed: Handler | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    live: dict[str, LiveScreen] = field(default_factory=dict)

    @property
    def by_beginning(self) -> Mapping[str, Route]:
        """Return the declarations of buttons by the beginnings of the encoded actions that the buttons carry."""
        commands = {Go(command.name).encode(): command.route for command in self.commands}
        return commands | {action.code: route for action, route in self.actions.items()}

    def command(
        self,
        name: str,
        description: Text,
        *,
        names: Mapping[str, str] | None = None,
        aliases: tuple[str, ...] = (),
        plain_words: Text | None = None,
        who: Required = PARTICIPANT,
        target: Target = "private",
        form: type[Form] | None = None,
        prefill: Prefill | None = None,
        check: Check | None = None,
        linkable: bool = True,
        listed: int | None = None,
        listed_for: Who | None = None,
        hears: Hears | None = None,
        for_others: str = "",
    ) -> Callable[[H], H]:
        """Declare the handler of a slash command. `name` is its French word; `names` has the words of other locales.

        `aliases` are further words for the command. `listed` is its position among the commands that Telegram lists for
        the role `listed_for`, by default for everybody who may use the command. Eight are shown; a command without a
        position works only when it is typed.

        `plain_words` are a list of words, separated by commas, that open the screen without a slash, in any spelling of
        accents, case and punctuation, unless the chat is being asked a question. `for_others` is the name of the
        command that people without the role `who` get instead when they type this one. `target` says where the answer
        may be read.

        The handler gets the request, and the form if there is a `form`. prefill(request) returns the answers with which
        the form opens, by field name; check(request) raises a refusal if the form must not open. `linkable` is False
        for a command that changes something at once, because anybody can make a link; such a command has no
        `plain_words` either. hears(request, action, content) gets what the person writes while this is the last screen
        that they opened.
        """
        if plain_words and not linkable:
            raise ValueError(f"/{name} changes something at once, so plain words must not do it")
        if not description.message:
            raise ValueError(f"/{name} has no description to be listed with")
        if listed_for is not None and listed is None:
            raise ValueError(f"/{name} is listed for a role, but has no position in the list")
        if listed is not None and isinstance(who if listed_for is None else listed_for, Role):
            raise ValueError(f"/{name} is for a role, and platforms list commands by the ladder only")
        if for_others and who == ANYONE:
            raise ValueError(f"/{name} is for anyone, so it never leads others to /{for_others}")
        for part, function in {"prefill": prefill, "check": check}.items():
            if function and form is None:
                raise ValueError(f"/{name} has a `{part}`, but no form")

        def declare(handler: H) -> H:
            check_call(handler, "request", *(("form",) if form else ()))
            route = Route(
                handler,
                Go,
                who,
                target,
                form,
                prefill,
                check,
                linkable=linkable,
                hears=hears,
            )
            _check_calls(route, ())
            words = {"fr": name, **(names or {})}
            shown_to = who if listed_for is None else listed_for
            self.commands.append(Command(name, words, aliases, description, shown_to, route, listed, for_others))
            if plain_words:
                self.plain_words.append(PlainWords(plain_words, Go(name).encode(), route))
            return handler

        return declare

    def answers_to(self, words: Text, *, who: Required = PARTICIPANT) -> Callable[[Handler], Handler]:
        """Declare a handler(request) for plain words that mean no command.

        `words` is a message whose translations list the words, separated by commas. Only people with the role `who` may
        use the handler. The handler must change nothing, because the words may not have been meant for the bot.
        """

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request")
            self.plain_words.append(PlainWords(words, "", Route(handler, Go, who, "private")))
            return handler

        return declare

    def press(
        self,
        code: str | type[Action],
        *,
        linkable: bool | Literal["page"] = False,
        first: Asks | None = None,
        **options: Unpack[Options],
    ) -> Callable[[Callable[Concatenate[Request, P], Awaitable[Reply]]], Screen[P, Concatenate[Request, P], Reply]]:
        """Declare the screen behind a button: its handler gets the request and the values in the button.

        The parameters after the request are the values in the button (int, str of A-Za-z0-9_, or bool). Keyword-only
        parameters and `*lines` are not in the button; they are for handlers that show this screen after something else.
        `code` begins the button's payload and is used by no other route. If modules below this one show the button too,
        `code` is instead an Action class with these parameters as fields; it may lack the last parameters if they have
        defaults.

        `linkable` is True if a link (`t.me/…?start=…`) may do the same as the button, for payloads with a secret that
        authorises the press. «page» allows links to the page that is open (`/e/link/…`) too. `first` declares a
        question that is asked before the handler runs; it is the screen `ask` of the returned screen (see
        `bot.conversation.questions`). `Options` explains the other options.
        """

        def declare(
            handler: Callable[Concatenate[Request, P], Awaitable[Reply]],
        ) -> Screen[P, Concatenate[Request, P], Reply]:
            screen: Screen[P, Concatenate[Request, P], Reply] = Screen(
                code, handler, given=("request",), unless_changed=options.get("unless_changed")
            )
            route = Route(handler, screen.action, linkable=linkable, **options)
            self._add(route)
            if first:
                screen.asks(self._question(first, screen, route))
            return screen

        return declare

    def form(
        self,
        code: str | type[Action],
        form: type[F],
        *,
        prefill: Prefill | None = None,
        check: Check | None = None,
        about: About | None = None,
        reads: When | None = None,
        **options: Unpack[Options],
    ) -> Callable[
        [Callable[Concatenate[Request, F, P], Awaitable[Reply]]], Screen[P, Concatenate[Request, F, P], Reply]
    ]:
        """Declare the handler of a form that a button opens; it gets request, form and the values in the button.

        `prefill`, `check` and `about` get the request and the values in the button, before the form opens. `prefill`
        returns the answers with which the form opens, by field name; without it, they are read from the version that
        `unless_changed` returns. `check` raises a refusal if the form must not open. `about` returns the text to which
        the form replies, or None. Files for the form are fetched if reads(request) is true; if `reads` is None, always.
        `code` begins the payload of the button, or is the button's Action class. `Options` explains the other options.
        """

        def declare(
            handler: Callable[Concatenate[Request, F, P], Awaitable[Reply]],
        ) -> Screen[P, Concatenate[Request, F, P], Reply]:
            screen: Screen[P, Concatenate[Request, F, P], Reply] = Screen(
                code, handler, given=("request", "form"), unless_changed=options.get("unless_changed")
            )
            asked = Route(
                handler, screen.action, form=form, prefill=prefill, check=check, about=about, reads=reads, **options
            )
            self._add(asked)
            return screen

        return declare

    def pick(
        self, code: str | type[Action], *, sent_with_press: bool = True, **options: Unpack[Options]
    ) -> Callable[
        [Callable[Concatenate[Request, V, P], Awaitable[Reply]]], Screen[P, Concatenate[Request, V, P], Reply]
    ]:
        """Declare the screen behind a choice: its handler gets the request, what was chosen, and the action's fields.

        The type of the second parameter says what is chosen: `int` or `str` for exactly one value, `tuple[int, ...]` or
        `tuple[str, ...]` for the complete set. Values of another type raise Stale before the handler runs; the handler
        itself checks that a value was offered.

        On a page, a person can make a choice and then press a button beside it, without sending the choice. If
        `sent_with_press` is True, the choice is then carried out before the press. It is False for a choice that only
        opens another screen, or that affects other people at once. `code` begins the payload of the choice, or is its
        Action class. `Options` explains the other options.
        """

        def declare(
            handler: Callable[Concatenate[Request, V, P], Awaitable[Reply]],
        ) -> Screen[P, Concatenate[Request, V, P], Reply]:
            screen: Screen[P, Concatenate[Request, V, P], Reply] = Screen(
                code, handler, given=("request", "values"), unless_changed=options.get("unless_changed")
            )
            picked = kind_picked(handler)
            self._add(Route(handler, screen.action, picked=picked, sent_with_press=sent_with_press, **options))
            return screen

        return declare

    def _question(
        self, first: Asks, screen: Screen[P, Concatenate[Request, P], Reply], route: Route
    ) -> Screen[P, Concatenate[Request, P], Reply]:
        """Declare and return the screen that asks before this one, whose route it is, does what it does."""

        async def ask(request: Request, /, *carried: P.args, **named: P.kwargs) -> Reply:
            request.require_may_change(screen.handler)
            asked: Question | Reply = await first.question(request, *carried, **named)
            if isinstance(asked, Reply):
                return asked
            if route.unless_changed is None:
                return asked.reply_with(screen.to(*carried, **named))
            version = await route.unless_changed(request, *carried, **named)
            return asked.reply_with(screen.seeing(*(version.values if version else ())).to(*carried, **named))

        update_wrapper(ask, first.question)  # its parameters are what the button carries
        asking: Screen[P, Concatenate[Request, P], Reply] = Screen(first.code, ask, given=("request",))
        self._add(replace(route, handler=ask, action=asking.action, linkable=False, unless_changed=None))
        return asking

    def _add(self, route: Route) -> None:
        """Add the route of a button.

        Raises ValueError if its functions cannot be called, a part of it has no effect, or its action has a route.
        """
        _check_calls(route, route.carried_names)
        _check_effects(route)
        _add_once(self.actions, route.action, route, f"the action {route.action.__name__}")

    def sent(self, *, when: When | None = None, reads: When | None = None) -> Callable[[Taker], Taker]:
        """Declare a handler(request, sent) for files that answer no question.

        The handler is called if when(request) is true; if `when` is None, always. It also gets anything that cannot be
        used (a sticker, a file that is too large or lost), and has to say so. Each picture of an album is passed
        separately. If reads(request) is false, a file is not fetched, and the handler gets it without content, marked
        as `unwanted`.
        """

        def declare(handler: Taker) -> Taker:
            check_call(handler, "request", "sent")
            for asked in (when, reads):
                if asked:
                    check_call(asked, "request")
            self.files.append((when, (handler, reads)))
            return handler

        return declare

    def edited(self, knows: Knows) -> Callable[[Edits], Edits]:
        """Declare a handler(request, text) that is called when a sender edited a message.

        `request.message` is the platform's id of the message. The handler returns None for a message that it does not
        know; knows(request) says in advance whether it knows the message, and changes nothing.
        """

        def declare(handler: Edits) -> Edits:
            check_call(handler, "request", "text")
            check_call(knows, "request")
            self.edits.append((knows, handler))
            return handler

        return declare

    def guard(self) -> Callable[[Guard], Guard]:
        """Declare a guard(request, text, answering=…) that checks what someone wrote before any handler gets it.

        The guard returns a refusal, or None if it accepts the text. `answering` says that the words answer a question
        or change an earlier message. Forms that ask for codes are not checked. Refused text is stored nowhere.
        """

        def declare(guard: Guard) -> Guard:
            check_call(guard, "request", "text", named=("answering",))
            self.guards.append(guard)
            return guard

        return declare

    def deleted(self) -> Callable[[Deletions], Deletions]:
        """Declare a handler(request) that is called when a sender deleted a message; only some platforms report this.

        `request.message` is the platform's id of the message. The handler returns None for a message that it does not
        know.
        """

        def declare(handler: Deletions) -> Deletions:
            check_call(handler, "request")
            self.deletions.append(handler)
            return handler

        return declare

    def screen(self) -> Callable[[Handler], Handler]:
        """Declare the handler of the home screen, which is shown if nothing else answers."""

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request")
            if self.home:
                raise ValueError(f"the home screen is declared twice in {handler.__module__}")
            self.home = handler
            return handler

        return declare

    def waiting(self) -> Callable[[Handler], Handler]:
        """Declare the handler of the screen that tells a person to confirm their new browser first."""

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request")
            if self.unconfirmed:
                raise ValueError(f"what waits for a new browser is declared twice in {handler.__module__}")
            self.unconfirmed = handler
            return handler

        return declare

    def job(
        self,
        kind: str,
        *,
        work: Work,
        read: Read | None = None,
        seconds: float = SECONDS,
        instead: Text = INSTEAD,
        ends_process: bool = False,
    ) -> Callable[[Finish], Finish]:
        """Declare a job: work(payload) computes a result, finish(tx, person, result) stores it and returns the reply.

        Payload and result are JSON values. `work` runs in another process, outside any database transaction, so it must
        be a function at the top of its module. After a crash it runs again; the changes that `finish` makes are
        committed once. If `finish` returns None, nothing is said. If the person lost the needed role meanwhile, they
        are told so, and `finish` is not called.

        With `read`, `work` gets what read(tx, payload, declared) returns when the job starts; `declared` describes the
        personal data that are stored. The argument of `work` also has `files`, the stored files.

        A job that takes longer than `seconds` is stopped and not repeated: the person is told so, and what to do
        `instead`. While a job of a person waits, they cannot ask for another of the same kind. A job that may take
        longer than SECONDS is done only in the process reserved for organisers. With `ends_process` the process ends
        after the work, for work that leaves much memory in use.
        """
        if "<" in work.__qualname__:
            raise ValueError(f"{work.__qualname__} cannot be called from another process")
        check_call(work, "payload")
        if read:
            check_call(read, "tx", "payload", "declared")

        def declare(finish: Finish) -> Finish:
            check_call(finish, "tx", "person", "result")
            _add_once(self.jobs, kind, Job(work, finish, read, seconds, instead, ends_process), f"the job {kind!r}")
            return finish

        return declare

    def live_screen(self, kind: str, *, who: Required, every: timedelta = EVERY) -> Callable[[Renderer], Renderer]:
        """Declare, as a decorator, the function that draws a kind of live screens, messages that are kept up to date.

        renderer(tx, subject, now) only reads. People who no longer have the role `who` lose such a screen. `every` is
        the shortest time between two edits of one message: platforms allow about one a second in a chat. Personal pages
        are edited sooner.
        """

        def declare(renderer: Renderer) -> Renderer:
            check_call(renderer, "tx", "subject", "now")
            _add_once(self.live, kind, LiveScreen(renderer, who, every), f"the live screen {kind!r}")
            return renderer

        return declare


def _add_once(declared: dict[K, V], key: K, value: V, what: str) -> None:
    """Add a declaration to those `declared`. Raises ValueError, naming it `what`, where its key was declared before."""
    if key in declared:
        raise ValueError(f"{what} is declared twice")
    declared[key] = value


def _check_calls(route: Route, carried: Sequence[str]) -> None:
    """Raise ValueError for a function of a route that cannot be called with what the button carries."""
    for function in (route.prefill, route.check, route.about, route.unless_changed):
        if function:
            check_call(function, "request", *carried)
    if route.reads:
        check_call(route.reads, "request")
    if route.hears:
        check_call(route.hears, "request", "action", "content")


def _check_effects(route: Route) -> None:
    """Raise ValueError for a part of a button's route that would have no effect."""
    name = f"{route.handler.__module__}.{route.handler.__name__}"
    if route.hears_files and route.hears is None:
        raise ValueError(f"{name} has `hears_files`, but no `hears` that gets the files")
    fields = form_fields(route.form).values() if route.form else ()
    if route.reads and not any(isinstance(field, MessageField | UploadField) for field in fields):
        raise ValueError(f"{name} has `reads`, but its form asks for no file")

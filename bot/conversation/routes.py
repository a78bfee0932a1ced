"""How a handler declares what it answers to; bot/conversation/router.py finds it again.

    routes = Routes()

    @routes.command("theme", _("Choose your theme"), who=PARTICIPANT)
    async def theme(request: Request) -> Reply: ...

A route says before anything runs what Discord must know first: who may, whether the answer is private, which form
opens. Each declaration raises ValueError for a function that cannot take what it will be given, and for what the same
`Routes` declared before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from bot.background.job_kinds import INSTEAD, SECONDS, Finish, Job, Read
from bot.background.reminding import Subject
from bot.background.side_process import Work
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.actions import Go as Go  # what a screen leads to is imported where screens are declared
from bot.content.errors import Stale
from bot.content.forms import Form
from bot.content.roles import Who
from bot.content.signatures import check_call
from bot.content.texts import Reader, Span, Text
from bot.content.views import Button, Reply, View
from bot.conversation.live_screens import LiveScreen, Renderer
from bot.database.engine import Transaction as Transaction  # what a job's end is given: handlers know no engine
from bot.files.folder import Files
from bot.people.declared import Declared
from bot.people.participants import Account, Participant

Target = Literal["here", "private"]


ANYONE, PARTICIPANT, FACILITATOR, ORGANISER = Who


@dataclass(slots=True)
class Request:
    """One thing that a person did, with everything a handler may use: transaction, person, instant, locale, settings.

    `declared` describes the data kept about people, for handlers that read or erase it; `shared` are the screens to
    which every capability adds a part, `reminders` what people are reminded of, by kind. `message` is the platform's id
    of the person's message, '' where there is none.
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

    @property
    def participant(self) -> Participant:
        """Return the participant; for routes that only known people reach. Raises Stale for a stranger."""
        if self.person is None:
            raise Stale
        return self.person

    @property
    def reader(self) -> Reader:
        """Return how the person who asked reads: locale and zone."""
        return Reader(self.locale, self.settings.gathering.zone, self.now)

    @property
    def today(self) -> date:
        """Return today's date where the gathering is."""
        return self.now.astimezone(ZoneInfo(self.settings.gathering.zone)).date()

    @property
    def gathering_is_over(self) -> bool:
        """Return whether the last day of the gathering has passed where it takes place."""
        return self.today > self.settings.gathering.ends

    def may(self, who: Who) -> bool:
        """Return whether the person who asked has a role; a stranger may do what ANYONE may."""
        return who == ANYONE or (self.person is not None and self.person.may(who))


@dataclass(frozen=True, slots=True)
class ScreenSection:
    """A heading of a shared screen, below which parts of any capability stand together.

    Sections come in the order of their numbers; `name` (A-Za-z0-9) identifies one.
    """

    order: int
    name: str
    heading: Text = field(compare=False)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What someone had better do next: a sentence with its figure, and the button that opens just that.

    `by` is the instant (UTC) by which it should be done: the earlier it is, the more pressing.
    """

    by: datetime
    line: Span
    button: Button


@dataclass(frozen=True, slots=True)
class ScreenPart:
    """The lines and buttons that one capability adds to a shared screen, or none at this moment.

    Parts come in the order of their numbers, lowest first: those without a section, then section by section.
    `next_steps` are what the screen may lead with: of all parts, the most pressing one. Both functions are asked only
    for people among `who`; they read and change nothing.
    """

    order: int
    show: Callable[[Request], Awaitable[View]]
    who: Who = PARTICIPANT
    section: ScreenSection | None = None
    next_steps: Callable[[Request], Awaitable[Sequence[NextStep]]] | None = None


def fixed_part(
    order: int, *buttons: Button, who: Who = PARTICIPANT, section: ScreenSection | None = None
) -> ScreenPart:
    """Return a part that always shows the same buttons."""
    view = View((), buttons)

    async def show(_request: Request) -> View:
        return view

    return ScreenPart(order, show, who, section)


@dataclass(frozen=True, slots=True)
class MenuPart:
    """The buttons that one capability adds to a section of the menu, for what can be done at this moment, or none.

    Parts come in the order of their numbers, lowest first. `offer` is asked only for people among `who`, whenever the
    menu is opened: it reads little and changes nothing.
    """

    section: ScreenSection
    order: int
    offer: Callable[[Request], Awaitable[Sequence[Button]]]
    who: Who = PARTICIPANT


def menu_part(
    section: ScreenSection,
    order: int,
    *buttons: Button,
    when: Callable[[Request], Awaitable[bool]] | None = None,
    who: Who = PARTICIPANT,
) -> MenuPart:
    """Return a part of the menu that shows the same buttons whenever `when(request)` holds (None: always)."""

    async def offer(request: Request) -> Sequence[Button]:
        return buttons if when is None or await when(request) else ()

    return MenuPart(section, order, offer, who)


@dataclass(frozen=True, slots=True)
class SharedScreens:
    """The parts of each shared screen, in order (see `bot.capability.Capability`)."""

    home: Sequence[ScreenPart] = ()
    menu: Sequence[MenuPart] = ()
    group: Sequence[ScreenPart] = ()
    organiser_home: Sequence[ScreenPart] = ()


Handler = Callable[..., Awaitable[Reply]]
Before = Callable[..., Awaitable[Mapping[str, str] | None]]
When = Callable[..., Awaitable[bool]]
About = Callable[..., Awaitable[Span]]
K = TypeVar("K")
V = TypeVar("V")
Taker = Callable[..., Awaitable[Reply | None]]
"""A handler for something sent unasked; it returns None where there is nothing to say."""
FileTaker = tuple[Taker, When | None]
"""A handler for files, and the condition under which it reads their content (None: always)."""
Guard = Callable[..., Awaitable[Reply | None]]
"""A function that looks at words before anything takes them; it returns None to let them pass."""
Edits = Callable[[Request, str], Awaitable[Reply | None]]
Deletions = Callable[[Request], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One declared way in: a handler, who may use it, and what the platform must know before it runs."""

    handler: Handler
    action: type[Action]
    who: Who
    target: Target
    form: type[Form] | None
    before: Before | None
    chooses: bool = False
    rides: bool = False
    linkable: bool = False
    reads: When | None = None
    about: About | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A word after a slash: its name per locale, other words that mean it, and its description in lists (≤ 100).

    `listed` is its position in the lists of commands that platforms show to `who`, lowest first; None keeps it out.
    """

    name: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    description: Text
    who: Who
    route: Route
    listed: int | None = None


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Plain words that open a route: a message of the catalogues that lists the ways of saying it, separated by commas.

    `payload` is the encoded action of the route, '' for a route that nothing else leads to.
    """

    words: Text
    payload: str
    route: Route


@dataclass
class Routes:
    """The routes that one module of handlers declares."""

    commands: list[Command] = field(default_factory=list)
    actions: dict[type[Action], Route] = field(default_factory=dict)
    plain_words: list[PlainWords] = field(default_factory=list)
    texts: list[tuple[When | None, Handler]] = field(default_factory=list)
    files: list[tuple[When | None, FileTaker]] = field(default_factory=list)
    edits: list[Edits] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    deletions: list[Deletions] = field(default_factory=list)
    home: Handler | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    live: dict[str, LiveScreen] = field(default_factory=dict)

    def command(
        self,
        name: str,
        description: Text,
        *,
        names: Mapping[str, str] | None = None,
        aliases: tuple[str, ...] = (),
        said: Text | None = None,
        who: Who = PARTICIPANT,
        target: Target = "private",
        form: type[Form] | None = None,
        before: Before | None = None,
        linkable: bool = True,
        listed: int | None = None,
        listed_for: Who | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a slash command. `name` is French; `names` gives the other locales' words.

        `listed` is its place among the commands that Telegram lists for `listed_for`, by default for everybody who may
        use it: what stands in no list works when it is typed.

        `said` are the words that mean it without a slash, with commas between: where nothing else is asked for, they
        open the screen, whatever their accents, case and punctuation.

        The handler gets the request and, if asked, the form; `before` gets the request. One that changes something at
        once is not `linkable`: a link made by anybody must not do it. It takes no plain words either.
        """
        if said and not linkable:
            raise ValueError(f"/{name} changes something at once, so plain words must not do it")

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request", *_form_of(form))
            if before:
                check_call(before, "request")
            route = Route(handler, Go, who, target, form, before, linkable=linkable)
            words = {"fr": name, **(names or {})}
            shown_to = who if listed_for is None else listed_for
            self.commands.append(Command(name, words, aliases, description, shown_to, route, listed))
            if said:
                self.plain_words.append(PlainWords(said, Go(name).encode(), route))
            return handler

        return declare

    def answers_to(self, words: Text, *, who: Who = PARTICIPANT) -> Callable[[Handler], Handler]:
        """Declare a handler(request) for plain words that mean no command, written as those in `said` of `command`.

        The handler changes nothing, because what was written may not have been meant for the bot.
        """

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request")
            self.plain_words.append(PlainWords(words, "", Route(handler, Go, who, "private", form=None, before=None)))
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
        reads: When | None = None,
        about: About | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare what a button does: the handler gets the request, the action and, if asked, the form.

        `before` gets the request and the action; so does `about`, which says what the form answers to. `linkable` lets
        a link (`t.me/…?start=…`) do it too: for what a secret in the payload authorises. Files for the form are fetched
        where `reads(request)` holds (None: always).
        """

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request", "action", *_form_of(form))
            if before:
                check_call(before, "request", "action")
            if reads:
                check_call(reads, "request")
            if about:
                check_call(about, "request", "action")
            route = Route(handler, action, who, target, form, before, linkable=linkable, reads=reads, about=about)
            _add_once(self.actions, action, route, f"the action {action.__name__}")
            return handler

        return declare

    def choice(
        self, action: type[Action], *, who: Who = PARTICIPANT, target: Target = "private", rides: bool = True
    ) -> Callable[[Handler], Handler]:
        """Declare what a choice does: the handler gets the request, the action and the whole new set of values.

        Where one chooses before one sends, as on a page, a choice not sent yet is taken along by a press on a button
        beside it (`rides`). Not so what only leads on to something else, nor what is done to others at once.
        """

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request", "action", "values")
            route = Route(handler, action, who, target, form=None, before=None, chooses=True, rides=rides)
            _add_once(self.actions, action, route, f"the action {action.__name__}")
            return handler

        return declare

    def text(self, *, when: When | None = None) -> Callable[[Handler], Handler]:
        """Declare what takes words that answer no question, where `when(request)` holds; one route takes the rest."""

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request", "text")
            if when:
                check_call(when, "request")
            self.texts.append((when, handler))
            return handler

        return declare

    def sent(self, *, when: When | None = None, reads: When | None = None) -> Callable[[Taker], Taker]:
        """Declare what takes files that answer no question, where `when(request)` holds: handler(request, sent).

        It also gets what cannot be used (a sticker, a place: no upload; a file too large, or lost) and says so. Of an
        album each part comes by itself. Where `reads(request)` does not hold, files come unfetched, `unwanted`.
        """

        def declare(handler: Taker) -> Taker:
            check_call(handler, "request", "sent")
            for asked in (when, reads):
                if asked:
                    check_call(asked, "request")
            self.files.append((when, (handler, reads)))
            return handler

        return declare

    def edited(self) -> Callable[[Edits], Edits]:
        """Declare what may take a message that its sender changed: handler(request, text), None for «not mine».

        `request.message` is the id of the message.
        """

        def declare(handler: Edits) -> Edits:
            check_call(handler, "request", "text")
            self.edits.append(handler)
            return handler

        return declare

    def guard(self) -> Callable[[Guard], Guard]:
        """Declare a guard(request, text, answering=…), which looks at whatever someone wrote before anything takes it.

        `answering` says that the words answer a question or change an earlier message. Forms that ask for codes are not
        looked at. Text that a guard answers is stored nowhere.
        """

        def declare(guard: Guard) -> Guard:
            check_call(guard, "request", "text", named=("answering",))
            self.guards.append(guard)
            return guard

        return declare

    def deleted(self) -> Callable[[Deletions], Deletions]:
        """Declare what is told that a sender deleted a message: handler(request), None for «not mine».

        `request.message` is the id of the message. Only some platforms tell.
        """

        def declare(handler: Deletions) -> Deletions:
            check_call(handler, "request")
            self.deletions.append(handler)
            return handler

        return declare

    def screen(self) -> Callable[[Handler], Handler]:
        """Declare the handler that shows the screen a person is on when nothing else answers."""

        def declare(handler: Handler) -> Handler:
            check_call(handler, "request")
            if self.home:
                raise ValueError(f"the home screen is declared twice in {handler.__module__}")
            self.home = handler
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
    ) -> Callable[[Finish], Finish]:
        """Declare a job: finish(tx, person, result) keeps what work(payload) made of JSON values, and says so.

        `work` runs in another process, outside any transaction, so it is a function at the top of its module. After a
        crash it runs again; what `finish` does is kept once. A `finish` that returns None says nothing; who lost the
        role that the asking route is for meanwhile is told so, and it is not called.

        With `read`, the work gets what read(tx, payload, declared) finds in the store when its turn comes; `declared`
        is what is kept about people.

        After so many `seconds` at work it is ended for good: who asked reads so, and what to do `instead`. A person has
        one job of a kind waiting; asking for another is refused in words. What may take longer than SECONDS is done
        only in the process kept for organisers.
        """
        if "<" in work.__qualname__:
            raise ValueError(f"{work.__qualname__} cannot be called from another process")
        check_call(work, "payload")
        if read:
            check_call(read, "tx", "payload", "declared")

        def declare(finish: Finish) -> Finish:
            check_call(finish, "tx", "person", "result")
            _add_once(self.jobs, kind, Job(work, finish, read, seconds, instead), f"the job {kind!r}")
            return finish

        return declare

    def live_screen(self, kind: str, *, who: Who) -> Callable[[Renderer], Renderer]:
        """Declare how the screens of a kind are drawn: renderer(tx, subject, now), which only reads.

        Whoever is shown one and is no longer among `who` loses it.
        """

        def declare(renderer: Renderer) -> Renderer:
            check_call(renderer, "tx", "subject", "now")
            _add_once(self.live, kind, LiveScreen(renderer, who), f"the live screen {kind!r}")
            return renderer

        return declare


def _add_once(declared: dict[K, V], key: K, value: V, what: str) -> None:
    """Add a declaration. Raises ValueError where its key was declared before: one of the two would never run."""
    if key in declared:
        raise ValueError(f"{what} is declared twice")
    declared[key] = value


def _form_of(form: type[Form] | None) -> tuple[str, ...]:
    """Return the names of the arguments that a handler is given in addition where a form is asked."""
    return ("form",) if form else ()

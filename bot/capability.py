"""What the engine must know of a capability, a folder of handlers/: the `Capability` in its module `capability`.

Capabilities are listed by name in `handlers.CAPABILITIES`. The engine's code names none of them: it asks each for the
parts listed here, and puts them together. A capability that imports another one counts as above it.

Commands of the shell need only a few modules of a capability. These are found by name and loaded alone, if the
capability has them: `settings`, `seeding`, `checking` and `audiences` (see bot.config.modules), `cli` (see
bot.cli.main).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import TypeVar

from bot.background.reminding import Subject
from bot.background.scheduling import Chore, Source
from bot.config.modules import load_audiences
from bot.config.section import Section
from bot.config.settings import Settings
from bot.content import entry_points, hooks, roles
from bot.content.roles import Role
from bot.content.texts import Text
from bot.content.views import Button
from bot.conversation import hearing
from bot.conversation.displays import Display
from bot.conversation.grids import Grid
from bot.conversation.listening import Alarm, Listener
from bot.conversation.router import Router
from bot.conversation.routes import MenuPart, Offline, Preparation, Routes, ScreenPart, SharedScreens
from bot.conversation.topics import Contributed
from bot.delivery.contributions import (
    CalendarSource,
    ClaimPart,
    Contributions,
    CopyContent,
    DeliveryProgress,
    DrawChannel,
    WriteLetter,
)
from bot.files.named_files import FileTable
from bot.people.declared import AfterMembership, Ending, PersonalData


def _none(_settings: Settings, _subjects: Mapping[str, Subject]) -> Sequence[Source]:
    return ()


_KEPT = {"kept": "while it is off"}
"""The metadata of the parts that stay active while a capability is off: they look after its stored data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Everything that the engine must know of one capability, a folder of handlers/. Every field has a default."""

    only_with: type[Section] | None = None
    """The section of the configuration without which the capability is off; None if it is always on."""
    switched_off: Collection[str] = ()
    """If it is switched off: the beginnings of its buttons' payloads (`bot.content.actions.beginning`); else empty."""
    routes: Sequence[Routes] = ()
    """Its routes: functions that answer commands, buttons, texts and files, and its kinds of jobs and live screens."""
    facilitator_routes: Sequence[Routes] = ()
    organiser_routes: Sequence[Routes] = ()
    sources: Callable[[Settings, Mapping[str, Subject]], Sequence[Source]] = _none
    """A function that returns its sources: rows, such as reminders, on which the program acts once they are due.

    It is called once, at the start, with the settings and all subjects of reminders by kind.
    """
    chores: Sequence[Chore] = field(default=(), metadata=_KEPT)
    """Its functions that are run every hour."""
    personal_data: Sequence[PersonalData] = field(default=(), metadata=_KEPT)
    """Which personal data its tables contain, and what erasing a person does to each table."""
    after_membership: AfterMembership | None = field(default=None, metadata=_KEPT)
    """The functions called when a person leaves, is admitted again, loses a role or is about to be erased."""
    endings: Sequence[Ending] = field(default=(), metadata=_KEPT)
    """Rules for what has ended for good in its tables, so that it stays ended when an older backup is restored."""
    roles: Sequence[Role] = field(default=(), metadata=_KEPT)
    """Its roles beside participant, facilitator and organiser, which people are given (`bot.content.roles`)."""
    answers: Sequence[hooks.HookDefinition] = ()
    """Its implementations of hooks, the questions that capabilities below it ask (`bot.content.hooks`)."""
    entry_points: Mapping[entry_points.EntryPoint, Button] = field(default_factory=dict)
    """Buttons that open its screens, for use in the engine's own messages (`bot.content.entry_points`)."""
    home: Sequence[ScreenPart] = ()
    """Its parts of a person's home screen, which the command «moi» shows; none of these parts has `next_steps`."""
    bar: Sequence[ScreenPart] = ()
    """Its parts of the bar, one short line above the conversation on pages, which says what is on or next.

    Pages show the first line that the parts have, and ask for it again at the moment that it names.
    No part has buttons or `next_steps`.
    """
    menu: Sequence[MenuPart] = ()
    """Its parts of the menu of what a person can do now. Personal pages and the command «aide» show the menu."""
    group: Sequence[ScreenPart] = ()
    """Its parts of the screen of a person's own group, which the command «groupe» shows, above the card's buttons.

    None has `next_steps`.
    """
    organiser_home: Sequence[ScreenPart] = ()
    """Its parts of the organisers' home screen, which the command «organiser» shows."""
    to_prepare: Sequence[Preparation] = ()
    """What organisers must prepare before the gathering; their home screen lists each item until it is prepared."""
    topics: Sequence[Contributed] = ()
    """Its topics: what people ask about in their own words, each with its answer (`bot.conversation.topics`)."""
    offline: Sequence[Offline] = ()
    """What personal pages store on people's devices, so that it can be read without network, by command or function."""
    listeners: Sequence[Listener] = ()
    """Its listeners, which get typed words that no command, form or screen expects (`bot.conversation.hearing`)."""
    alarm: Alarm | None = None
    """Recognises cries for help in typed words, and keeps words until their writer says what they are for.

    At most one capability has it.
    """
    files_in_use: Sequence[FileTable] = field(default=(), metadata=_KEPT)
    """Its tables whose rows name files. A stored file that no row of any table names is deleted."""
    reminders: Sequence[Subject] = ()
    """Its subjects of reminders: kinds of things that people are reminded of, such as sessions or a deadline."""
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """Functions by kind of delivery; each is called once per platform, and returns the reader of the messages' content.
    """
    letters: Mapping[str, WriteLetter] = field(default_factory=dict)
    """The functions that write letters (messages with a secret) just before they are sent, by kind of letter."""
    claims: Sequence[ClaimPart] = ()
    """The SQL parts about its tables for the statement by which the outbox claims deliveries before it sends them."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """Functions that are called once per platform and return an object; the program tells it how deliveries proceed."""
    lock_screen: Mapping[str, Text] = field(default_factory=dict)
    """By kind of delivery: what a notification says on a locked phone, where anybody may read it."""
    displays: Sequence[Display] = ()
    """Its displays: pages on a wall that need no login and follow something live (`bot.conversation.displays`)."""
    grids: Sequence[Grid] = ()
    """Its tables on the desk, the organisers' wide page, in which they sort, filter, edit and paste."""
    channels: DrawChannel | None = None
    """How groups get their channels, threads or topics on the platforms; at most one capability has this."""
    calendar: CalendarSource | None = None
    """The source of entries for the platforms' own calendars; at most one capability has this."""


def load(names: Sequence[str]) -> Sequence[Capability]:
    """Load the capabilities (folders of handlers/) with these names, and return them in this order.

    Their kinds of audiences, hooks, entry points and roles are registered and replace all that were registered before.
    Raises ModuleNotFoundError for a name without a module `capability`, and ValueError if two capabilities define the
    same hook, entry point or role.
    """
    load_audiences(names)
    capabilities: Sequence[Capability] = [import_module(f"handlers.{name}.capability").CAPABILITY for name in names]
    hooks.connect(answer for capability in capabilities for answer in capability.answers)
    entry_points.make_known(capability.entry_points for capability in capabilities)
    know_roles(capabilities)
    return capabilities


def know_roles(capabilities: Sequence[Capability]) -> None:
    """Make the roles that these capabilities declare known to the engine, in place of the roles known before.

    Raises ValueError if two roles have the same key.
    """
    roles.make_known(_joined({role.key: (role, each.only_with)} for each in capabilities for role in each.roles))


def switched_on(capabilities: Sequence[Capability], settings: Settings) -> Sequence[Capability]:
    """Return these capabilities; of a capability that the settings switch off, return only the part that must go on.

    A capability that is off answers nothing and adds nothing to any screen. Its personal data are still shown to the
    people concerned and erased with them. People who press one of its old buttons are told that it is no longer
    offered.
    """
    return [
        capability if capability.only_with is None or settings.has(capability.only_with) else _off(capability)
        for capability in capabilities
    ]


def _off(capability: Capability) -> Capability:
    kept = {part.name: getattr(capability, part.name) for part in fields(Capability) if part.metadata == _KEPT}
    every = (*capability.routes, *capability.facilitator_routes, *capability.organiser_routes)
    return Capability(switched_off=[begin for routes in every for begin in routes.by_beginning], **kept)


def _switched_off(capabilities: Sequence[Capability]) -> Collection[str]:
    return {begin for capability in capabilities for begin in capability.switched_off}


def make_router(capabilities: Sequence[Capability]) -> Router:
    """Return the router for these capabilities, which finds the function that answers a command, button or text.

    Raises ValueError if two capabilities use the same command, payload, kind of job or kind of live screen, or if both
    have an alarm. It is also raised if a capability gives `next_steps`, buttons that only the organisers' home screen
    shows, to its part of another screen.
    """
    for part in (part for each in capabilities for part in (*each.home, *each.bar, *each.group)):
        if part.next_steps:
            name = f"{part.show.__module__}.{part.show.__qualname__}"
            raise ValueError(f"the part {name} has `next_steps`, which only the organisers' home screen shows")
    return Router(
        hearing.routes,
        *(routes for capability in capabilities for routes in capability.routes),
        *(routes for capability in capabilities for routes in capability.facilitator_routes),
        *(routes for capability in capabilities for routes in capability.organiser_routes),
        reminders=subjects(capabilities),
        offline=[screen for capability in capabilities for screen in capability.offline],
        listeners=[listener for capability in capabilities for listener in capability.listeners],
        topics=[topic for capability in capabilities for topic in capability.topics],
        alarm=_only_one("an alarm", (capability.alarm for capability in capabilities)),
        shared=SharedScreens(
            home=_in_order(part for capability in capabilities for part in capability.home),
            bar=_in_order(part for capability in capabilities for part in capability.bar),
            menu=sorted(
                (part for capability in capabilities for part in capability.menu),
                key=lambda part: (part.section.order, part.order),
            ),
            group=_in_order(part for capability in capabilities for part in capability.group),
            organiser_home=_in_order(part for capability in capabilities for part in capability.organiser_home),
            to_prepare=sorted(
                (each for capability in capabilities for each in capability.to_prepare), key=lambda each: each.order
            ),
            grids=_joined({grid.key: grid} for capability in capabilities for grid in capability.grids),
        ),
        switched_off=_switched_off(capabilities),
    )


def _in_order(parts: Iterable[ScreenPart]) -> Sequence[ScreenPart]:
    return sorted(parts, key=lambda part: part.order)


def subjects(capabilities: Sequence[Capability]) -> Mapping[str, Subject]:
    """Return all kinds of things that people are reminded of, such as sessions, by the name of the kind.

    Raises ValueError if two capabilities declare the same kind.
    """
    return _joined({subject.kind: subject} for capability in capabilities for subject in capability.reminders)


def make_sources(capabilities: Sequence[Capability], settings: Settings) -> Sequence[Source]:
    """Return all sources of events that become due, such as reminders, in reverse order of the capabilities.

    The Ticker calls them in this order, so that a due reminder is sent before a due announcement cancels what the
    reminder is about.
    """
    known = subjects(capabilities)
    return [source for capability in reversed(capabilities) for source in capability.sources(settings, known)]


def contributions(capabilities: Sequence[Capability]) -> Contributions:
    """Return everything that these capabilities add to the sending of messages.

    Raises ValueError if two capabilities have `channels` or a `calendar`, which only one may have, or if two add
    content or reminders under the same name.
    """
    return Contributions(
        switched_off=_switched_off(capabilities),
        of_its_day=[kind for kind, subject in subjects(capabilities).items() if subject.of_its_day],
        claims=[part for capability in capabilities for part in capability.claims],
        content=_joined(capability.content for capability in capabilities),
        letters=_joined(capability.letters for capability in capabilities),
        progress=[make for capability in capabilities for make in capability.progress],
        channels=_only_one("channels", (capability.channels for capability in capabilities)),
        calendar=_only_one("a calendar", (capability.calendar for capability in capabilities)),
    )


def lock_screen(capabilities: Sequence[Capability]) -> Mapping[str, Text]:
    """Return the texts that notifications show on a locked phone, by kind of message.

    Raises ValueError if two capabilities declare the same kind.
    """
    return _joined(capability.lock_screen for capability in capabilities)


T = TypeVar("T")


def _joined(contributed: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    """Return all named contributions together. Raises ValueError if two have the same name."""
    together: dict[str, T] = {}
    for mapping in contributed:
        if both := together.keys() & mapping.keys():
            raise ValueError(f"two capabilities contribute {min(both)!r}")
        together.update(mapping)
    return together


def _only_one(what: str, contributed: Iterable[T | None]) -> T | None:
    """Return the one contribution; None if there is none. Raises ValueError, naming `what`, if there are several."""
    there = [part for part in contributed if part is not None]
    if len(there) > 1:
        raise ValueError(f"{len(there)} capabilities contribute {what}, one at most can")
    return there[0] if there else None

"""What the engine must be told of a capability: one `Capability` in `handlers/<name>/capability.py`.

A capability is one folder of handlers/, listed by its name in `handlers.CAPABILITIES`. The engine knows none by
name: it asks each for the parts named here, and puts them together.

Commands of the shell need less of a capability than that. For their sake some modules are found by name and loaded
alone, where a capability has them: `settings`, `seeding`, `checking` and `audiences` (see bot.config.modules), `cli`
(see bot.cli.main).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeVar

from bot.background.reminding import Subject
from bot.background.scheduling import Chore, Source
from bot.config.modules import load_audiences
from bot.config.settings import Settings
from bot.content import hooks, ways
from bot.content.views import Button
from bot.conversation.router import Router
from bot.conversation.routes import MenuPart, Routes, ScreenPart, SharedScreens
from bot.delivery.contributions import (
    CalendarSource,
    ClaimPart,
    Contributions,
    CopyContent,
    DeliveryProgress,
    DrawChannel,
)
from bot.files.named_files import FileTable
from bot.people.declared import AfterMembership, PersonalData


def _none(_settings: Settings, _subjects: Mapping[str, Subject]) -> Sequence[Source]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Everything that the engine must know of one capability; what it does not have is left out."""

    routes: Sequence[Routes] = ()
    """What participants, and people who are not known yet, can ask for, and with it the live screens they are shown."""
    facilitator_routes: Sequence[Routes] = ()
    organiser_routes: Sequence[Routes] = ()
    sources: Callable[[Settings, Mapping[str, Subject]], Sequence[Source]] = _none
    """Rows that become due: what is released at its time. Called once, at the start, with all that people are reminded
    of, by its kind."""
    chores: Sequence[Chore] = ()
    """What is tidied once an hour."""
    personal_data: Sequence[PersonalData] = ()
    """What its tables hold of people, and what forgetting someone does to each."""
    after_membership: AfterMembership | None = None
    """What it does when someone is shut out, let in again, loses a role or is about to be erased."""
    answers: Sequence[hooks.HookDefinition] = ()
    """What it answers to the hooks of capabilities below it (`bot.content.hooks`)."""
    ways: Mapping[ways.Way, Button] = field(default_factory=dict)
    """Which screens that the engine's own messages lead to are its own (`bot.content.ways`)."""
    home: Sequence[ScreenPart] = ()
    """What it adds to a person's own screen («moi»)."""
    menu: Sequence[MenuPart] = ()
    """What it adds to the menu, which says what can be done now: that of the page, and the screen «aide»."""
    group: Sequence[ScreenPart] = ()
    """What it adds to the screen of one's own group («groupe»), above the buttons of the card."""
    organiser_home: Sequence[ScreenPart] = ()
    """What it adds to the organisers' screen («organiser»)."""
    files_in_use: Sequence[FileTable] = ()
    """Its tables with files: what none of their rows names is taken off the disk."""
    reminders: Sequence[Subject] = ()
    """What people are reminded of that is its own: sessions, a deadline."""
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """By the kind of deliveries that are copies: makes what knows their words, once for each platform."""
    claims: Sequence[ClaimPart] = ()
    """What the claim of deliveries reads in its tables."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """Makes what follows how far deliveries have come, once for each platform."""
    channels: DrawChannel | None = None
    """The channels that groups have on the platforms: a thread, a topic; one capability at most has them."""
    calendar: CalendarSource | None = None
    """What the platforms' own calendars show; one capability at most has one."""


def load(names: Sequence[str]) -> Sequence[Capability]:
    """The capabilities of these names, in their order; from now on their audiences are known and their hooks answered.

    Raises ModuleNotFoundError for a name without a `capability` module, ValueError where two answer the same hook.
    """
    load_audiences(names)
    capabilities: Sequence[Capability] = [import_module(f"handlers.{name}.capability").CAPABILITY for name in names]
    hooks.connect(answer for capability in capabilities for answer in capability.answers)
    ways.make_known(capability.ways for capability in capabilities)
    return capabilities


def make_router(capabilities: Sequence[Capability]) -> Router:
    """Find again what capabilities declare.

    Raises ValueError where two of them claim the same word or payload, or the same kind of job or live screen.
    """
    return Router(
        *(routes for capability in capabilities for routes in capability.routes),
        *(routes for capability in capabilities for routes in capability.facilitator_routes),
        *(routes for capability in capabilities for routes in capability.organiser_routes),
        reminders=subjects(capabilities),
        shared=SharedScreens(
            home=_in_order(part for capability in capabilities for part in capability.home),
            menu=sorted(
                (part for capability in capabilities for part in capability.menu),
                key=lambda part: (part.section.order, part.order),
            ),
            group=_in_order(part for capability in capabilities for part in capability.group),
            organiser_home=_in_order(part for capability in capabilities for part in capability.organiser_home),
        ),
    )


def _in_order(parts: Iterable[ScreenPart]) -> Sequence[ScreenPart]:
    return sorted(parts, key=lambda part: part.order)


def subjects(capabilities: Sequence[Capability]) -> Mapping[str, Subject]:
    """What people are reminded of, by its kind. Raises ValueError where two capabilities have the same kind."""
    return _joined({subject.kind: subject} for capability in capabilities for subject in capability.reminders)


def make_sources(capabilities: Sequence[Capability], settings: Settings) -> Sequence[Source]:
    """What is released at its time: what stands lower among the capabilities comes first.

    So reminders leave before an announcement ends what they are about.
    """
    known = subjects(capabilities)
    return [source for capability in reversed(capabilities) for source in capability.sources(settings, known)]


def contributions(capabilities: Sequence[Capability]) -> Contributions:
    """What capabilities contribute to the way out. Raises ValueError for what only one of them can, and two do."""
    return Contributions(
        of_its_day=[kind for kind, subject in subjects(capabilities).items() if subject.of_its_day],
        claims=[part for capability in capabilities for part in capability.claims],
        content=_joined(capability.content for capability in capabilities),
        progress=[make for capability in capabilities for make in capability.progress],
        channels=_only_one("channels", (capability.channels for capability in capabilities)),
        calendar=_only_one("a calendar", (capability.calendar for capability in capabilities)),
    )


T = TypeVar("T")


def _joined(contributed: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    """What capabilities contribute by name, together. Raises ValueError where two have the same name for theirs."""
    together: dict[str, T] = {}
    for mapping in contributed:
        if both := together.keys() & mapping.keys():
            raise ValueError(f"two capabilities contribute {min(both)!r}")
        together.update(mapping)
    return together


def _only_one(what: str, contributed: Iterable[T | None]) -> T | None:
    """What one capability contributes; None where none does. Raises ValueError where several do."""
    there = [each for each in contributed if each is not None]
    if len(there) > 1:
        raise ValueError(f"{len(there)} capabilities contribute {what}, one at most can")
    return there[0] if there else None

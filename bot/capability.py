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
    """Its routes: commands, buttons, choices, texts, files, jobs and live screens."""
    facilitator_routes: Sequence[Routes] = ()
    organiser_routes: Sequence[Routes] = ()
    sources: Callable[[Settings, Mapping[str, Subject]], Sequence[Source]] = _none
    """Rows that become due: what is released at its time. Called once, at the start, with all that people are reminded
    of, by its kind."""
    chores: Sequence[Chore] = ()
    """Its hourly chores."""
    personal_data: Sequence[PersonalData] = ()
    """The personal data in its tables, and what erasing someone does to each."""
    after_membership: AfterMembership | None = None
    """What it does when someone is shut out, let in again, loses a role or is about to be erased."""
    answers: Sequence[hooks.HookDefinition] = ()
    """Its definitions of hooks of capabilities below it (`bot.content.hooks`)."""
    ways: Mapping[ways.Way, Button] = field(default_factory=dict)
    """Its screens that the engine's own messages lead to (`bot.content.ways`)."""
    home: Sequence[ScreenPart] = ()
    """Its part of a person's home screen («moi»)."""
    menu: Sequence[MenuPart] = ()
    """Its part of the menu, which says what can be done now: that of the page, and the screen «aide»."""
    group: Sequence[ScreenPart] = ()
    """Its part of the screen of one's own group («groupe»), above the buttons of the card."""
    organiser_home: Sequence[ScreenPart] = ()
    """Its part of the organisers' screen («organiser»)."""
    files_in_use: Sequence[FileTable] = ()
    """Its tables with files; a file that none of their rows names is deleted from the disk."""
    reminders: Sequence[Subject] = ()
    """Its subjects of reminders: sessions, a deadline."""
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """By the kind of deliveries that are copies: makes the reader of their words, once for each platform."""
    claims: Sequence[ClaimPart] = ()
    """The parts of its tables that the claim of deliveries reads."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """Makes the object that follows deliveries, once for each platform."""
    channels: DrawChannel | None = None
    """The channels that groups have on platforms, threads or topics; at most one capability has them."""
    calendar: CalendarSource | None = None
    """The entries of the platforms' own calendars; at most one capability has them."""


def load(names: Sequence[str]) -> Sequence[Capability]:
    """Load the capabilities of these names, in order, and make their audiences, hooks and ways known.

    Raises ModuleNotFoundError for a name without a `capability` module, ValueError where two answer the same hook.
    """
    load_audiences(names)
    capabilities: Sequence[Capability] = [import_module(f"handlers.{name}.capability").CAPABILITY for name in names]
    hooks.connect(answer for capability in capabilities for answer in capability.answers)
    ways.make_known(capability.ways for capability in capabilities)
    return capabilities


def make_router(capabilities: Sequence[Capability]) -> Router:
    """Return the router for everything that capabilities declare.

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
    """Return the subjects of reminders by kind. Raises ValueError where two capabilities have the same kind."""
    return _joined({subject.kind: subject} for capability in capabilities for subject in capability.reminders)


def make_sources(capabilities: Sequence[Capability], settings: Settings) -> Sequence[Source]:
    """Return the sources of what is released at its time; those of lower capabilities come first.

    So reminders leave before an announcement ends what they are about.
    """
    known = subjects(capabilities)
    return [source for capability in reversed(capabilities) for source in capability.sources(settings, known)]


def contributions(capabilities: Sequence[Capability]) -> Contributions:
    """Return what capabilities contribute to delivery. Raises ValueError where two contribute what only one may."""
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
    """Return everything that capabilities contribute by name. Raises ValueError where two use the same name."""
    together: dict[str, T] = {}
    for mapping in contributed:
        if both := together.keys() & mapping.keys():
            raise ValueError(f"two capabilities contribute {min(both)!r}")
        together.update(mapping)
    return together


def _only_one(what: str, contributed: Iterable[T | None]) -> T | None:
    """Return what one capability contributes; None where none does. Raises ValueError where several do."""
    there = [part for part in contributed if part is not None]
    if len(there) > 1:
        raise ValueError(f"{len(there)} capabilities contribute {what}, one at most can")
    return there[0] if there else None

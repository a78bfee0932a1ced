"""What capabilities declare, put together."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject
from bot.background.scheduling import Released, Source
from bot.capability import Capability, contributions, make_sources, subjects
from bot.content.texts import Span
from bot.content.ways import Way
from bot.database.engine import Transaction
from bot.delivery.listed import CalendarEntry
from tests.world import CAPABLE, make_settings


async def compose(_tx: Transaction, _reminder: Reminder, _now: datetime) -> Notice | None:
    raise NotImplementedError


async def name(_tx: Transaction, _reminder: Reminder) -> Span | None:
    raise NotImplementedError


async def entry(_tx: Transaction, _id: int, _locales: Sequence[str], _now: datetime) -> CalendarEntry | None:
    raise NotImplementedError


class Nothing:
    """A source that never has anything to release."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        raise NotImplementedError

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        raise NotImplementedError

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        raise NotImplementedError


def a_subject(kind: str, *, of_its_day: bool = True) -> Subject:
    return Subject(kind=kind, compose=compose, name=name, of_its_day=of_its_day)


def test_a_source_is_given_what_every_capability_reminds_of() -> None:
    given: list[frozenset[str]] = []
    upper, lower = Nothing(), Nothing()

    def sources(_settings: object, known: object) -> Sequence[Source]:
        assert isinstance(known, dict)
        given.append(frozenset(known))
        return (lower,)

    capabilities = [
        Capability(reminders=(a_subject("concert"),), sources=lambda _settings, _subjects: (upper,)),
        Capability(reminders=(a_subject("boat"),), sources=sources),
    ]
    made = make_sources(capabilities, make_settings())
    assert given == [{"concert", "boat"}]
    assert made == [lower, upper], "what stands lower is released first"


def test_a_kind_of_subject_is_one_capability_s() -> None:
    capabilities = [Capability(reminders=(a_subject("boat"),)), Capability(reminders=(a_subject("boat"),))]
    with pytest.raises(ValueError, match="'boat'"):
        subjects(capabilities)


def test_a_calendar_is_one_capability_s() -> None:
    capabilities = [Capability(calendar=entry), Capability(calendar=entry)]
    with pytest.raises(ValueError, match="a calendar"):
        contributions(capabilities)


def test_only_what_has_its_day_is_never_put_off_to_the_next() -> None:
    capability = Capability(reminders=(a_subject("boat"), a_subject("petition", of_its_day=False)))
    assert contributions([capability]).of_its_day == ["boat"]


def test_campaigns_alone_may_wait_for_the_next_day() -> None:
    known = subjects(CAPABLE)
    assert set(known) - set(contributions(CAPABLE).of_its_day) == {"campaign"}


def test_every_way_of_the_engine_leads_to_a_screen() -> None:
    assert {way for capability in CAPABLE for way in capability.ways} == set(Way)


def test_the_engine_leads_to_no_command_by_its_name() -> None:
    """The rehearsal plays people, who type commands."""
    bot = Path(__file__).parents[1] / "bot"
    named = [
        f"{path.relative_to(bot)}:{node.lineno}"
        for path in sorted(bot.rglob("*.py"))
        if path.relative_to(bot).parts[0] != "rehearsal"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Go"
        if any(isinstance(argument, ast.Constant) for argument in node.args)
    ]
    assert named == []

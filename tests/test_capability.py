"""What capabilities declare, put together."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject
from bot.background.scheduling import Released, Source
from bot.capability import Capability, contributions, make_router, make_sources, subjects, switched_on
from bot.config.modules import load_audiences
from bot.content.entry_points import EntryPoint
from bot.content.texts import Span
from bot.content.views import View
from bot.conversation.routes import NextStep, Request, ScreenPart
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CalendarEntry
from bot.delivery.contributions import CalendarSource, ClaimPart
from bot.delivery.delivery_store import claim_statement
from bot.people import group_store
from handlers.rides.settings import RideSettings
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
    source = CalendarSource(table="concerts", belongs="s.held = 1", draw=entry)
    capabilities = [Capability(calendar=source), Capability(calendar=source)]
    with pytest.raises(ValueError, match="a calendar"):
        contributions(capabilities)


def test_what_the_claim_reads_is_contributed_once() -> None:
    boats = ClaimPart(joins="LEFT JOIN boats c ON c.participant_id = d.participant_id", columns={"label": "c.boat"})
    statement = claim_statement([], contributions([Capability(claims=(boats,))]).claims)
    assert " LEFT JOIN boats c ON c.participant_id = d.participant_id ORDER BY" in statement
    assert ", c.boat AS label, NULL AS copy_revision, NULL AS copy_state, 0 AS copy_seen, " in statement
    with pytest.raises(ValueError, match="'label'"):
        claim_statement([], [boats, boats])
    with pytest.raises(ValueError, match="'boat'"):
        claim_statement([], [ClaimPart(joins="", columns={"boat": "1"})])


def test_groups_are_formed_by_one_capability() -> None:
    known = group_store.tables()
    with pytest.raises(ValueError, match="two capabilities form groups"):
        group_store.declare(replace(known, members="crews"))
    assert group_store.tables() == known


def test_nobody_asks_where_groups_are_before_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_store, "_declared", [])
    with pytest.raises(RuntimeError, match="once the audiences of the capabilities are loaded"):
        group_store.tables()
    load_audiences(["themes"])
    assert group_store.tables() == group_store.NOBODY
    load_audiences(["groups"])
    assert group_store.tables().members == "members"
    load_audiences(["themes"])
    assert group_store.tables().members == "members"


def test_only_what_has_its_day_is_never_put_off_to_the_next() -> None:
    capability = Capability(reminders=(a_subject("boat"), a_subject("petition", of_its_day=False)))
    assert contributions([capability]).of_its_day == ["boat"]


def test_campaigns_alone_may_wait_for_the_next_day() -> None:
    known = subjects(CAPABLE)
    assert set(known) - set(contributions(CAPABLE).of_its_day) == {"campaign"}


def test_every_way_of_the_engine_leads_to_a_screen() -> None:
    assert {way for capability in CAPABLE for way in capability.entry_points} == set(EntryPoint)


def test_the_engine_leads_to_no_command_by_its_name() -> None:
    """The rehearsal plays people, who type commands."""
    root = Path(__file__).parents[1]
    naming = {
        path.relative_to(root).parts[:2]
        for folder in ("bot", "handlers")
        for path in (root / folder).rglob("*.py")
        if "Go(" in (source := path.read_text(encoding="utf-8"))  # to parse them all takes seconds
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Go"
        if any(isinstance(argument, ast.Constant) for argument in node.args)
    }
    assert ("handlers", "home") in naming
    assert {package for folder, package in naming if folder == "bot"} <= {"rehearsal"}


async def show_nothing(_request: Request) -> View:
    raise NotImplementedError


async def steps(_request: Request) -> Sequence[NextStep]:
    raise NotImplementedError


_STEPS = ScreenPart(1, show_nothing, next_steps=steps)


@pytest.mark.parametrize("proposed", [Capability(home=(_STEPS,)), Capability(group=(_STEPS,))])
def test_next_steps_are_refused_on_a_screen_that_shows_none(proposed: Capability) -> None:
    with pytest.raises(ValueError) as refused:
        make_router((*CAPABLE, proposed))
    assert str(refused.value) == (
        f"the part {__name__}.show_nothing has `next_steps`, which only the organisers' home screen shows"
    )
    there = make_router((*CAPABLE, Capability(organiser_home=(_STEPS,))))
    assert _STEPS in there.shared.organiser_home


def test_a_capability_without_its_section_keeps_only_what_it_stored_about_people() -> None:
    [rides] = [capability for capability in CAPABLE if capability.only_with is RideSettings]
    [off] = switched_on([rides], make_settings())
    assert (off.routes, off.home, off.menu, off.reminders) == ((), (), (), ())
    assert (off.personal_data, off.after_membership) == (rides.personal_data, rides.after_membership)
    assert {"cvn", "go-covoiturage"} <= set(off.switched_off)
    assert switched_on([rides], make_settings(rides={})) == [rides]

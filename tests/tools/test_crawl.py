"""A short crawl: nothing goes wrong whoever presses what; and what does go wrong is found."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import replied
from bot.rehearsal.botapi import content
from bot.rehearsal.contributions import Prepared, Stage
from handlers.themes import store as themes
from tools.crawl.crawling import ROLES, Crawl, crawl
from tools.crawl.life import FIRST, Step, all_steps
from tools.crawl.reach import reach_of


def steps_with(*names: str) -> list[Step]:
    """The steps of a crawl in which these stages happen."""
    return [step for step in all_steps() if {stage.name for stage in step} & {*names}]


SHORT = steps_with("announcements in every state", "groups published", "phase 1 begun", "phase 1 revealed")
"""As much as fits into the tests."""


@pytest.mark.first
async def test_whatever_is_pressed_nothing_fails_and_no_platform_refuses_anything(tmp_path: Path) -> None:
    told: list[str] = []
    found = await crawl(tmp_path, presses=4, seed=7, steps=SHORT, tell=told.append)
    assert found.clean, "\n".join(told)
    assert len(found.presses) == 3 * len(ROLES)
    assert min(found.presses.values()) >= 12


async def test_a_signal_ends_it_in_good_order() -> None:
    command = (sys.executable, "-m", "tools.crawl", "--presses", "0")
    same = {**os.environ, "PYTHONHASHSEED": "0"}
    crawling = await asyncio.create_subprocess_exec(*command, env=same, stdout=asyncio.subprocess.PIPE)
    assert crawling.stdout
    try:
        assert await crawling.stdout.readuntil(b" presses,"), "the first step is done"
        crawling.terminate()
        async with asyncio.timeout(60):
            assert await crawling.wait() == 1
    finally:
        if crawling.returncode is None:
            crawling.kill()
            await crawling.wait()


async def test_a_seed_presses_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def note(_crawl: Crawl, person: Any, what: str) -> None:
        # Random ids of 53 bits, of which one in ninety has fewer than ten digits in base 36.
        done.append(f"{person.name} {re.sub(r'[-:][0-9a-z]{7,11}(?![0-9a-z])|kc-[A-Z0-9]+', '#', what)}")

    monkeypatch.setattr(Crawl, "_say", note)
    crawls = []
    steps = steps_with("people have come in", "somebody confides")
    for name, noted_after in (("once", 0.05), ("again", 3600.0)):  # however soon the machine notes what was sent
        monkeypatch.setattr(replied, "_FLUSH_AFTER", noted_after)
        (tmp_path / name).mkdir()
        await crawl(tmp_path / name, presses=2, seed=11, steps=steps, platforms=("telegram", "discord"))
        crawls.append([*done])
        done.clear()
    assert crawls[0] == crawls[1]
    assert len(crawls[0]) > 60


async def test_a_handler_that_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_given: Any) -> Any:
        raise ValueError("no themes today")

    async def breaks(_prepared: Prepared) -> None:
        monkeypatch.setattr(themes, "all_themes", broken)

    steps = ([FIRST], [Stage("a handler is broken", -28, breaks)])
    told: list[str] = []
    found = await crawl(tmp_path, presses=5, seed=8, steps=steps, platforms=("web",), tell=told.append)
    assert all("no themes today" in defect for defect in found.defects)
    assert found.defects


async def test_a_message_that_telegram_would_refuse_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "TEXT_UNITS", 20)
    told: list[str] = []
    found = await crawl(tmp_path, presses=2, seed=7, steps=[[FIRST]], platforms=("telegram",), tell=told.append)
    assert found.violations["Telegram refuses sendMessage: Bad Request: message is too long"]


def test_a_capability_of_which_nothing_was_pressed_is_named() -> None:
    reach = reach_of({"pnd", "go-theme", "pnp?"}, {"wvc"})
    assert "handlers.plenary" not in reach.missed
    assert "handlers.results" in reach.missed
    assert reach.lines[0].startswith("reached 4 of ")
    assert ", 1 of them unseen; capabilities without any: bot.conversation, handlers.account, " in reach.lines[0]
    [ideas] = [line for line in reach.lines[1:] if line.startswith("  handlers.ideas: ")]
    assert {"wvc,", "(wvt),"} <= {*ideas.split()}


def test_what_capabilities_prepare_is_done_in_the_order_of_the_gathering() -> None:
    names = [[stage.name for stage in step] for step in all_steps()]
    assert names[0] == ["people have come in"]
    assert names[-1] == ["the gathering is over"]
    assert ["plenary begun"] in names

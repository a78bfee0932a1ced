"""A short crawl: nothing goes wrong whoever presses what; and what does go wrong is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.botapi import content
from handlers.themes import store as themes
from tools.crawl.crawling import Crawl, crawl
from tools.crawl.life import SHORT, STEPS, Life


async def test_whatever_is_pressed_nothing_fails_and_no_platform_refuses_anything(tmp_path: Path) -> None:
    told: list[str] = []
    found = await crawl(tmp_path, presses=6, seed=7, steps=SHORT, tell=told.append)
    assert found.clean, "\n".join(told)
    assert len(found.presses) == 12
    assert min(found.presses.values()) >= 18


async def test_a_seed_presses_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def note(_crawl: Crawl, person: Any, what: str) -> None:
        done.append(f"{person.name} {re.sub(r'[-:]k[0-9a-z]{9}(?![0-9a-z])|kc-[A-Z0-9]+', '#', what)}")

    monkeypatch.setattr(Crawl, "_say", note)
    crawls = []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        await crawl(tmp_path / name, presses=6, seed=11, steps=SHORT[:2], platforms=("telegram", "discord"))
        crawls.append([*done])
        done.clear()
    assert crawls[0] == crawls[1]
    assert len(crawls[0]) > 80


async def test_a_handler_that_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_given: Any) -> Any:
        raise ValueError("no themes today")

    async def breaks(_life: Life) -> None:
        monkeypatch.setattr(themes, "all_themes", broken)

    steps = (STEPS[0], ("a handler is broken", breaks))
    told: list[str] = []
    found = await crawl(tmp_path, presses=12, seed=7, steps=steps, platforms=("web",), tell=told.append)
    assert all("no themes today" in defect for defect in found.defects)
    assert found.defects


async def test_a_message_that_telegram_would_refuse_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "TEXT_UNITS", 20)
    told: list[str] = []
    found = await crawl(tmp_path, presses=2, seed=7, steps=STEPS[:1], platforms=("telegram",), tell=told.append)
    assert found.violations["Telegram refuses sendMessage: Bad Request: message is too long"]

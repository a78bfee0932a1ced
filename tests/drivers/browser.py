"""A headless Chromium: Debian's, or the desktop's own; where there is one without windows, that."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

_SHELL = "chromium-headless-shell"
"""Chromium without the parts that make windows, of which headless ones have all: a test takes half of its time."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_ARGUMENTS = (
    "--no-sandbox",  # refuses to run as root, as in most containers; the pages are ours
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--renderer-process-limit=1",  # starting another process takes as long as most tests look at a page
)
_PATIENCE = 15_000  # milliseconds: on a busy machine a page takes its time
_MISSING = "needs Chromium, or Chrome. On Debian and Ubuntu: sudo apt install chromium chromium-headless-shell"


@asynccontextmanager
async def open_browser(*, whole: bool = False) -> AsyncIterator[Browser]:
    """A browser; without one on this machine the test is skipped, but not in CI, and says how to get one.

    A `whole` one can show what is pushed and what is in a PDF, and install a page.
    """
    program = _find(_NAMES if whole else (_SHELL, *_NAMES))
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_MISSING)
    expect.set_options(timeout=_PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


def _find(names: Sequence[str]) -> str | None:
    installed = (shutil.which(name) for name in names)
    return next((path for path in (*installed, *_ELSEWHERE) if path and Path(path).exists()), None)

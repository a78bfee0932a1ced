"""A headless Chromium: Debian's, or the desktop's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

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
_MISSING = "needs Chromium, or Chrome. On Debian and Ubuntu: sudo apt install chromium"


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A browser; without one on this machine the test is skipped, but not in CI, and says how to get one."""
    program = _find()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_MISSING)
    expect.set_options(timeout=_PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


def _find() -> str | None:
    installed = (shutil.which(name) for name in _NAMES)
    return next((path for path in (*installed, *_ELSEWHERE) if path and Path(path).exists()), None)

"""A headless Chromium: Debian's, or the desktop's own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A browser; without one on this machine the test is skipped, and says how to get one."""
    program = _find()
    if program is None:
        pytest.skip("needs Chromium (Debian: sudo apt install chromium) or Chrome")
    async with async_playwright() as playwright:
        # Its sandbox refuses to run as root, as in most containers; the pages are ours.
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


def _find() -> str | None:
    installed = (shutil.which(name) for name in _NAMES)
    return next((path for path in (*installed, *_ELSEWHERE) if path and Path(path).exists()), None)

"""Each case once on each platform that there is; a platform without a peer is an error."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.content.features import platforms
from tests.platforms.conformance.discord import open_discord
from tests.platforms.conformance.mail import open_mail_peer
from tests.platforms.conformance.page import open_page
from tests.platforms.conformance.peer import Peer
from tests.platforms.conformance.telegram import open_telegram
from tests.platforms.web.conftest import kept_phone as kept_phone  # the phone on which pages are looked at
from tests.platforms.web.conftest import phone as phone

PEERS: dict[str, Callable[[str], AbstractAsyncContextManager[Peer]]] = {
    "telegram": open_telegram,
    "discord": open_discord,
    "web": open_page,
    "email": open_mail_peer,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=platforms())
async def peer(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Peer]:
    """The other side of a platform's adapter, one for all cases of a module."""
    file = tmp_path_factory.mktemp("conformance") / "rencontres.db"
    shutil.copy(migrated_file, file)
    async with PEERS[request.param](f"sqlite:///{file}") as peer:
        yield peer

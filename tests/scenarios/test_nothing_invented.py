"""Who takes part in a gathering whose team confirmed nothing reads no invented sentence of the example, anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config.example import example_values
from bot.content import markdown
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, plain
from bot.content.views import Attachment, View
from bot.conversation.incoming import Called, Incoming
from bot.database.engine import Transaction
from handlers.plenary.displays.wall import WALL
from handlers.practical import seeding as practical
from handlers.practical import store as sections
from handlers.practical.participant import all_to_read
from handlers.programme import seeding as programme
from handlers.programme import store as sessions
from tests.walking import Walk, walks
from tests.world import AllSettings, World

READERS = [Reader(locale, "Europe/Paris") for locale in LOCALES]
EDITING = frozenset(
    [
        "zd",
        "zk",
        "zt",
        "zti",
        "ztx",
        "yo",
        "yp",
        "ys",
        "yk",
        "yl",
        "yn",
        "yr",
        "yx",
        "yxy",
        "yg",
        "yw",
        "ye",
        "yut",
        "yuy",
        "un",
    ]
)
"""The screens on which organisers confirm and change what is invented, by their buttons' codes."""


def _invented() -> Iterator[str]:
    values = example_values()
    for section in values["practical"]:
        for text in section["text"].values():
            yield from (plain(line, READERS[0]) for line in markdown.read(text) if line != "")
    for session in values["sessions"]:
        yield from session["title"].values()


INVENTED = frozenset(_invented())


def found_in(text: str) -> Sequence[str]:
    return [sentence for sentence in INVENTED if sentence in text]


def words_of(view: View) -> str:
    """All that is written in a message, in every language, and in the files that come with it."""
    spans = [*view.lines, *(button.label for button in view.buttons)]
    spans += [
        part
        for option in (view.choice.options if view.choice else ())
        for part in (option.label, option.description or "")
    ]
    files = [content_of(attachment) for attachment in view.attachments]
    return "\n".join([*(plain(span, reader) for span in spans for reader in READERS), *files, repr(view.place)])


def content_of(attachment: Attachment) -> str:
    return attachment.content.decode("utf-8", "replace").replace("\r\n ", "")


async def as_in_the_example(world: World) -> None:
    """Give the demo's gathering the example's programme and information, as a first start of the bot does."""
    values: dict[str, Any] = {key: example_values()[key] for key in ("sessions", "practical", "themes")}
    moved = world.settings.gathering.starts - example_values()["gathering"]["starts"]
    values["sessions"] = [
        {**session, **{end: session[end] + moved for end in ("starts", "ends")}} for session in values["sessions"]
    ]
    example = AllSettings.model_validate({**values, "gathering": world.settings.gathering})

    async def unit(tx: Transaction) -> None:
        for section in await sections.all_sections(tx):
            await sections.put_section(tx, section.key, {})
        for session in await sessions.all_sessions(tx):
            await sessions.remove_session(tx, session.id)
        await practical.SEED.write(tx, example)
        await programme.SEED.write(tx, example)

    await world.store.transact(unit)


@pytest.mark.parametrize(
    ("engine", "stage"),
    [
        ("sqlite", "announcements in every state"),
        ("postgres", "announcements in every state"),
        ("sqlite", "plenary begun"),
    ],
)
async def test_nobody_reads_what_nobody_confirmed(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, stage: str
) -> None:
    read: list[str] = []
    edited: set[str] = set()
    roles: list[str] = []
    async for walk in walks(request.getfixturevalue(f"{engine}_url"), tmp_path, (stage,), first=as_in_the_example):
        roles.append(walk.role)
        for screen, view in walk.shown:
            found = found_in(words_of(view))
            if walk.role == "organiser" and screen.rpartition(" ")[2] in EDITING:
                edited.update(found)
            elif found:
                read.append(f"{walk.role}, {screen}: {found[0]}")
        read += [f"offline: {sentence}" for sentence in found_in(await offline(walk))]
        if walk.role == "organiser":
            read += [f"on walls: {sentence}" for sentence in found_in(await on_walls(walk.world))]
            read += [f"on its way: {sentence}" for sentence in found_in(await on_its_way(walk.world))]
    assert read == [], "\n".join(read)
    assert roles == ["trusted person", "participant", "facilitator", "organiser"]
    assert len(edited) > 8, "the organiser sees what is to be confirmed"


async def offline(walk: Walk) -> str:
    """What a device keeps of the practical information, to be read without a network."""

    async def unit(tx: Transaction) -> str:
        incoming = Incoming(walk.chat.platform, "offline", walk.chat.sender, Called("infos"))
        kept = await all_to_read(await walk.world.dispatcher._request(tx, incoming))
        return "\n".join(words_of(view) for _title, view in kept)

    return await walk.world.store.read(unit)


async def on_walls(world: World) -> str:
    """What the screens show before and beside the plenaries that there are."""

    async def unit(tx: Transaction) -> str:
        plenaries = [row["id"] for row in await tx.all("SELECT id FROM plenaries")]
        return "\n".join([str(await WALL.draw(tx, str(plenary), world.clock.now())) for plenary in plenaries])

    return await world.store.read(unit)


async def on_its_way(world: World) -> str:
    """Everything that the outbox, the reminders and the jobs hold when the gathering is a day old."""
    await world.clock.advance(timedelta(hours=1))

    async def unit(tx: Transaction) -> str:
        rows = [row for table in ("deliveries", "jobs", "reminders") for row in await tx.all(f"SELECT * FROM {table}")]
        return "\n".join(str(dict(row)) for row in rows)

    return await world.store.read(unit)

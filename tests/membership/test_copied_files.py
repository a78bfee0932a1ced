"""Who sent the same file as somebody else, and is erased, takes neither the file nor its name from anybody."""

from __future__ import annotations

from functools import partial

import pytest

from bot.content.views import NOBODY, View
from bot.membership.erasure import erase
from bot.platforms.web import page_store
from handlers.ideas.store.files import add_file
from handlers.ideas.store.ideas import add_idea
from tests.groups.builders import crowd, group
from tests.participants import number
from tests.workshops.builders import PHASES, started
from tests.world import DECLARED, World, make_settings, open_world

BOTH, HERS, TEAMS = "a" * 64, "b" * 64, "c" * 64
NAME = "zoe.pdf"


async def gives(world: World, group_id: int, who: str, digest: str) -> None:
    """Somebody gives an idea with a file, which their group reads."""
    now = world.clock.now()
    idea = await world.change(
        add_idea, await number(world, who), group_id, "solutions", "A plan", now, stems="plan", category="fact"
    )
    await world.change(
        add_file, idea.id, digest=digest, name=NAME, media_type="application/pdf", picture=False, size=9, native_id=""
    )


async def hangs(world: World, who: str, digest: str, author: page_store.Author, named: frozenset[int] | None) -> None:
    """A message with a file stands on somebody's page."""
    attached = (page_store.NewAttachment("file", NAME, "application/pdf", digest=digest, named=named),)
    person, now = await number(world, who), world.clock.now()
    await world.change(page_store.add, person, author, View(("Look",)), now, attached=attached)


@pytest.mark.parametrize("texts", [False, True])
async def test_what_others_sent_keeps_its_name(store_url: str, texts: bool) -> None:
    async with open_world(store_url, make_settings(phases=PHASES)) as world:
        await crowd(world, "Zoe", "Max", "Ana")
        run = await started(world, await group(world, ["Zoe", "Max", "Ana"], theme="culture"), "solutions")
        await world.store.transact(lambda tx: tx.run("UPDATE phase_runs SET revealed_at = 1"))
        for who, digest in (("Zoe", BOTH), ("Max", BOTH), ("Zoe", HERS), ("Zoe", TEAMS)):
            await gives(world, run.group_id, who, digest)
        await hangs(world, "Ana", BOTH, "bot", None)
        await hangs(world, "Ana", HERS, "bot", None)
        await hangs(world, "Max", HERS, "person", None)  # which he sent as something else than an idea
        await hangs(world, "Ana", TEAMS, "bot", NOBODY)
        zoe, now = await number(world, "Zoe"), world.clock.now()
        await world.store.transact(
            partial(erase, declared=DECLARED, participant_id=zoe, now=now, texts=texts, files=world.files)
        )
        shown = await world.store.read(lambda tx: tx.all("SELECT digest, name FROM page_files ORDER BY message_id"))
        hers = [] if texts else [(HERS, "1.pdf")]
        assert [(row["digest"], row["name"]) for row in shown] == [(BOTH, NAME), *hers, (HERS, NAME), (TEAMS, NAME)]
        given = await world.store.read(
            lambda tx: tx.all("SELECT name FROM idea_files WHERE digest = :digest ORDER BY idea_id", digest=BOTH)
        )
        assert [row["name"] for row in given] == ([NAME] if texts else ["1.pdf", NAME])

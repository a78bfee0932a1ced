"""What goes to whoever helps from elsewhere says nothing of anybody, and opens no door."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from bot.app import build
from bot.cli.reporting import describe
from bot.content.views import View
from bot.conversation import inbox_store
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.logs import under_reference
from tests.security.builders import Gathering, open_gathering
from tests.world import make_settings

MARK = "Zzmarked"
"""In every name, word, address and secret of this gathering."""
NUMBER = 777000777
"""The account of its organiser, and the ids of its chats."""

SECTIONS: Mapping[str, Any] = {
    "gathering": {"name": f"{MARK} days", "privacy_contact": f"{MARK}@example.org"},
    "organisers": {"telegram": [NUMBER], "discord": [NUMBER]},
    "telegram": {
        "token": f"123456789:{MARK}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "api_base": f"https://{MARK}.example.org",
        "mode": "webhook",
        "webhook_url": f"https://{MARK}.example.org/telegram/updates",
        "webhook_secret": f"{MARK}-0123456789abcdef",
        "forum_chat_id": NUMBER,
    },
    "discord": {"token": MARK, "guild_id": NUMBER, "theme_roles": {"culture": NUMBER}},
    "web": {"host": f"{MARK}.example.org", "public_url": f"https://{MARK}.example.org"},
}


def values(node: object) -> Iterator[object]:
    """Every value, and every key, in what JSON can hold."""
    if isinstance(node, dict):
        yield from node
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from values(part)
    else:
        yield node


async def lived(gathering: Gathering) -> None:
    """People write, a defect undoes something, and a message never arrives."""
    zoe = await gathering.join_page(MARK, family_name=f"{MARK}-Dupont", organisation=f"{MARK} association")
    await zoe.command("equipe")
    await zoe.fill(f"{MARK} asks")
    now = gathering.world.clock.now()

    async def fail(tx: Transaction) -> None:
        await inbox_store.receive(tx, "telegram", "1", f"{MARK}1", f"{MARK}2", now, "failed")
        await inbox_store.mark_failed(tx, "telegram", "1", f"{MARK} was lost")
        assert await outbox.notify(tx, int(zoe.person_id), View((f"{MARK} is told",)), now, outbox.Telling.NEWS)
        await tx.run("UPDATE participants SET email = :email", email=f"{MARK}@example.org")
        refusal = f"Bad Request: {MARK}"  # as older versions kept them
        await tx.run("UPDATE deliveries SET state = 'failed', reason = :reason WHERE kind = 'message'", reason=refusal)

    with under_reference("4F0A91C2"):
        await gathering.world.store.transact(fail)


def log_of(folder: Path) -> Path:
    """A log that holds what none may hold."""
    lines: list[Any] = [
        {"event": "delivery.refused", "level": "warning", "reference": "4F0A91C2", "timestamp": "2027-03-01T09:00:00Z"},
        {"event": "delivery.refused", "level": "warning", "reference": MARK, "timestamp": MARK, "reason": MARK},
        {"event": f"Cannot reach {MARK}", "level": "error"},
        {"event": "delivery.refused", "level": MARK},
        [MARK],
    ]
    log = folder / f"{MARK}.log"
    log.write_text("\n".join([*map(json.dumps, lines), f"a line of {MARK}"]), encoding="utf-8")
    return log


async def test_nobody_and_no_secret_is_in_the_report(store_url: str, tmp_path: Path) -> None:
    async with open_gathering(store_url) as gathering:
        await lived(gathering)
        world = gathering.world
        settings = make_settings(**SECTIONS).model_copy(update={"storage": world.settings.storage})
        description = await describe(settings, log_of(tmp_path))
        rows = await gathering.rows()
    text = json.dumps(description, ensure_ascii=False)
    assert MARK in json.dumps(rows, default=str)
    for trace in (MARK, MARK.lower(), str(NUMBER), world.settings.storage.url, str(tmp_path), "example.org"):
        assert trace not in text
    hashes = {row["hash"] for row in rows["secrets"]}
    assert hashes
    assert hashes.isdisjoint(cast("Any", values(description)))
    database = description["database"]
    assert (database["state"], database["rows"]["participants"]) == ("up to date", len(rows["participants"]))
    assert [failure["reference"] for failure in database["updates undone by a defect"]] == ["4F0A91C2"]
    assert [(row["reason"], row["count"]) for row in database["never arrived"]] == [("another", 1)]
    assert description["log"] == [
        {
            "event": "delivery.refused",
            "level": "warning",
            "count": 2,
            "last": "2027-03-01T09:00:00+00:00",
            "references": ["4F0A91C2"],
        }
    ]
    assert description["settings"]["telegram"] == {
        "token": "set",
        "api_base": "set",
        "mode": "webhook",
        "webhook_url": "set",
        "webhook_secret": "set",
        "forum_chat_id": "set",
    }
    assert description["settings"]["organisers"] == {"telegram": 1, "discord": 1}


async def test_a_running_program_is_described_by_what_it_does(sqlite_url: str) -> None:
    settings = make_settings(storage={"url": sqlite_url})
    async with build(settings) as app:
        described = await describe(app.settings)
    assert described["database"]["state"] == "up to date"
    assert described["database"]["engine"].startswith("SQLite 3.")
    assert described["versions"]["libraries"]["aiohttp"][0].isdigit()
    assert described["drawing"] == {"missing fonts": [], "logo": "none"}
    assert described["machine"]["database"]["megabytes"] > 0

"""Answers for a role are taken away again by account: with the role, or from a role on; others keep theirs."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.content.roles import Who
from bot.conversation import inbox
from bot.database.engine import Store, Transaction
from bot.people import entrusted, participant_store
from bot.people.participants import Account

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


async def to_be_deleted(tx: Transaction) -> list[str]:
    rows = await tx.all("SELECT native_id FROM deliveries WHERE op = 'delete' ORDER BY native_id")
    return [row["native_id"] for row in rows]


async def test_what_a_role_let_an_account_have_goes_with_it(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        ids = []
        for name in ("Luc", "Eve"):
            person = await participant_store.add(tx, ref=name, given_name=name, family_name="", now=NOW)
            await participant_store.set_organises(tx, person.id, True)
            account = await participant_store.attach(tx, Account("telegram", name, name, name, "fr"), person.id, NOW)
            ids.append((person.id, account.id or 0))
            for who in (Who.FACILITATOR, Who.ORGANISER):
                update = f"{name}-{int(who)}"
                await inbox.receive(tx, "telegram", update, name, name, NOW)
                await entrusted.note(tx, "telegram", update, update, who, NOW)
        (luc, his), (_eve, hers) = ids
        assert await to_be_deleted(tx) == []
        await participant_store.set_organises(tx, luc, False)
        await entrusted.take_back(tx, [his, hers], NOW)
        assert await to_be_deleted(tx) == ["Luc-2", "Luc-3"]
        await entrusted.take_back(tx, [his, hers], NOW, least=Who.ORGANISER)
        assert await to_be_deleted(tx) == ["Eve-3", "Luc-2", "Luc-3"]
        await inbox.receive(tx, "telegram", "late", "Luc", "Luc", NOW)
        await entrusted.note(tx, "telegram", "late", "late", Who.ORGANISER, NOW)  # on its way when the role went
        assert "late" in await to_be_deleted(tx)

    await store.transact(unit)

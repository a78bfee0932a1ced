"""Answers for a role are taken away again by account: with the role, or from a role on; others keep theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.content.roles import Who
from bot.conversation import inbox_store, shown_screen_store
from bot.conversation.shown_screen_store import ShownScreen
from bot.database.engine import Store, Transaction
from bot.people import participant_store, role_messages_store
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
                await inbox_store.receive(tx, "telegram", update, name, name, NOW)
                await role_messages_store.record(tx, "telegram", update, update, who, NOW)
        (luc, his), (_eve, hers) = ids
        assert await to_be_deleted(tx) == []
        await participant_store.set_organises(tx, luc, False)
        await role_messages_store.take_back(tx, [his, hers], NOW)
        assert await to_be_deleted(tx) == ["Luc-2", "Luc-3"]
        await role_messages_store.take_back(tx, [his, hers], NOW, lost=Who.ORGANISER)
        assert await to_be_deleted(tx) == ["Eve-3", "Luc-2", "Luc-3"]
        await inbox_store.receive(tx, "telegram", "late", "Luc", "Luc", NOW)
        await role_messages_store.record(
            tx, "telegram", "late", "late", Who.ORGANISER, NOW
        )  # on its way when the role went
        assert "late" in await to_be_deleted(tx)

    await store.transact(unit)


async def test_nothing_becomes_of_a_message_that_is_taken_away_or_shows_something_else(store: Store) -> None:
    async def left(tx: Transaction) -> list[tuple[str, str]]:
        rows = await tx.all("SELECT op, native_id FROM deliveries WHERE state = 'waiting' ORDER BY id")
        return [(row["op"], row["native_id"]) for row in rows]

    async def unit(tx: Transaction) -> None:
        person = await participant_store.add(tx, ref="A", given_name="Luc", family_name="", now=NOW)
        await participant_store.set_organises(tx, person.id, True)
        account = await participant_store.attach(tx, Account("telegram", "1", "1", "Luc", "fr"), person.id, NOW)
        assert account.id is not None
        for message in ("11", "12", "13"):
            await inbox_store.receive(tx, "telegram", message, "1", "1", NOW)
            answer = ShownScreen(account.id, message, at=NOW + timedelta(minutes=10), later="over")
            await shown_screen_store.record(tx, [answer], "see below", NOW)
        await role_messages_store.record(tx, "telegram", "11", "11", Who.ORGANISER, NOW)
        await tx.run("UPDATE deliveries SET state = 'sent' WHERE native_id = '12'")  # it is over already
        await shown_screen_store.record(tx, [ShownScreen(account.id, "12", in_place=True)], "see below", NOW)
        assert await left(tx) == [("edit", "11"), ("edit", "13")]
        await participant_store.set_organises(tx, person.id, False)
        await role_messages_store.take_back(tx, [account.id], NOW)
        assert await left(tx) == [("edit", "13"), ("delete", "11")]
        assert await tx.all("SELECT id FROM deliveries WHERE native_id = '12'") == []

    await store.transact(unit)

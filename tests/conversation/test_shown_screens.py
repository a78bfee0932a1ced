"""Of a screen only the newest copy of a chat looks live, whatever left together and however long its messages are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.background import job_store
from bot.content.views import JobRequest
from bot.conversation import live_screen_store, shown_screen_store
from bot.conversation.shown_screen_store import CARD_SCREEN, JOB_SCREEN, ShownScreen
from bot.database.engine import Store, Transaction
from bot.delivery import waiting_store
from bot.logs import under_reference
from bot.people import participant_store
from bot.people.participants import Account
from tests.engines import on_one_engine

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


ANSWERS = (("5", "WAITS"), ("6", "ENDED"))
"""Messages, and the references of the jobs of which they say that these are being done."""


async def account_of(tx: Transaction, name: str) -> int:
    person = await participant_store.add(tx, ref=name, given_name=name, family_name="", now=NOW)
    account = await participant_store.attach(tx, Account("telegram", name, name, name, "fr"), person.id, NOW)
    assert account.id is not None
    return account.id


async def screens(tx: Transaction, account: int) -> Mapping[str, str]:
    rows = await tx.all("SELECT native_id, screen FROM shown_screens WHERE account_id = :account", account=account)
    return {row["native_id"]: row["screen"] for row in rows}


async def edits(tx: Transaction, account: int) -> list[tuple[str, str]]:
    rows = await tx.all(
        "SELECT native_id, content FROM deliveries WHERE account_id = :account AND op = 'edit' ORDER BY native_id",
        account=account,
    )
    return [(row["native_id"], row["content"]) for row in rows]


async def test_an_older_copy_says_so_also_where_both_left_together(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc, eve = await account_of(tx, "Luc"), await account_of(tx, "Eve")
        await shown_screen_store.record(
            tx, [ShownScreen(luc, "1", screen="go-moi"), ShownScreen(eve, "1", screen="go-moi")], "old", NOW
        )
        together = [ShownScreen(luc, message, screen="go-moi") for message in ("2", "3")]
        await shown_screen_store.record(tx, together, "old", NOW)
        assert await edits(tx, luc) == [("1", "old"), ("2", "old")]
        assert await screens(tx, luc) == {"3": "go-moi"}
        assert (await edits(tx, eve), await screens(tx, eve)) == ([], {"1": "go-moi"})

    await store.transact(unit)


async def test_a_message_that_shows_another_screen_is_no_copy_of_the_one_before(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc = await account_of(tx, "Luc")
        await shown_screen_store.record(tx, [ShownScreen(luc, "1", screen="go-moi")], "old", NOW)
        moved = [ShownScreen(luc, "1", in_place=True, screen="go-theme"), ShownScreen(luc, "2", screen="go-moi")]
        await shown_screen_store.record(tx, moved, "old", NOW)
        assert await edits(tx, luc) == []
        assert await screens(tx, luc) == {"1": "go-theme", "2": "go-moi"}
        await shown_screen_store.record(tx, [ShownScreen(luc, "1", in_place=True)], "old", NOW)  # no screen at all
        assert (await edits(tx, luc), await screens(tx, luc)) == ([], {"2": "go-moi"})

    await store.transact(unit)


@on_one_engine
async def test_a_long_text_is_known_by_any_of_its_messages(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc = await account_of(tx, "Luc")
        soon = ShownScreen(luc, "7,8", screen="go-aide", at=NOW + timedelta(minutes=10), later="over")
        await shown_screen_store.record(tx, [soon, ShownScreen(luc, "18", screen="go-moi")], "old", NOW)
        assert await edits(tx, luc) == [("7,8", "over")]
        await shown_screen_store.record(tx, [ShownScreen(luc, "8,9", in_place=True, screen="go-theme")], "old", NOW)
        assert await edits(tx, luc) == []
        assert await screens(tx, luc) == {"8,9": "go-theme", "18": "go-moi"}

    await store.transact(unit)


@on_one_engine
async def test_an_older_copy_becomes_nothing_else_later(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc, over = await account_of(tx, "Luc"), NOW + timedelta(minutes=10)
        for screen, older in (("go-theme", "1"), (f"{CARD_SCREEN}ideas", "2")):
            soon = ShownScreen(luc, older, screen=screen, at=over, later="over")
            await shown_screen_store.record(tx, [soon], "old", NOW)
            newer = ShownScreen(luc, f"{older}0", screen=screen, at=over, later="over")
            await shown_screen_store.record(tx, [newer], "old", NOW)
        assert await edits(tx, luc) == [("1", "old"), ("10", "over"), ("20", "over")]

    await store.transact(unit)


@on_one_engine
async def test_an_answer_in_a_live_screens_message_becomes_nothing_older_later(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc, over = await account_of(tx, "Luc"), NOW + timedelta(minutes=10)
        await live_screen_store.show(tx, "plenary:1", luc, "5")
        answers = [ShownScreen(luc, message, in_place=True, at=over, later="over") for message in ("5", "6")]
        await shown_screen_store.record(tx, answers, "old", NOW)
        assert await edits(tx, luc) == [("6", "over")]

    await store.transact(unit)


async def test_what_an_answer_becomes_at_an_instant_is_not_put_off_when_it_is_noted_late(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        over = NOW + timedelta(minutes=10)
        answer = ShownScreen(await account_of(tx, "Luc"), "1", screen="go-theme", at=over, later="over")
        await shown_screen_store.record(tx, [answer], "old", NOW + timedelta(hours=1))
        assert await waiting_store.first_due(tx) == over

    await store.transact(unit)


async def test_a_question_that_is_answered_in_one_chat_is_left_alone_in_the_others(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        here = await account_of(tx, "Luc")
        person = await tx.value(int, "SELECT participant_id FROM accounts WHERE id = :id", id=here)
        other = await participant_store.attach(tx, Account("discord", "d1", "d1", "Luc", "fr"), person, NOW)
        assert other.id is not None
        for account in (here, other.id):
            await shown_screen_store.record(tx, [ShownScreen(account, "1", screen="question-0-yq")], "old", NOW)
        answered = {"question-0-yq": "answered"}
        await shown_screen_store.replace(tx, [person], answered, NOW, account_id=here)
        assert (await edits(tx, here), await edits(tx, other.id)) == ([("1", "answered")], [])
        await shown_screen_store.replace(tx, [person], answered, NOW)
        assert await edits(tx, other.id) == [("1", "answered")]

    await store.transact(unit)


async def deleted(tx: Transaction, account: int) -> list[str]:
    return await tx.values(
        str,
        "SELECT native_id FROM deliveries WHERE account_id = :account AND op = 'delete' ORDER BY native_id",
        account=account,
    )


@on_one_engine
async def test_the_answer_that_a_job_is_being_done_goes_though_the_job_was_faster(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        luc = await account_of(tx, "Luc")
        with under_reference("WAITS"):
            await job_store.add(
                tx,
                JobRequest("picture"),
                await tx.value(int, "SELECT participant_id FROM accounts WHERE id = :id", id=luc),
                None,
                NOW,
            )
        under_way = [ShownScreen(luc, number, screen=f"{JOB_SCREEN}{of}", reference=of) for number, of in ANSWERS]
        await shown_screen_store.record(tx, under_way, "old", NOW)
        assert (await deleted(tx, luc), await screens(tx, luc)) == (["6"], {"5": f"{JOB_SCREEN}WAITS"})
        await shown_screen_store.end_job_screen(tx, luc, "WAITS", NOW)
        assert (await deleted(tx, luc), await screens(tx, luc)) == (["5", "6"], {})

    await store.transact(unit)

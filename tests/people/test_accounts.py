"""People and their accounts, organisers named in config.toml among them, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.database.engine import Store, Transaction
from bot.membership.revoking import revoke
from bot.people import participant_store
from bot.people.participants import Account
from tests.engines import on_one_engine
from tests.world import DECLARED

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
INES = Account("telegram", "900", "900", "Inès", None)


@on_one_engine
async def test_an_organiser_revoked_and_named_again_is_the_same_person(store: Store) -> None:
    async def named(tx: Transaction) -> int:
        account, _nobody = await participant_store.identify(tx, "telegram", "900")
        return (await participant_store.enlist(tx, account or INES, None, NOW))[1].id

    async def shut_out(tx: Transaction) -> None:
        _account, person = await participant_store.identify(tx, "telegram", "900")
        assert person
        await revoke(tx, DECLARED, person, NOW)

    before = await store.transact(named)
    await store.transact(shut_out)
    assert await store.transact(named) == before
    account, person = await store.read(lambda tx: participant_store.identify(tx, "telegram", "900"))
    assert account
    assert person
    assert (person.id, person.status, person.organises) == (before, "joined", True)
    assert person.preferred_account == account.id


@on_one_engine
async def test_someone_invited_whom_config_names_has_joined(store: Store) -> None:
    async def unit(tx: Transaction) -> int:
        invited = await participant_store.add(tx, ref="R-1", given_name="Luc", family_name="", now=NOW)
        _account, luc = await participant_store.enlist(tx, INES, invited, NOW)
        assert luc == await participant_store.find(tx, invited.id)
        return luc.id

    joined = await store.transact(unit)
    stored = await store.read(lambda tx: participant_store.find(tx, joined))
    assert stored
    assert (stored.status, stored.organises) == ("joined", True)


@on_one_engine
async def test_an_account_is_the_same_by_its_id_and_by_whose_it_is(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        invited = await participant_store.add(tx, ref="R-1", given_name="Luc", family_name="", now=NOW)
        await participant_store.attach(
            tx, Account("discord", "5", "5", "Luc", "fr", private_chat="77"), invited.id, NOW
        )
        account, _luc = await participant_store.identify(tx, "discord", "5")
        assert account
        assert (account,) == tuple(await participant_store.accounts_of(tx, invited.id))
        assert (account.linked, account.private_chat) == (NOW, "77")
        assert await participant_store.refresh(tx, account, "5", "77") is account  # nothing is new: nothing is written

    await store.transact(unit)

"""People and their accounts, organisers named in config.toml among them, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.participants import Account
from bot.revoking import revoke
from bot.storage import participants
from bot.storage.engine import Store, Transaction

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
INES = Account("telegram", "900", "900", "Inès", None)


async def test_an_organiser_revoked_and_named_again_is_the_same_person(store: Store) -> None:
    async def named(tx: Transaction) -> int:
        account, _nobody = await participants.identify(tx, "telegram", "900")
        return (await participants.enlist(tx, account or INES, None, NOW))[1].id

    async def shut_out(tx: Transaction) -> None:
        _account, person = await participants.identify(tx, "telegram", "900")
        assert person
        await revoke(tx, person, NOW)

    before = await store.transact(named)
    await store.transact(shut_out)
    assert await store.transact(named) == before
    account, person = await store.read(lambda tx: participants.identify(tx, "telegram", "900"))
    assert account
    assert person
    assert (person.id, person.status, person.organises) == (before, "joined", True)
    assert person.preferred_account == account.id


async def test_someone_invited_whom_config_names_has_joined(store: Store) -> None:
    async def unit(tx: Transaction) -> int:
        invited = await participants.add(tx, ref="R-1", given_name="Luc", family_name="", now=NOW)
        _account, luc = await participants.enlist(tx, INES, invited, NOW)
        assert luc == await participants.find(tx, invited.id)
        return luc.id

    joined = await store.transact(unit)
    stored = await store.read(lambda tx: participants.find(tx, joined))
    assert stored
    assert (stored.status, stored.organises) == ("joined", True)


async def test_an_account_is_the_same_by_its_id_and_by_whose_it_is(store: Store) -> None:
    async def unit(tx: Transaction) -> None:
        invited = await participants.add(tx, ref="R-1", given_name="Luc", family_name="", now=NOW)
        await participants.attach(tx, Account("discord", "5", "5", "Luc", "fr", private_chat="77"), invited.id, NOW)
        account, _luc = await participants.identify(tx, "discord", "5")
        assert account
        assert (account,) == tuple(await participants.accounts_of(tx, invited.id))
        assert (account.linked, account.private_chat) == (NOW, "77")
        assert await participants.refresh(tx, account, "5", "77") is account  # nothing is new: nothing is written

    await store.transact(unit)

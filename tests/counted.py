"""A store that notes every statement its units run, whichever engine is below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.database.engine import Row, Store, T, Transaction, Unit


class CountedTransaction(Transaction):
    """A transaction whose statements are noted before they run; one for many rows counts once."""

    __slots__ = ("_statements", "_tx", "dialect")

    def __init__(self, tx: Transaction, statements: list[str]) -> None:
        super().__init__()
        self.dialect = tx.dialect
        self._tx = tx
        self._statements = statements

    async def one(self, sql: str, /, **params: Any) -> Row | None:
        self._statements.append(sql)
        return await self._tx.one(sql, **params)

    async def all(self, sql: str, /, **params: Any) -> list[Row]:
        self._statements.append(sql)
        return await self._tx.all(sql, **params)

    async def run(self, sql: str, /, **params: Any) -> int:
        self._statements.append(sql)
        return await self._tx.run(sql, **params)

    async def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        if given := [*rows]:
            self._statements.append(sql)
            await self._tx.many(sql, given)


class CountedStore(Store):
    """A store; `statements` are those of every unit since they were last cleared, in order."""

    def __init__(self, store: Store) -> None:
        self.dialect = store.dialect
        self.statements: list[str] = []
        self._store = store

    async def transact(self, unit: Unit[T]) -> T:
        return await self._store.transact(lambda tx: unit(CountedTransaction(tx, self.statements)))

    async def read(self, unit: Unit[T]) -> T:
        return await self._store.read(lambda tx: unit(CountedTransaction(tx, self.statements)))

    async def erase_traces(self) -> None:
        await self._store.erase_traces()

    async def backup(self, target: Path) -> None:
        await self._store.backup(target)

    async def close(self) -> None:
        await self._store.close()

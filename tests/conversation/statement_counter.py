"""A store that notes every statement its units run, whichever engine is below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from bot.database.engine import Row, Store, T, Transaction, Unit
from tests.delivery.rig import Watched


class CountedTransaction(Transaction):
    """A transaction whose statements are noted before they run; one for many rows counts once."""

    __slots__ = ("_statements", "_tx", "dialect")

    def __init__(self, tx: Transaction, statements: list[str]) -> None:
        super().__init__()
        self.dialect = tx.dialect
        self._tx = tx
        self._statements = statements

    @property
    def failed(self) -> Exception | None:  # type: ignore[override]
        return self._tx.failed

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


class CountedStore(Watched):
    """A store; `statements` are the statements of every unit since they were last cleared, in order."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.statements: list[str] = []

    async def transact(self, unit: Unit[T]) -> T:
        return await self._counted(super().transact, unit)

    async def read(self, unit: Unit[T]) -> T:
        return await self._counted(super().read, unit)

    async def _counted(self, run: Callable[[Unit[T]], Awaitable[T]], unit: Unit[T]) -> T:
        asked: list[str] = []

        async def attempt(tx: Transaction) -> T:
            asked.clear()  # tried again: what the attempt before asked was undone
            return await unit(CountedTransaction(tx, asked))

        result = await run(attempt)
        self.statements += asked
        return result

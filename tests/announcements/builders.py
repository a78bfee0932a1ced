"""Announcements for the tests of delivery, as organisers make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.content.views import Attachment
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.audiences import EVERYONE, Audience
from handlers.announcements.model import Announcement
from handlers.announcements.service import changing
from handlers.announcements.store.announcements import add_announcement, begin_release, find_announcement, set_state
from handlers.announcements.store.changes import cancel_copies
from handlers.announcements.store.contents import ELSE, put_words
from tests.announcements.enqueuing import enqueue_all
from tests.delivery.rig import Rig


async def announce(
    rig: Rig,
    text: str,
    audience: Audience = EVERYONE,
    *,
    due: datetime | None = None,
    urgent: bool = False,
    attachments: tuple[Attachment, ...] = (),
    **how: Any,
) -> int:
    """Release an announcement, by default at once; its id."""

    async def unit(tx: Transaction) -> int:
        now = rig.clock.now()
        made = await add_announcement(tx, None, (text,), attachments, now, audience=audience)
        await begin_release(tx, made.id, now, urgent=urgent)
        await enqueue_all(tx, made.id, now, due=due, **how)
        return made.id

    made = await rig.store.transact(unit)
    rig.delivery.wake()
    return made


async def correct(rig: Rig, announcement: int, text: str, **others: str) -> int:
    """Say something else instead, and this to who reads another language; how many copies are edited."""
    words = {ELSE: (text,), **{locale: (other,) for locale, other in others.items()}}

    async def unit(tx: Transaction) -> int:
        await put_words(tx, announcement, words, None)
        return await changing.edit_copies(tx, await _find(tx, announcement), rig.clock.now())

    edited = await rig.store.transact(unit)
    rig.delivery.wake()
    return edited


async def cancel(rig: Rig, announcement: int) -> None:
    """Call back what has not left."""

    async def unit(tx: Transaction) -> None:
        await set_state(tx, announcement, "cancelled")
        await cancel_copies(tx, announcement, rig.clock.now(), most=1_000)

    await rig.store.transact(unit)


async def withdraw(rig: Rig, announcement: int) -> None:
    """Take it back."""

    async def unit(tx: Transaction) -> None:
        await changing.withdraw_announcement(tx, await _find(tx, announcement), rig.clock.now())

    await rig.store.transact(unit)
    rig.delivery.wake()


async def retry(rig: Rig, announcement: int) -> None:
    """Send again what failed."""

    async def unit(tx: Transaction) -> None:
        await changing.retry_failures(tx, await _find(tx, announcement), rig.clock.now())

    await rig.store.transact(unit)
    rig.delivery.wake()


async def _find(tx: Transaction, announcement: int) -> Announcement:
    found = await find_announcement(tx, announcement)
    assert found is not None
    return found


async def state(rig: Rig, announcement: int) -> str:
    """How far it has come."""
    return (await rig.store.read(lambda tx: _find(tx, announcement))).state


async def note_reachable(rig: Rig, native_id: str, *, reachable: bool = True) -> None:
    """Note that someone wrote from their account on Telegram, or that it cannot be written to any more."""

    async def unit(tx: Transaction) -> None:
        account, _person = await participant_store.identify(tx, "telegram", native_id)
        assert account is not None
        assert account.id is not None
        await participant_store.mark_reachable(tx, account.id, reachable)

    await rig.store.transact(unit)

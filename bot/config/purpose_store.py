"""Stores who agreed that data are kept for a purpose, and when purposes end or have ended.

The end is computed from the settings each time, and never stored for a person. Organisers can choose another end in
chat, which is valid until the value in the settings changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.config.purposes import PARTICIPATION, Purpose
from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people import ending_store
from bot.people.declared import Declared

AGREEMENT_ENDING, PURPOSE_ENDING = "agreement", "purpose"
"""The kinds of endings: an agreement is named by a hash of person and purpose, a purpose by its key and chosen end."""
CLOCK_WAS_WRONG = timedelta(days=1)
"""If a recorded end of a purpose is further ahead than this, it was recorded while a clock was wrong."""
EVERYTHING = "*"
"""Stands for all purposes: all tables must be emptied, because no person is stored any more."""
_HELD = "(id IN (SELECT participant_id FROM purposes) OR organises = 1 AND EXISTS (SELECT 1 FROM purposes))"
"""SQL condition that a participant stays after taking part: they agreed to something, or organise while others did."""
CHOSEN, _OVER, _TO_EMPTY = "purpose_end.", "purpose_over.", "purposes_to_empty"


async def agree(tx: Transaction, participant_id: int, key: str, now: datetime) -> None:
    """Store that a participant agrees that data about them are kept for the purpose with this key."""
    await tx.run(
        "INSERT INTO purposes (participant_id, purpose, agreed_at) VALUES (:id, :purpose, :now) ON CONFLICT DO NOTHING",
        id=participant_id,
        purpose=key,
        now=to_micros(now),
    )
    what = await ending_store.fingerprint(tx, participant_id, key)
    await ending_store.record_endings(tx, AGREEMENT_ENDING, [what], back=True)


async def of_person(tx: Transaction, participant_id: int) -> set[str]:
    """Return the keys of the purposes for which a participant agreed that data are kept."""
    return set(await tx.values(str, "SELECT purpose FROM purposes WHERE participant_id = :id", id=participant_id))


async def agreed(tx: Transaction) -> set[str]:
    """Return the keys of the purposes for which at least one person agreed that data are kept."""
    return set(await tx.values(str, "SELECT DISTINCT purpose FROM purposes"))


async def holds(tx: Transaction, participant_id: int) -> bool:
    """Return whether a participant's data are kept after the gathering for any purpose other than taking part.

    This is True if the participant agreed to such a purpose. It is also True for an organiser if at least one person
    agreed.
    """
    return await tx.exists(f"SELECT 1 FROM participants WHERE id = :id AND {_HELD}", id=participant_id)


async def without_any(tx: Transaction) -> int | None:
    """Return the lowest id of a participant whose data are kept only because they take part; None if there is none."""
    return await tx.value_or_none(int, f"SELECT MIN(id) FROM participants WHERE NOT {_HELD}")


async def forget(tx: Transaction, keys: Iterable[str]) -> None:
    """Delete all agreements that data are kept for the purposes with these keys."""
    await tx.many("DELETE FROM purposes WHERE purpose = :purpose", [{"purpose": key} for key in keys])


async def end_of(tx: Transaction, settings: Settings, purpose: Purpose) -> datetime:
    """Return the instant (aware, UTC) at which a purpose of keeping data ends.

    It is the end that organisers chose in chat; without a choice, or if the settings were changed after the choice, it
    is the end in the settings. Data that no other purpose needs are erased then.
    """
    computed = purpose.ends(settings)
    if stored := await setting_store.get(tx, CHOSEN + purpose.key):
        chosen, instead_of = map(from_micros, json.loads(stored))
        return chosen if instead_of == computed else computed
    return computed


async def choose_end(tx: Transaction, settings: Settings, purpose: Purpose, end: datetime) -> None:
    """Make a purpose of keeping data end at `end`, in place of the end in the settings.

    If the end in the settings is changed later, the end in the settings applies again.
    """
    await setting_store.put(tx, CHOSEN + purpose.key, json.dumps([to_micros(end), to_micros(purpose.ends(settings))]))


async def is_over(tx: Transaction, settings: Settings, purpose: Purpose, now: datetime) -> bool:
    """Return True if a purpose of keeping data has ended, and no later end was set afterwards.

    A purpose has ended once `set_over` recorded it. It counts as not ended if `now` is more than a day before the
    present end, because the clock was wrong when its end was recorded.
    """
    over, end = await setting_store.get(tx, _OVER + purpose.key), await end_of(tx, settings, purpose)
    return over is not None and now >= end - CLOCK_WAS_WRONG and from_micros(int(over)) >= end


async def must_stay(tx: Transaction, settings: Settings, now: datetime, participant_id: int | None = None) -> None:
    """Raise UserError if the data of a person who is to be added or invited would be erased at once.

    This is so if taking part is over, unless the person agreed that their data are kept for another purpose.
    `participant_id` is None for a person who is not stored yet.
    """
    if now < settings.gathering.closes - CLOCK_WAS_WRONG or (participant_id and await holds(tx, participant_id)):
        return
    if await is_over(tx, settings, PARTICIPATION, now):
        said = _(
            "Taking part is over: anybody who joins now would be erased at once. First set a later last day,"
            " with retention_ends in the configuration."
        )
        raise UserError(said)


async def running(tx: Transaction, settings: Settings, now: datetime) -> Sequence[tuple[Purpose, datetime]]:
    """Return the purposes of keeping data that have not ended, each with the instant at which it ends."""
    return [
        (purpose, await end_of(tx, settings, purpose))
        for purpose in settings.purposes
        if not await is_over(tx, settings, purpose, now)
    ]


async def set_over(tx: Transaction, key: str, end: datetime) -> None:
    """Store that the purpose of keeping data with this key ended at `end`.

    All agreements to the purpose are deleted at once. Its tables are only marked, to be emptied later.
    """
    await setting_store.put(tx, _OVER + key, str(to_micros(end)))
    await forget(tx, [key])
    await set_to_empty(tx, [*await to_empty(tx), key])


async def end_again(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """End again the purposes that had ended before an older backup was restored, and return how many.

    Each of `whats` is a text «key end»: the key of a purpose, a blank, and the end that organisers had chosen for it,
    as stored ('' for none). The declarations of personal data are not used, but other functions that are called in the
    same way need them.
    """
    for key, _blank, chosen in (what.partition(" ") for what in whats):
        await setting_store.put(tx, CHOSEN + key, chosen)
        await set_over(tx, key, now)
    return len(whats)


async def to_empty(tx: Transaction) -> Sequence[str]:
    """Return the keys of ended purposes of keeping data whose tables may still have rows.

    The key EVERYTHING stands for all purposes.
    """
    return (await setting_store.get(tx, _TO_EMPTY) or "").split()


async def set_to_empty(tx: Transaction, keys: Iterable[str]) -> None:
    """Store the keys of the ended purposes of keeping data whose tables may still have rows."""
    await setting_store.put(tx, _TO_EMPTY, " ".join(dict.fromkeys(keys)))

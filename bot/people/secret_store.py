"""Stores secrets with which people identify themselves, codes and links, as hashes; the secrets are shown once.

A secret's purpose is one of: an invitation, a link to a person's web page, a browser's session on that page, a code
that links a second account, an organiser's link, a code for exchanging contacts. Codes have at least 40 bits, and wrong
guesses are limited by `attempt_store`; links have 130 bits. All are random, so SHA-256 is enough where a password would
need a slow hash.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from bot.people import browser_store, codes, ending_store
from bot.people.browser_store import Browser, browser_of

Purpose = Literal["invitation", "page", "session", "link", "organiser", "address", "contact"]

ENDING = "secret"
"""The kind under which ended secrets are recorded (see `bot.people.ending_store`)."""
_COLUMNS = (
    "hash, purpose, participant_id, account_id, created_at, expires_at, used_at, browser, confirmed_at, letter, proves"
)
_LENGTHS: dict[Purpose, int] = {
    "invitation": codes.INVITATION,
    "page": 26,
    "session": 26,
    "link": codes.LINK,
    "organiser": 26,
    "address": 6,
    "contact": codes.LINK,
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A code, link or session that is stored as a hash, and its owner.

    `account_id` is the account that used the secret. Before the secret is used, it is the account on which the secret
    was requested, None if there is none. `browser` is the browser of a session; it means nothing for a code or link.
    """

    hash: str
    purpose: Purpose
    participant_id: int
    account_id: int | None
    used: bool
    expired: bool
    browser: Browser


def _hash(code: str) -> str:
    return hashlib.sha256(codes.normalise(code).encode()).hexdigest()


def _secret(row: Row, now: datetime) -> Secret:
    expires = row["expires_at"]
    return Secret(
        row["hash"],
        row["purpose"],
        row["participant_id"],
        row["account_id"],
        row["used_at"] is not None,
        expires is not None and expires <= to_micros(now),
        browser_of(row, now),
    )


def new_code(purpose: Purpose) -> str:
    """Return a new secret (a code or link), which works only once its hash is stored."""
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(_LENGTHS[purpose]))


async def issue(
    tx: Transaction,
    purpose: Purpose,
    participant_id: int,
    now: datetime,
    *,
    expires: datetime | None = None,
    account_id: int | None = None,
    browser: str = "",
    confirmed: bool = False,
    code: str = "",
    letter: int | None = None,
    proves: str = "",
) -> str:
    """Store the hash of a new secret (a code or link) for a participant, and return the secret itself.

    `expires` is None for a secret that does not expire; `account_id` is the account on which it was requested, None if
    there is none. For a session of a person's page, `browser` is the name of its browser, and `confirmed` says that the
    browser shows confidential messages at once. `code` is the secret if `new_code` made it before, otherwise ''.

    `letter` is the id of the delivery that sends the secret by e-mail, None for no e-mail. `proves` is the hash
    (`hash_address`) of the e-mail address that the use of the secret proves to be the person's, '' for none.
    """
    code = code or new_code(purpose)
    await tx.run(
        "INSERT INTO secrets"
        " (hash, purpose, participant_id, account_id, created_at, expires_at, browser, confirmed_at, letter, proves)"
        # Of several that are made at one instant, each is a microsecond later than the one before.
        " VALUES (:hash, :purpose, :participant, :account, COALESCE((SELECT MAX(created_at) + 1 FROM secrets"
        " WHERE participant_id = :participant AND purpose = :purpose AND created_at BETWEEN :now AND :now + 1000),"
        " :now), :expires, :browser, :confirmed, :letter, :proves)",
        hash=_hash(code),
        purpose=purpose,
        participant=participant_id,
        account=account_id,
        now=to_micros(now),
        expires=to_micros(expires) if expires else None,
        browser=browser,
        confirmed=to_micros(now) if confirmed else None,
        letter=letter,
        proves=proves,
    )
    return code


async def find(tx: Transaction, purpose: Purpose, code: str, now: datetime) -> Secret | None:
    """Return the stored secret for a code that was issued for this purpose; None for an unknown code.

    A secret that was used or has expired is returned too; its fields `used` and `expired` say so. Hashes are compared,
    so that the time of a search does not reveal how close a guess was.
    """
    row = await tx.one(
        f"SELECT purpose, participant_id, account_id, expires_at, used_at, {browser_store.COLUMNS} FROM secrets"
        " WHERE hash = :hash AND purpose = :purpose",
        hash=_hash(code),
        purpose=purpose,
    )
    return _secret(row, now) if row else None


def hash_address(address: str) -> str:
    """Return the hash of an e-mail address, for secrets whose use proves that the address is right.

    Capitals do not count.
    """
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()


def hash_mailbox(address: str) -> str:
    """Return the hash of the mailbox that an e-mail address leads to, for limits.

    What follows «+» in the name does not count, because such addresses lead to one mailbox on most servers.
    """
    name, _at, host = address.strip().rpartition("@")
    return hash_address(f"{name.partition('+')[0] or name}@{host}")


async def proved_by(tx: Transaction, purpose: Purpose, code: str) -> tuple[int | None, str]:
    """Return the outbox id of the e-mail that brought a secret, and the hash of the address that its use proves.

    The id is None for no e-mail, the hash '' for no address.
    """
    row = await tx.one(
        "SELECT letter, proves FROM secrets WHERE hash = :hash AND purpose = :purpose",
        hash=_hash(code),
        purpose=purpose,
    )
    return (row["letter"], row["proves"]) if row else (None, "")


async def forget_letter(tx: Transaction, letter: int) -> None:
    """Delete the unused secrets of an e-mail that certainly did not arrive; `letter` is its id in the outbox."""
    rows = await tx.all(
        f"DELETE FROM secrets WHERE letter = :letter AND used_at IS NULL RETURNING {_COLUMNS}", letter=letter
    )
    await _note(tx, rows)


async def revoke_sent_elsewhere(tx: Transaction, addresses: Mapping[int, str]) -> None:
    """Delete people's unused invitations and page links that were sent to another e-mail address than theirs.

    `addresses` are the people's present addresses by participant id, '' for none.
    """
    theirs = [[participant_id, hash_address(address)] for participant_id, address in addresses.items()]
    rows = await tx.all(
        "DELETE FROM secrets WHERE purpose IN ('invitation', 'page') AND used_at IS NULL AND proves <> ''"
        " AND participant_id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:theirs))"
        " AND (participant_id, proves) NOT IN"
        " (SELECT CAST(value ->> 0 AS BIGINT), value ->> 1 FROM {json_rows}(:theirs))"
        f" RETURNING {_COLUMNS}",
        theirs=json.dumps(theirs),
    )
    await _note(tx, rows)


async def is_one(tx: Transaction, code: str) -> bool:
    """Return whether a text is a code, or the code in a link, that was issued for anybody and any purpose."""
    return await tx.exists("SELECT 1 FROM secrets WHERE hash = :hash", hash=_hash(code))


async def use(tx: Transaction, secret: Secret, account_id: int | None, now: datetime) -> bool:
    """Mark a secret (a code or link) as used by an account; `account_id` is None for no account.

    Returns False, and changes nothing, if the secret was used before.
    """
    return bool(
        await tx.run(
            "UPDATE secrets SET used_at = :now, account_id = :account WHERE hash = :hash AND used_at IS NULL",
            hash=secret.hash,
            account=account_id,
            now=to_micros(now),
        )
    )


async def came_in_since(tx: Transaction, secret: Secret) -> bool:
    """Return whether the owner of a secret, such as an invitation, joined or opened their page after it was issued."""
    return await tx.exists(
        "SELECT 1 FROM secrets i JOIN participants p ON p.id = i.participant_id WHERE i.hash = :hash"
        " AND (p.joined_at > i.created_at OR EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = p.id"
        " AND s.purpose = 'session' AND s.created_at > i.created_at))",
        hash=secret.hash,
    )


async def is_latest(tx: Transaction, secret: Secret) -> bool:
    """Return whether a secret is the last one issued for its owner and purpose, such as the last invitation."""
    latest = await tx.value_or_none(
        str,
        "SELECT hash FROM secrets WHERE participant_id = :id AND purpose = :purpose"
        " ORDER BY created_at DESC, hash LIMIT 1",
        id=secret.participant_id,
        purpose=secret.purpose,
    )
    return latest == secret.hash


async def issued(tx: Transaction, participant_id: int, purpose: Purpose) -> bool:
    """Return whether a secret for this purpose, such as an invitation, is stored for a participant, used or not."""
    return await tx.exists(
        "SELECT 1 FROM secrets WHERE participant_id = :id AND purpose = :purpose LIMIT 1",
        id=participant_id,
        purpose=purpose,
    )


async def waits(tx: Transaction, participant_id: int, *, from_account: int | None = None) -> bool:
    """Return whether a participant has an invitation or a link to their web page that has not been used yet.

    With `from_account`, only secrets that were requested on that account count.
    """
    return await tx.exists(
        "SELECT 1 FROM secrets WHERE participant_id = :id AND purpose IN ('invitation', 'page')"
        " AND used_at IS NULL AND (CAST(:account AS BIGINT) IS NULL OR account_id = CAST(:account AS BIGINT)) LIMIT 1",
        id=participant_id,
        account=from_account,
    )


async def keep(tx: Transaction, participant_id: int, purpose: Purpose) -> None:
    """Let a participant's secrets for one purpose, such as invitations, never expire."""
    await tx.run(
        "UPDATE secrets SET expires_at = NULL WHERE participant_id = :id AND purpose = :purpose",
        id=participant_id,
        purpose=purpose,
    )


async def use_all(tx: Transaction, participant_id: int, purpose: Purpose, now: datetime) -> bool:
    """Mark all valid secrets of a participant for one purpose, such as invitations, as used.

    Returns False if the participant had no valid secret.
    """
    return bool(
        await tx.run(
            "UPDATE secrets SET used_at = :now WHERE participant_id = :id AND purpose = :purpose AND used_at IS NULL"
            " AND (expires_at IS NULL OR expires_at > :now)",
            id=participant_id,
            purpose=purpose,
            now=to_micros(now),
        )
    )


async def revoke(tx: Transaction, participant_id: int, *purposes: Purpose) -> None:
    """Delete a participant's secrets for these purposes, such as invitations, so that they stop working."""
    for purpose in purposes:
        rows = await tx.all(
            f"DELETE FROM secrets WHERE participant_id = :id AND purpose = :purpose RETURNING {_COLUMNS}",
            id=participant_id,
            purpose=purpose,
        )
        await _note(tx, rows)


async def make_room(
    tx: Transaction, participant_id: int, now: datetime, *, at_most: int, confirmed: bool = False
) -> bool:
    """End old sessions of a participant's page to make room for a new one; return False if there is no room.

    `confirmed` says that the new session is in a browser that the owner confirmed; otherwise it is in a new browser.
    Only sessions of the same kind are counted and ended, the oldest first, until at most `at_most` are left, the new
    one included. Sessions in new browsers are ended only if they are more than a day old. If too many are younger, none
    is ended and False is returned.
    """
    rows = await tx.all(
        "SELECT hash, created_at FROM secrets WHERE participant_id = :id AND purpose = 'session'"
        " AND expires_at > :now AND (confirmed_at IS NOT NULL) = (:confirmed = 1) ORDER BY created_at, hash",
        id=participant_id,
        now=to_micros(now),
        confirmed=int(confirmed),
    )
    a_day_ago = to_micros(now - browser_store.OPENS_AFTER)
    alike = [row["hash"] for row in rows if confirmed or row["created_at"] <= a_day_ago]
    if len(rows) - len(alike) >= at_most:
        return False
    await end(tx, alike[: max(0, len(alike) + 1 - at_most)])
    return True


async def revoke_unused(tx: Transaction, participant_id: int, *, but_from: int | None = None) -> None:
    """Delete a participant's unused invitations, links and codes, except those requested on the account `but_from`."""
    rows = await tx.all(
        "DELETE FROM secrets WHERE participant_id = :id AND purpose IN ('invitation', 'page', 'link', 'organiser')"
        f" AND used_at IS NULL AND (account_id IS NULL OR account_id <> :account) RETURNING {_COLUMNS}",
        id=participant_id,
        account=but_from or 0,
    )
    await _note(tx, rows)


async def keep_newest(tx: Transaction, most: int) -> None:
    """Delete the unused invitations and page links of each person, except the newest `most` for each purpose."""
    rows = await tx.all(
        "DELETE FROM secrets WHERE hash IN (SELECT hash FROM (SELECT hash, ROW_NUMBER() OVER"
        " (PARTITION BY participant_id, purpose ORDER BY created_at DESC, hash) AS place FROM secrets"
        " WHERE purpose IN ('invitation', 'page') AND used_at IS NULL) ranked WHERE place > :most)"
        f" RETURNING {_COLUMNS}",
        most=most,
    )
    await _note(tx, rows)


async def revoke_since(tx: Transaction, participant_id: int, since: datetime) -> bool:
    """Delete a participant's codes and page links that were issued after the instant `since`, used or not.

    Returns True if any were deleted.
    """
    rows = await tx.all(
        "DELETE FROM secrets WHERE participant_id = :id AND purpose IN ('invitation', 'page', 'link')"
        f" AND created_at > :since RETURNING {_COLUMNS}",
        id=participant_id,
        since=to_micros(since),
    )
    await _note(tx, rows)
    return bool(rows)


async def forget(tx: Transaction, secret: Secret) -> None:
    """Delete a stored secret (a code, link or session), so that it stops working."""
    await end(tx, [secret.hash])


async def end(tx: Transaction, hashes: Iterable[str]) -> int:
    """Delete the codes, links and sessions with these hashes, so that they stop working; return how many there were."""
    ended = 0
    for hashed in hashes:
        rows = await tx.all(f"DELETE FROM secrets WHERE hash = :hash RETURNING {_COLUMNS}", hash=hashed)
        await _note(tx, rows)
        ended += len(rows)
    return ended


async def end_sessions_of(tx: Transaction, account_id: int) -> None:
    """End the sessions of a person's page that were opened for one of the person's accounts."""
    await end(
        tx,
        await tx.values(
            str, "SELECT hash FROM secrets WHERE purpose = 'session' AND account_id = :account", account=account_id
        ),
    )


async def end_all(tx: Transaction) -> None:
    """Delete all codes, links and sessions of everybody, so that they stop working."""
    await _note(tx, await tx.all(f"DELETE FROM secrets RETURNING {_COLUMNS}"))


async def _note(tx: Transaction, rows: Iterable[Row]) -> None:
    """Note that these secrets ended, except the codes that are valid for minutes only."""
    await ending_store.record_endings(tx, ENDING, [row["hash"] for row in rows if row["purpose"] != "link"])


async def take_away(tx: Transaction, participant_id: int) -> list[dict[str, Any]]:
    """Delete all codes, links and sessions of a participant; return the rows, which `give_back` stores again."""
    rows = await tx.all(f"DELETE FROM secrets WHERE participant_id = :id RETURNING {_COLUMNS}", id=participant_id)
    await _note(tx, rows)
    return [{column: row[column] for column in _COLUMNS.split(", ")} for row in rows]


async def give_back(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store again the codes, links and sessions of a participant that `take_away` deleted and returned as `rows`."""
    await ending_store.record_endings(tx, ENDING, [row["hash"] for row in rows], back=True)
    await tx.many(
        f"INSERT INTO secrets ({_COLUMNS}) VALUES (:hash, :purpose, :participant_id, :account_id, :created_at,"
        " :expires_at, :used_at, :browser, :confirmed_at, :letter, :proves)",
        [
            {"browser": "", "confirmed_at": row["created_at"], "letter": None, "proves": "", **row} for row in rows
        ],  # they were kept by an older version
    )


async def forget_expired(tx: Transaction, now: datetime) -> int:
    """Delete the codes, links and sessions that have expired, and return how many were deleted."""
    return await tx.run("DELETE FROM secrets WHERE expires_at <= :now", now=to_micros(now))

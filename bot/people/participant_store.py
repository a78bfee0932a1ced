"""Stores participants and their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.clock import from_micros, to_micros
from bot.content.hooks import collecting_hook
from bot.content.names import search_key
from bot.database.engine import Transaction
from bot.database.records import record
from bot.people import ending_store
from bot.people.listed import Gender
from bot.people.participants import Account, Participant, Status
from bot.people.role_store import ROLES

ACCOUNT_ENDING, ORGANISER_ENDING, REVOKED_ENDING = "account", "organiser", "revoked"
WITHDRAWN_ENDING = "withdrawn"
"""The kinds of endings of accounts, organisers' roles, invitations and taking part (see `bot.people.ending_store`)."""
_COLUMNS = (
    "p.id, p.ref, p.given_name, p.family_name, p.territory, p.locale, p.status, p.attends, p.organises, p.stopped,"
    f" p.preferred_account, {ROLES} AS roles"
)


async def find(tx: Transaction, participant_id: int) -> Participant | None:
    """Return the participant with this id; None if there is none."""
    return await tx.row(Participant, f"SELECT {_COLUMNS} FROM participants p WHERE id = :id", id=participant_id)


async def find_by_ref(tx: Transaction, ref: str) -> Participant | None:
    """Return the participant with this reference, the number that organisers gave them; None if there is none."""
    return await tx.row(Participant, f"SELECT {_COLUMNS} FROM participants p WHERE ref = :ref", ref=ref)


async def email_of(tx: Transaction, participant_id: int) -> str:
    """Return a participant's e-mail address; '' if unknown."""
    return await tx.value_or_none(str, "SELECT email FROM participants WHERE id = :id", id=participant_id) or ""


async def has_anyone(tx: Transaction) -> bool:
    """Return whether any participant is stored."""
    return await tx.exists("SELECT 1 FROM participants LIMIT 1")


class IdRange(NamedTuple):
    """A range of participants' ids: all ids greater than `after` and not greater than `last`."""

    after: int
    last: int


async def last_id(tx: Transaction) -> int:
    """Return the largest id of a participant; 0 if there is none."""
    return await tx.value(int, "SELECT COALESCE(MAX(id), 0) FROM participants")


async def id_ranges(tx: Transaction, size: int) -> Sequence[IdRange]:
    """Return ranges of ids that together contain all participants, at most `size` participants in each range.

    They are for code that does something for everybody. No range is empty, even if there are gaps between the ids, as
    after a restored backup.
    """
    rows = await tx.all(
        "SELECT DISTINCT (id - 1) / CAST(:size AS BIGINT) AS part FROM participants ORDER BY part", size=size
    )
    return [IdRange(row["part"] * size, (row["part"] + 1) * size) for row in rows]


async def next_ids(tx: Transaction, after: int, most: int) -> IdRange | None:
    """Return the range of ids of the next `most` participants after the id `after`; None if there are no more.

    It is for code that does something for everybody, some people in each transaction.
    """
    row = await tx.one(
        "SELECT MAX(q.id) AS last FROM (SELECT id FROM participants WHERE id > :after ORDER BY id LIMIT :most) q",
        after=after,
        most=most,
    )
    return IdRange(after, row["last"]) if row and row["last"] is not None else None


async def organisers(tx: Transaction) -> Sequence[int]:
    """Return the ids of all organisers, including those who have not joined yet or stopped all messages."""
    return await tx.values(int, "SELECT id FROM participants WHERE organises = 1 ORDER BY id")


async def identify(tx: Transaction, platform: str, native_id: str) -> tuple[Account | None, Participant | None]:
    """Return the account with the id `native_id` on a platform, and the participant who owns the account.

    Both are None for an unknown account. The participant is None for an account without an owner.
    """
    row = await tx.one(
        "SELECT a.id AS account_id, a.chat, a.name, a.locale AS account_locale, a.unreachable, a.private_pushes,"
        f" a.linked_at, a.private_chat, a.screen, {_COLUMNS} FROM accounts a"
        " LEFT JOIN participants p ON p.id = a.participant_id"
        " WHERE a.platform = :platform AND a.native_id = :native_id",
        platform=platform,
        native_id=native_id,
    )
    if row is None:
        return None, None
    account = Account(
        platform,
        native_id,
        row["chat"],
        row["name"],
        row["account_locale"],
        row["account_id"],
        bool(row["unreachable"]),
        bool(row["private_pushes"]),
        from_micros(row["linked_at"]),
        row["private_chat"],
        row["screen"],
    )
    return account, record(Participant, row) if row["id"] is not None else None


async def add(
    tx: Transaction,
    *,
    ref: str,
    given_name: str,
    family_name: str,
    now: datetime,
    territory: str = "",
    gender: Gender | None = None,
    birth_year: int | None = None,
    organisation: str = "",
    locale: str | None = None,
    attends: bool = True,
    organises: bool = False,
) -> Participant:
    """Store a new participant with the status «invited», and return them.

    `ref` is the number that organisers gave the person. `attends` says whether they take part, `organises` whether they
    are an organiser. Unknown values are '' for `territory` and `organisation`, and None for `gender`, `birth_year` and
    `locale`.
    """
    participant_id = await tx.value(
        int,
        "INSERT INTO participants (ref, given_name, family_name, search_key, territory, gender, birth_year,"
        " organisation, locale, attends, organises, created_at)"
        " VALUES (:ref, :given_name, :family_name, :search_key, :territory, :gender, :birth_year,"
        " :organisation, :locale, :attends, :organises, :now) RETURNING id",
        ref=ref,
        given_name=given_name,
        family_name=family_name,
        search_key=search_key(given_name, family_name),
        territory=territory,
        gender=gender.value if gender else "",
        birth_year=birth_year,
        organisation=organisation,
        locale=locale,
        attends=int(attends),
        organises=int(organises),
        now=to_micros(now),
    )
    return Participant(
        participant_id, ref, given_name, family_name, territory, locale, "invited", attends, organises, False, None
    )


async def remove(tx: Transaction, participant_ids: Iterable[int]) -> None:
    """Delete participants, by id, who never joined; the caller must first free their places in groups."""
    await tx.many(
        "DELETE FROM participants WHERE id = :id", [{"id": participant_id} for participant_id in participant_ids]
    )


async def join(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Set a participant's status to «joined», and let them get all messages again if they had stopped them."""
    await set_status(tx, participant_id, "joined")
    await tx.run(
        "UPDATE participants SET stopped = 0, joined_at = COALESCE(joined_at, :now) WHERE id = :id",
        id=participant_id,
        now=to_micros(now),
    )


async def detach(tx: Transaction, participant_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Unlink accounts, given by their ids, from a participant: the accounts then have no owner and no name.

    If the participant got messages on one of these accounts, they now get them on their oldest remaining account.
    """
    ids = list(account_ids)
    await _note_accounts(tx, participant_id, ids)
    await tx.many(
        "UPDATE accounts SET participant_id = NULL, name = '', linked_at = :now"
        " WHERE id = :account AND participant_id = :id",
        [{"id": participant_id, "account": account, "now": to_micros(now)} for account in ids],
    )
    await tx.run(
        "UPDATE participants SET preferred_account ="
        " (SELECT MIN(a.id) FROM accounts a WHERE a.participant_id = participants.id)"
        " WHERE id = :id AND NOT EXISTS (SELECT 1 FROM accounts a"
        " WHERE a.id = participants.preferred_account AND a.participant_id = participants.id)",
        id=participant_id,
    )


async def reattach(tx: Transaction, participant_id: int, account_ids: Sequence[int], names: Mapping[str, str]) -> None:
    """Link unlinked accounts to a participant again, except accounts that now belong to another person.

    `names` are the former names of the accounts, by account id written as text.
    """
    await tx.many(
        "UPDATE accounts SET participant_id = :id, name = :name WHERE id = :account AND participant_id IS NULL",
        [{"id": participant_id, "account": account, "name": names.get(str(account), "")} for account in account_ids],
    )
    await _note_accounts(tx, participant_id, account_ids, back=True)


async def _note_accounts(
    tx: Transaction, participant_id: int, account_ids: Sequence[int], *, back: bool = False
) -> None:
    """Note that the given accounts, where they are a participant's, are theirs no more; with `back`, that they are."""
    whats = [what for what, (account, _) in (await _linked(tx, participant_id)).items() if account in account_ids]
    await ending_store.record_endings(tx, ACCOUNT_ENDING, whats, back=back)


async def _linked(tx: Transaction, participant_id: int | None = None) -> Mapping[str, tuple[int, int]]:
    """Return the ids of accounts and of their owners, by a hash that both have in every backup.

    They are the accounts of a participant, or all that have an owner.
    """
    rows = await tx.all(
        "SELECT a.id, a.participant_id, a.platform, a.native_id, p.ref, p.created_at FROM accounts a"
        " JOIN participants p ON p.id = a.participant_id"
        " WHERE CAST(:id AS BIGINT) IS NULL OR p.id = CAST(:id AS BIGINT)",
        id=participant_id,
    )
    return {
        ending_store.digest(row, row["platform"], row["native_id"]): (row["id"], row["participant_id"]) for row in rows
    }


async def accounts_ended(tx: Transaction, whats: Iterable[str]) -> Sequence[tuple[int, int]]:
    """Return the accounts that were unlinked for good, but that a restored backup has linked again.

    `whats` has a hash for each unlinking. The result has pairs of account id and owner id.
    """
    linked = await _linked(tx)
    return [linked[what] for what in whats if what in linked]


async def set_status(tx: Transaction, participant_id: int, status: Status) -> None:
    """Set whether a participant is invited, has joined, has withdrawn, or is banned («revoked»)."""
    before = await tx.value(str, "SELECT status FROM participants WHERE id = :id", id=participant_id)
    await tx.run("UPDATE participants SET status = :status WHERE id = :id", id=participant_id, status=status)
    if before != status and "withdrawn" in (before, status):
        who = await ending_store.fingerprint(tx, participant_id)
        await ending_store.record_endings(tx, WITHDRAWN_ENDING, [who], back=status != "withdrawn")


async def came_since(tx: Transaction, participant_id: int, since: datetime) -> bool:
    """Return whether a participant joined for the first time after an instant.

    For a participant who has not joined, the result says whether organisers added them after that instant.
    """
    return await tx.exists(
        "SELECT 1 FROM participants WHERE id = :id AND COALESCE(joined_at, created_at) > :since",
        id=participant_id,
        since=to_micros(since),
    )


async def set_locale(tx: Transaction, participant_id: int, locale: str) -> None:
    """Set the language that a participant chose."""
    await tx.run("UPDATE participants SET locale = :locale WHERE id = :id", id=participant_id, locale=locale)


async def set_stopped(tx: Transaction, participant_id: int, stopped: bool) -> None:
    """Set whether a participant gets only messages that they asked for (`stopped` True), or all messages."""
    await tx.run("UPDATE participants SET stopped = :stopped WHERE id = :id", id=participant_id, stopped=int(stopped))


async def set_organises(tx: Transaction, participant_id: int, organises: bool) -> None:
    """Make a participant an organiser if `organises` is True; take the role away if it is False."""
    changed = await tx.run(
        "UPDATE participants SET organises = :organises WHERE id = :id AND organises <> :organises",
        id=participant_id,
        organises=int(organises),
    )
    if changed:
        who = await ending_store.fingerprint(tx, participant_id)
        await ending_store.record_endings(tx, ORGANISER_ENDING, [who], back=organises)


async def count_attending(tx: Transaction) -> tuple[int, int]:
    """Return two numbers: how many attendees have joined, and how many there are, invited ones included."""
    row = await tx.one(
        "SELECT COUNT(CASE WHEN status = 'joined' THEN 1 END) AS joined, COUNT(*) AS selected FROM participants"
        " WHERE attends = 1 AND status IN ('joined', 'invited')"
    )
    assert row is not None, "it counts"
    return row["joined"], row["selected"]


async def other_organisers(tx: Transaction, participant_id: int) -> int:
    """Return how many organisers other than this participant can act, because they have joined and have an account."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM participants p WHERE p.organises = 1 AND p.status = 'joined' AND p.id <> :id"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id)",
        id=participant_id,
    )


async def attach(tx: Transaction, account: Account, participant_id: int, now: datetime) -> Account:
    """Link an account to a participant, and return the account as stored.

    A participant's first account becomes the one on which they get messages. If the account already belonged to the
    participant, nothing is changed, not even the screen that they opened last.
    """
    [row] = await tx.all(
        "INSERT INTO accounts (platform, native_id, participant_id, chat, private_chat, name, locale, linked_at)"
        " VALUES (:platform, :native_id, :participant, :chat, :private_chat, :name, :locale, :now)"
        " ON CONFLICT (platform, native_id) DO UPDATE SET participant_id = :participant, chat = :chat,"
        " private_chat = CASE WHEN :private_chat <> '' THEN :private_chat ELSE accounts.private_chat END,"
        " name = :name, unreachable = 0,"
        " screen = CASE WHEN accounts.participant_id = :participant THEN accounts.screen ELSE '' END,"
        " linked_at = CASE WHEN accounts.participant_id = :participant THEN accounts.linked_at ELSE :now END"
        " RETURNING id, private_chat",
        platform=account.platform,
        native_id=account.native_id,
        participant=participant_id,
        chat=account.chat,
        private_chat=account.private_chat,
        name=account.name,
        locale=account.locale,
        now=to_micros(now),
    )
    await tx.run(
        "UPDATE participants SET preferred_account = :account WHERE id = :id AND preferred_account IS NULL",
        id=participant_id,
        account=row["id"],
    )
    return Account(
        account.platform,
        account.native_id,
        account.chat,
        account.name,
        account.locale,
        row["id"],
        private_chat=row["private_chat"],
    )


async def set_screen(tx: Transaction, account_id: int, screen: str) -> None:
    """Store which screen an account's owner opened last; '' if that screen takes no typed words."""
    await tx.run("UPDATE accounts SET screen = :screen WHERE id = :id", id=account_id, screen=screen)


async def refresh(tx: Transaction, account: Account, chat: str, private_chat: str) -> Account:
    """Update an account from which somebody has just written, and return it as stored; it now counts as reachable.

    `chat` is the platform's id of the chat from which the person wrote. `private_chat` is the id of the chat for
    private messages, '' to keep the stored one.
    """
    private_chat = private_chat or account.private_chat
    if not account.unreachable and (account.chat, account.private_chat) == (chat, private_chat):
        return account
    await tx.run(
        "UPDATE accounts SET chat = :chat, private_chat = :private_chat, unreachable = 0 WHERE id = :id",
        id=account.id,
        chat=chat,
        private_chat=private_chat,
    )
    if account.unreachable and account.id is not None:
        await _try_again(tx, account.id)
    return replace(account, chat=chat, private_chat=private_chat, unreachable=False)


async def remember_private_chats(tx: Transaction, platform: str, chats: Mapping[str, str]) -> None:
    """Store the platform's ids of private chats; `chats` has them by the id of the account on the platform."""
    await tx.many(
        "UPDATE accounts SET private_chat = :chat WHERE platform = :platform AND native_id = :native_id",
        [{"platform": platform, "native_id": native_id, "chat": chat} for native_id, chat in chats.items()],
    )


async def private_chats(tx: Transaction, platform: str) -> Mapping[str, str]:
    """Return the ids of private chats with accounts of a platform, by the account's id on that platform."""
    rows = await tx.all(
        "SELECT native_id, private_chat FROM accounts WHERE platform = :platform AND private_chat <> ''",
        platform=platform,
    )
    return {row["native_id"]: row["private_chat"] for row in rows}


async def command_lists(tx: Transaction, platform: str) -> Mapping[str, str]:
    """Return a digest of the list of commands shown to each account of a platform, by the account's id there.

    Accounts with the usual list, which is the same for everybody, are left out.
    """
    rows = await tx.all(
        "SELECT native_id, command_list FROM accounts WHERE platform = :platform AND command_list <> ''",
        platform=platform,
    )
    return {row["native_id"]: row["command_list"] for row in rows}


async def set_command_list(tx: Transaction, platform: str, native_id: str, command_list: str) -> None:
    """Store the digest of the list of commands that an account is shown; '' for the usual list.

    `native_id` is the account's id on the platform.
    """
    await tx.run(
        "UPDATE accounts SET command_list = :list WHERE platform = :platform AND native_id = :native_id",
        list=command_list,
        platform=platform,
        native_id=native_id,
    )


async def enlist(
    tx: Transaction, account: Account, person: Participant | None, now: datetime
) -> tuple[Account, Participant]:
    """Make the owner of an account an organiser, and return the account and its owner.

    `person` is the owner, None if the account has none. An account without an owner gets one: the participant who was
    once added for this account by this function, or else a new participant, who does not attend.
    """
    if person is None:
        ref = f"O-{account.platform}-{account.native_id}"
        person = await find_by_ref(tx, ref) or await add(
            tx,
            ref=ref,
            given_name=account.name,
            family_name="",
            now=now,
            attends=False,
            organises=True,
        )
        account = await attach(tx, account, person.id, now)
    if person.status != "joined":
        await join(tx, person.id, now)
    await set_organises(tx, person.id, True)
    enlisted = await find(tx, person.id)
    assert enlisted is not None
    return account, enlisted


async def accounts_of(tx: Transaction, participant_id: int) -> Sequence[Account]:
    """Return a participant's accounts, oldest first."""
    return await tx.rows(
        Account,
        "SELECT id, platform, native_id, chat, name, locale, unreachable, private_pushes, linked_at AS linked,"
        " private_chat FROM accounts WHERE participant_id = :id ORDER BY id",
        id=participant_id,
    )


async def prefer(tx: Transaction, participant_id: int, account_id: int) -> None:
    """Set the account on which a participant gets messages; `account_id` is the account's id."""
    await tx.run(
        "UPDATE participants SET preferred_account = :account WHERE id = :id",
        id=participant_id,
        account=account_id,
    )


async def mark_reachable(tx: Transaction, account_id: int, reachable: bool) -> None:
    """Store whether messages reach an account.

    If `reachable` is True, messages on the account that could not be deleted before are deleted now, and confidential
    ones that did not arrive are sent.
    """
    if reachable:
        await _try_again(tx, account_id)
    await tx.run(
        "UPDATE accounts SET unreachable = :unreachable WHERE id = :id",
        id=account_id,
        unreachable=int(not reachable),
    )


@collecting_hook
async def reachable_again(tx: Transaction, participant_id: int, now: datetime) -> Sequence[None]:  # noqa: ARG001
    """Send a person everything that was held back while messages did not reach their account.

    This is a hook, called when messages reach the account again: each capability sends what it held back. The result is
    empty.
    """
    return ()


@collecting_hook
async def out_of_reach(tx: Transaction, participant_id: int, now: datetime) -> Sequence[None]:  # noqa: ARG001
    """Tell those who wait for a person that messages reach none of the person's accounts any more.

    This is a hook, called when that is found: each capability tells whom it concerns. The result is empty.
    """
    return ()


async def _try_again(tx: Transaction, account_id: int) -> None:
    """Try again to delete messages on an account that could not be reached before, and to send confidential ones."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', attempts = 0, reason = NULL, settled_at = NULL"
        " WHERE account_id = :account AND state = 'unreachable'"
        " AND (op = 'delete' OR (op = 'send' AND content LIKE '%\"confidential\": true%'))",
        account=account_id,
    )

"""The SQL of the browsers in which people's pages are open; each is a session in the table of secrets.

Anyone with a person's link can open their page. So a new browser does not show earlier confidential messages until the
owner confirms it on another account. If the owner has no other account, it opens by itself after a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.content.features import in_sql
from bot.content.hooks import collecting_hook
from bot.database.engine import Row, Transaction

OPENS_AFTER = timedelta(hours=24)
"""How long a new browser waits until it opens by itself, if its owner has no other account.

`Browser` says since when it waits.
"""
_DIGITS = 16
"""How many digits of the hash of a session are the id of its browser. Nobody can open a page with these digits."""
_OWN_PAGES = in_sql(lambda platform: platform.own_page)
_KEEPING_MESSAGES = in_sql(lambda platform: platform.keeps_messages)
_ID = f"substr(hash, 1, {_DIGITS})"


def _told(person: str, browser: str) -> str:
    """Return SQL for the ids of the accounts where a person can be told of a browser; `person` and `browser` are SQL.

    An account that cannot be reached is left out, and one where every message about the browser failed. The account of
    their page is included if it is open in another browser that they confirmed.
    """
    return (
        f"SELECT a.id FROM accounts a WHERE a.participant_id = {person} AND CASE WHEN a.platform IN {_OWN_PAGES}"
        f" THEN EXISTS (SELECT 1 FROM secrets o WHERE o.participant_id = {person} AND o.purpose = 'session'"
        f" AND o.confirmed_at IS NOT NULL AND substr(o.hash, 1, {_DIGITS}) <> {browser})"
        " ELSE a.unreachable = 0 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.account_id = a.id"
        f" AND d.subject = 'browser:' || {browser} GROUP BY d.account_id"
        " HAVING COUNT(d.sent_at) = 0 AND COUNT(*) = COUNT(d.settled_at)) END"
    )


def _ways(person: str, browser: str) -> str:
    """Return SQL for the ids of the accounts by which a person can confirm a browser; `person` and `browser` are SQL.

    These are the accounts where they can be told of it, but for e-mail: the buttons of a letter open the page, which
    would be in the browser that is to be confirmed.
    """
    return f"{_told(person, browser)} AND a.platform NOT IN {_KEEPING_MESSAGES}"


COLUMNS = (
    "hash, browser, screen, created_at, confirmed_at,"
    f" (SELECT MIN(d.sent_at) FROM deliveries d WHERE d.subject = 'browser:' || {_ID}) AS warned_at,"
    " CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.id = secrets.account_id"
    f" AND a.platform NOT IN {_OWN_PAGES}) THEN 1 ELSE 0 END AS inside,"
    " CASE WHEN purpose = 'session' AND confirmed_at IS NULL AND NOT EXISTS"
    f" ({_ways('secrets.participant_id', f'substr(secrets.hash, 1, {_DIGITS})')}) THEN 1 ELSE 0 END AS alone,"
    " CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = secrets.participant_id"
    f" AND a.platform NOT IN {_OWN_PAGES}) THEN NULL ELSE created_at END AS untold_at"
)
"""The columns of a session from which `browser_of` makes a Browser.

`warned_at` is when a message about its browser first arrived. `inside` is 1 if a chat app opened it inside itself,
`alone` if its owner has no other way to confirm it; `untold_at` is when it was opened if they have no other account.
"""


OPEN = f"(SELECT {_ID} FROM secrets WHERE participant_id = :participant AND purpose = 'session')"
"""SQL for the ids of the browsers in which the page of the participant `:participant` is open."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which a person's page is open.

    `name` is for its owner, like «Firefox, Android», '' if the browser does not say. `confirmed` says that the owner
    has confirmed that the browser belongs to them. A new browser `waits`: it shows nothing confidential until it is
    confirmed. If the owner has no other account on which to confirm it, it stops waiting after a day: it opens by
    itself, without being confirmed. `opens` is the instant when that happens; None if the owner confirmed the browser
    or can do so on another account. `screen` is the screen that was opened last in an unconfirmed browser, if the
    screen takes typed words; otherwise ''. `told` is when a message about the browser reached its owner, None if no
    message has. `inside` says that the page was opened inside a chat app.
    """

    id: str
    name: str
    opened: datetime
    confirmed: bool
    waits: bool
    screen: str = ""
    told: datetime | None = None
    opens: datetime | None = None
    inside: bool = False

    @property
    def subject(self) -> str:
        """Return the subject under which messages about this browser are sent to its owner, «browser:ID»."""
        return f"browser:{self.id}"


def browser_of(row: Row, now: datetime) -> Browser:
    """Return the browser in which a person's page is open, from a row of its session with the columns `COLUMNS`."""
    warned, since = row["warned_at"], row["untold_at"] if row["warned_at"] is None else row["warned_at"]
    told = from_micros(warned) if warned is not None else None
    opens = from_micros(since) + OPENS_AFTER if row["alone"] and since is not None else None
    confirmed = row["confirmed_at"] is not None
    waits = not confirmed and (opens is None or opens > now)
    opened = from_micros(row["created_at"])
    inside = bool(row["inside"])
    return Browser(row["hash"][:_DIGITS], row["browser"], opened, confirmed, waits, row["screen"], told, opens, inside)


async def of_person(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Browser]:
    """Return the browsers in which a person's page is open, the oldest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM secrets"
        " WHERE participant_id = :id AND purpose = 'session' AND expires_at > :now ORDER BY created_at, hash",
        id=participant_id,
        now=to_micros(now),
    )
    return [browser_of(row, now) for row in rows]


async def find(tx: Transaction, participant_id: int, browser_id: str, now: datetime) -> Browser | None:
    """Return the browser with this id if a person's page is open in it now; otherwise None."""
    return next((each for each in await of_person(tx, participant_id, now) if each.id == browser_id), None)


async def is_open_beside(tx: Transaction, participant_id: int, account_id: int) -> bool:
    """Return whether a person's page is open with another of the person's accounts than `account_id`."""
    return await tx.exists(
        "SELECT 1 FROM secrets WHERE participant_id = :id AND purpose = 'session' AND account_id <> :account",
        id=participant_id,
        account=account_id,
    )


async def confirm(tx: Transaction, participant_id: int, browser_id: str, now: datetime) -> None:
    """Store that a person confirmed one of their browsers; words written in it now count as the person's own."""
    await tx.run(
        "UPDATE secrets SET confirmed_at = :now"
        f" WHERE participant_id = :id AND purpose = 'session' AND {_ID} = :browser AND confirmed_at IS NULL",
        id=participant_id,
        browser=browser_id,
        now=to_micros(now),
    )
    await now_theirs(tx, participant_id, browser_id)


async def is_on_its_way(tx: Transaction, browser: Browser) -> bool:
    """Return whether a message that tells a person about their new browser is waiting to be sent."""
    return await tx.exists(
        "SELECT 1 FROM deliveries WHERE subject = :subject AND settled_at IS NULL", subject=browser.subject
    )


async def count_told(tx: Transaction, participant_id: int, since: datetime) -> int:
    """Return the number of browsers about which messages were sent to a person since an instant."""
    return await tx.value(
        int,
        "SELECT COUNT(DISTINCT subject) FROM deliveries WHERE participant_id = :id AND subject LIKE 'browser:%'"
        " AND created_at > :since",
        id=participant_id,
        since=to_micros(since),
    )


async def ways_beside(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[int]:
    """Return the ids of the accounts by which a person can confirm a new browser.

    `browser_id` is the id of the browser in which the person acts, '' if they act in a chat. The account of that
    browser is left out.
    """
    return await tx.values(int, _ways(":id", "CAST(:browser AS TEXT)"), id=participant_id, browser=browser_id)


async def told_beside(tx: Transaction, participant_id: int) -> Sequence[int]:
    """Return the ids of the accounts on which a person is told of a new browser, even if they cannot confirm it."""
    return await tx.values(int, _told(":id", "''"), id=participant_id)


@collecting_hook
async def now_theirs(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[None]:  # noqa: ARG001
    """Treat the words written in a browser, which its owner has just confirmed, as the owner's own words.

    This is a hook: each capability does it for its own texts. The result is empty.
    """
    return ()


async def set_screen(tx: Transaction, participant_id: int, browser_id: str, screen: str) -> None:
    """Store which screen was opened last in a person's new browser; '' if that screen takes no typed words."""
    await tx.run(
        f"UPDATE secrets SET screen = :screen WHERE participant_id = :id AND purpose = 'session' AND {_ID} = :browser",
        id=participant_id,
        browser=browser_id,
        screen=screen,
    )


async def sessions_in(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[str]:
    """Return the hash of the session of a person's page in one of their browsers, in a list; empty if there is none."""
    return await tx.values(
        str,
        f"SELECT hash FROM secrets WHERE participant_id = :id AND purpose = 'session' AND {_ID} = :browser",
        id=participant_id,
        browser=browser_id,
    )


async def never_confirmed(tx: Transaction, participant_id: int, *, but: str) -> Sequence[str]:
    """Return the hashes of a person's sessions in browsers that the person has never confirmed.

    They include browsers that opened by themselves after a day. The browser with the id `but` is left out; '' leaves
    none out.
    """
    return await tx.values(
        str,
        "SELECT hash FROM secrets WHERE participant_id = :id AND purpose = 'session' AND confirmed_at IS NULL"
        f" AND {_ID} <> :but",
        id=participant_id,
        but=but,
    )


async def prolong(tx: Transaction, participant_id: int, browser_id: str, until: datetime) -> None:
    """Keep a person's page open in one of their browsers until an instant."""
    await tx.run(
        "UPDATE secrets SET expires_at = :until"
        f" WHERE participant_id = :id AND purpose = 'session' AND {_ID} = :browser",
        id=participant_id,
        browser=browser_id,
        until=to_micros(until),
    )


# --- how much may be done in browsers that are new

ALL_NEW = "*"
"""The place in which actions in all new browsers of a person together are counted."""
TOGETHER = 5
"""The limit for actions in all new browsers of a person together, as a multiple of the limit for one place."""
COUNTED = "(browser = CAST(:browser AS TEXT) OR (CAST(:browser AS TEXT) = '*' AND browser <> ''))"
"""The SQL condition that a row was written in the place `:browser`: a browser's id, '' or ALL_NEW."""


def still_new(table: str) -> str:
    """Return an SQL expression for the id of the new browser in which a row of `table` was written.

    The expression is '' if the browser has been confirmed since, or if the row was written in any other place. The
    table has the columns `participant_id` and `browser`.
    """
    return (
        f"CASE WHEN EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = {table}.participant_id"
        f" AND s.purpose = 'session' AND substr(s.hash, 1, {_DIGITS}) = {table}.browser"
        f" AND s.confirmed_at IS NOT NULL) THEN '' ELSE {table}.browser END"
    )


def counted_in(browser: str, most: int) -> Sequence[tuple[str, int]]:
    """Return the places in which an action is counted, each with the most actions allowed there.

    `browser` is the id of the new browser in which the action is done, '' for any other place; `most` is the limit for
    one place. An action in a new browser is counted for that browser, and also for all new browsers together. So
    strangers who opened a person's page cannot use up the actions that its owner may do elsewhere.
    """
    return ((browser, most), (ALL_NEW, most * TOGETHER)) if browser else (("", most),)

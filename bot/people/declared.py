"""Defines how tables with personal data are declared, and what happens when a person leaves or is erased.

Each package of the engine and each capability declares its tables in its module `personal_data`, one `PersonalData` for
every table, and, as an `AfterMembership`, what it does when a person is banned, admitted again or loses a role.
`Declared` holds all declarations; it is built once, when the program starts, and given to all code that reads a
person's data, bans a person or erases a person. Tests compare the declarations with the database's tables, so no column
that refers to a person can be forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.content.roles import Required
from bot.content.texts import Text
from bot.database.engine import Transaction
from bot.people.participants import Participant
from bot.people.stored_before import Traces


@dataclass(frozen=True, slots=True)
class AuthoredContent:
    """The texts and files of a person that are erased together with the person.

    `texts` are searched for in older messages, which contain them literally. `quotes` are the kinds and keys by which
    newer messages refer to these texts. `files` has the name and the SHA-256 of each of the person's files, except
    names under which somebody else sent a file too. `digests` are the SHA-256 of the files that are erased.
    """

    texts: Sequence[str] = ()
    files: Sequence[tuple[str, str]] = ()
    digests: Sequence[str] = ()
    quotes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The erasure of a person, while the person's row in the database still exists.

    `texts` is True if what the person wrote for others is erased too, and False if texts that others have read are kept
    without an author. `traces` are names and words to search for in older messages and in lists that wait to be
    imported.
    """

    person: Participant
    texts: bool
    traces: Traces


Forget = Callable[[Transaction, Forgetting], Awaitable[None]]
Read = Callable[[Transaction, int, bool], Awaitable[AuthoredContent]]


async def _nothing_more(_tx: Transaction, _forgetting: Forgetting) -> None:
    """Do nothing: the row refers to the person, so the database itself deletes the row or empties the reference."""


class Chapter(Enum):
    """A chapter of the page on which a person reads all data stored about them; the order is the order on the page."""

    YOU = "you"
    WRITTEN = "what you wrote"
    SAID = "what was said"
    DONE = "what you did for the gathering"
    NOTED = "what the bot notes to do its work"


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """What one table adds to the document of all data about a person, which is JSON for programs and a page for people.

    The JSON has all rows that `sql` returns, under `name`. The page has the `title` and for each row the text in the
    column `said`, then the columns `facts` with their labels; without `said` and `facts` it has only the number of
    rows. `sql` has the parameter `:id`, the participant's id, or `:subject`, which is «person:12». If `own` is True,
    the rows are only in a document that the person requests, not in one that organisers request for the person.
    """

    name: str
    title: Text
    chapter: Chapter
    sql: str
    said: str = ""
    facts: Mapping[str, Text] = field(default_factory=dict[str, Text])
    own: bool = False

    @property
    def told(self) -> bool:
        """Return whether the page for people shows the content of the rows, not only their number."""
        return bool(self.said or self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """The personal data in one table, and what happens to each column when a person is erased.

    Each column of text or bytes, and each column that refers to people or accounts, is named in exactly one of the
    fields from `goes` to `of_nobody`; the names in a field are separated by blanks. Other columns (numbers, instants)
    need not be named, because they are no personal data once the person is erased.
    """

    table: str
    manual: str = ""
    """The table's lines in the privacy manual, in French: «what is kept | from where | for how long».

    «For how long» is left out if the data are kept until their purpose ends. If another table's line covers this table
    too, it is the beginning of that line.
    """
    goes: str = ""
    """Columns that refer to the person and whose rows are deleted together with the person's own row."""
    deleted: str = ""
    """Columns that refer to an account of the person and whose rows `forget` deletes."""
    emptied: str = ""
    """Columns that refer to the person and are emptied, while their rows are kept."""
    texts: str = ""
    """Columns with texts that the person wrote for others.

    They are erased if the person wants that (`Forgetting.texts`); otherwise texts that others have read are kept.
    """
    shown: str = ""
    """Columns that show others something, or are temporary, and name people and quote words only by reference.

    `bot.membership.shown_store` deletes data there that are no references.
    """
    of_others: str = ""
    """Columns with texts of the team or the program, which are not about a single person."""
    of_nobody: str = ""
    """Columns without personal data: kinds, states, words of the configuration."""
    document: DocumentPart | Sequence[DocumentPart] = ()
    """What the document of all data about a person contains from this table: nothing, a part, or several."""
    stored_json: str = ""
    """Columns with JSON text; the JSON document contains their values instead of the text."""
    instants: str = ""
    """Columns with instants whose names do not end in `_at`; the document shows them as dates."""
    forget: Forget | Sequence[str] = _nothing_more
    """What else must be done when a person is erased: a function, or SQL statements.

    The statements have the parameters of a `DocumentPart`.
    """
    written: Read | None = None
    """A function written(tx, participant_id, texts) that returns the person's texts and files to be erased.

    With `texts`, what they wrote for others is erased too.
    """
    files: str = ""
    """SQL query for the digests of the files that people sent and that rows of the table still need."""
    purpose: str = ""
    """The key of the purpose for which the rows are kept: all of them are deleted when it ends.

    '' stands for taking part; in the engine's own tables, for as long as the person is stored at all. If people agree
    to the purpose, the rows name the person in the column `participant_id`.
    """
    stays_at_the_end: bool = False
    """Whether the rows are kept when their purpose ends; otherwise all of them are deleted."""
    at_the_end: Sequence[str] = ()
    """SQL statements that are also run when their purpose ends."""

    @property
    def parts(self) -> Sequence[DocumentPart]:
        """Return the parts that this table has in the document of all data about a person."""
        return (self.document,) if isinstance(self.document, DocumentPart) else self.document

    @property
    def columns(self) -> Iterator[str]:
        """Yield the names of all columns of this table for which it is declared what an erasure does."""
        fates = (self.goes, self.deleted, self.emptied, self.texts, self.shown, self.of_others, self.of_nobody)
        return (column for names in fates for column in names.split())


Leave = Callable[[Transaction, Participant, datetime, bool], Awaitable[Mapping[str, Any]]]
ComeBack = Callable[[Transaction, Participant, Mapping[str, Any], datetime], Awaitable[None]]
LoseRole = Callable[[Transaction, Participant, Required, datetime], Awaitable[None]]
Follow = Callable[[Transaction, Participant, datetime], Awaitable[None]]
BeforeErasing = Callable[[Transaction, Participant, datetime, bool], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterMembership:
    """What a package or capability does when a person leaves, comes back, loses a role or is about to be erased."""

    leave: Leave | None = None
    """Called when a person withdraws or is banned: leave(tx, person, now, quiet).

    It returns JSON values for `come_back`, by names that no other `leave` uses. If `quiet` is True, it does not notify
    organisers, because the caller does.
    """
    come_back: ComeBack | None = None
    """Called when a person is admitted again: come_back(tx, person, kept, now).

    `kept` contains the values that all `leave` functions returned.
    """
    loses_role: LoseRole | None = None
    """Called when a person loses a rung and all higher ones, or a role: loses_role(tx, person, lost, now).

    `person` is the participant before the loss. They may still have the role `lost` for another scope.
    """
    renewed: Follow | None = None
    """Called when a person gets a new invitation, with which one can log in as them: renewed(tx, person, now)."""
    before_erasing: BeforeErasing | None = None
    """Called before a person is erased, while all their rows still exist: before_erasing(tx, person, now, texts).

    If `texts` is True, what the person wrote for others is erased too.
    """


EndAgain = Callable[[Transaction, "Declared", Collection[str], datetime], Awaitable[int]]
EndAll = Callable[[Transaction, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A kind of things that end for good, such as sessions.

    If an older backup brings such things back, they must end again. So code that ends one also calls
    `bot.people.ending_store.record_endings` in the same transaction.
    """

    kind: str
    """The name of the kind in the log, a file next to the database; it must never change."""
    again: EndAgain
    """A function again(tx, declared, whats, now) that ends the things with these hashes or random ids.

    It ignores things that have already ended, and returns how many it ended.
    """
    all: EndAll | None = None
    """A function all(tx, now) that ends all things of this kind, called if nobody knows which of them were ended.

    None if these must not be ended for that reason, like roles.
    """


def ending_of_rows(kind: str, *statements: str) -> Ending:
    """Return the declaration of a kind of things that are rows: `whats` are their ids.

    The `statements` end the row with the id `:id` again, if it has not ended yet.
    """

    async def again(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
        return sum([await tx.run(statement, id=int(what)) for what in whats for statement in statements])

    return Ending(kind=kind, again=again)


@dataclass(frozen=True, slots=True)
class Declared:
    """All declarations about personal data: first the engine's, then the capabilities' in their order.

    Declared functions are called in this order. Raises ValueError if a table, a kind of things that end, or a name in
    the document of all data about a person is declared twice.
    """

    tables: Sequence[PersonalData] = ()
    membership: Sequence[AfterMembership] = ()
    endings: Sequence[Ending] = ()

    def __post_init__(self) -> None:
        names = [*(data.table for data in self.tables), *(f"«{part.name}»" for part in self.document)]
        names += [f"the ending of «{ending.kind}»" for ending in self.endings]
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise ValueError(f"declared twice about people: {', '.join(twice)}")

    @property
    def document(self) -> Sequence[DocumentPart]:
        """Return the parts of the document of all data about a person."""
        return [part for data in self.tables for part in data.parts]

    async def forget(self, tx: Transaction, forgetting: Forgetting) -> None:
        """Do what all tables declare for erasing a person; the caller deletes the person's own row and accounts."""
        for data in self.tables:
            if callable(data.forget):
                await data.forget(tx, forgetting)
            else:
                for statement in data.forget:
                    await tx.run(statement, **parameters(statement, forgetting.person.id))

    async def written(self, tx: Transaction, participant_id: int, *, texts: bool) -> AuthoredContent:
        """Return the texts and files of a person that must be erased.

        If `texts` is True, what the person wrote for others is included.
        """
        parts = [await data.written(tx, participant_id, texts) for data in self.tables if data.written]
        return AuthoredContent(
            tuple(text for part in parts for text in part.texts),
            tuple(file for part in parts for file in part.files),
            tuple(digest for part in parts for digest in part.digests),
            tuple(quote for part in parts for quote in part.quotes),
        )

    async def files(self, tx: Transaction) -> frozenset[str]:
        """Return the digests of all files that people sent and that must be kept."""
        rows = [row for data in self.tables if data.files for row in await tx.all(data.files)]
        return frozenset(row["digest"] for row in rows)

    async def leave(
        self, tx: Transaction, person: Participant, now: datetime, *, quiet: bool = False
    ) -> dict[str, Any]:
        """Call the functions declared for a person who withdraws or is banned; return values that `come_back` needs.

        The result has JSON values by name. If `quiet` is True, the functions do not notify organisers, because the
        caller does. Raises ValueError if two functions return values with the same name.
        """
        kept: dict[str, Any] = {}
        for after in self.membership:
            if after.leave:
                more = await after.leave(tx, person, now, quiet)
                if both := kept.keys() & more.keys():
                    raise ValueError(f"kept twice of someone who is shut out: {min(both)}")
                kept |= more
        return kept

    async def come_back(self, tx: Transaction, person: Participant, kept: Mapping[str, Any], now: datetime) -> None:
        """Call the functions declared for a person who is admitted again after a ban.

        `kept` are the values that `leave` returned when the person was banned.
        """
        for after in self.membership:
            if after.come_back:
                await after.come_back(tx, person, kept, now)

    async def lose_role(self, tx: Transaction, person: Participant, lost: Required, now: datetime) -> None:
        """Call the functions declared for a person who loses a role.

        `lost` is the role; `person` is the participant before the loss.
        """
        for after in self.membership:
            if after.loses_role:
                await after.loses_role(tx, person, lost, now)

    async def renewed(self, tx: Transaction, person: Participant, now: datetime) -> None:
        """Call the functions declared for a person who gets a new invitation link."""
        for after in self.membership:
            if after.renewed:
                await after.renewed(tx, person, now)

    async def before_erasing(self, tx: Transaction, person: Participant, now: datetime, *, texts: bool) -> None:
        """Call the functions declared for a person who is about to be erased, while all their rows still exist.

        If `texts` is True, what the person wrote for others is erased too.
        """
        for after in self.membership:
            if after.before_erasing:
                await after.before_erasing(tx, person, now, texts)

    async def end_again(self, tx: Transaction, whats: Mapping[str, Collection[str]], now: datetime) -> int:
        """End things again that ended before, but were brought back by an older backup; return how many were ended.

        `whats` has the hashes or ids of the things by kind (such as sessions). Unknown kinds are ignored.
        """
        ended = 0
        for ending in self.endings:
            if ending.kind in whats:
                ended += await ending.again(tx, self, whats[ending.kind], now)
        return ended

    async def end_all(self, tx: Transaction, now: datetime) -> None:
        """End all sessions and links, because an older backup was restored and nobody knows which of them had ended."""
        for ending in self.endings:
            if ending.all:
                await ending.all(tx, now)


def parameters(statement: str, participant_id: int) -> Mapping[str, Any]:
    """Return the parameter, by name, with which a declared SQL statement is run for a participant.

    It is `:subject` («person:12») if the statement contains that, otherwise `:id`.
    """
    return {"subject": f"person:{participant_id}"} if ":subject" in statement else {"id": participant_id}

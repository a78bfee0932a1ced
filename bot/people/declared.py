"""What is kept about people and what happens when they leave: declared by the packages and capabilities it concerns.

Each package of the engine and each capability declares its tables in its module `personal_data`, one `PersonalData`
for every table; what a capability does when someone is shut out, let in again or loses a role is its `AfterMembership`.
`Declared` is all of it: the composition root gathers it and hands it to whatever reads a person's data, shuts someone
out or erases them. Tests compare it with the schema, so a column that leads to a person cannot be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.content.roles import Who
from bot.content.texts import Text
from bot.database.engine import Transaction
from bot.people.mentions import Redaction, Traces
from bot.people.participants import Participant


@dataclass(frozen=True, slots=True)
class AuthoredContent:
    """Texts and files that are erased with the person who wrote or sent them.

    They are also searched for in what others were shown. `files` are the names of all files of the person, `digests`
    the SHA-256 of the content of those that are erased.
    """

    texts: Sequence[str] = ()
    files: Sequence[str] = ()
    digests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A person who is being erased, while their row in the database still exists.

    `texts` says that what they wrote for others is erased too; otherwise what others have read of it stays, without its
    author. `traces` are what is searched for in what others were shown.
    """

    person: Participant
    texts: bool
    traces: Traces


Forget = Callable[[Transaction, Forgetting], Awaitable[None]]
Read = Callable[[Transaction, int, bool], Awaitable[AuthoredContent]]
Sweep = Callable[[Transaction, Redaction], Awaitable[None]]


async def _nothing_more(_tx: Transaction, _forgetting: Forgetting) -> None:
    """Do nothing: the row refers to the person, and the database itself deletes or empties it with them."""


class Chapter(Enum):
    """A chapter of the page that tells people what is kept about them; the page has them in this order."""

    YOU = "you"
    WRITTEN = "what you wrote"
    SAID = "what was said"
    DONE = "what you did for the gathering"
    NOTED = "what the bot notes to do its work"


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """What the document of one person's data tells of one table: as JSON for programs, as a page for people.

    The JSON has all rows that `sql` returns under `name`. The page has the `title`, and for each row the words in the
    column `said`, then the columns `facts` with their labels. Without `said` and `facts`, the page only says how many
    rows there are. The statement has the parameter `:id`, the participant's id; or `:subject`, which is «person:12».
    """

    name: str
    title: Text
    chapter: Chapter
    sql: str
    said: str = ""
    facts: Mapping[str, Text] = field(default_factory=dict[str, Text])

    @property
    def told(self) -> bool:
        """Whether the page shows what is in the rows, not only how many there are."""
        return bool(self.said or self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """The personal data in one table, and what becomes of them when somebody is erased.

    Columns of words and of bytes, and those that refer to people or accounts, are named in exactly one of the fields
    from `goes` to `of_nobody`, with a blank between two names. Other columns (numbers, instants) say nothing of anybody
    once these are erased or emptied.
    """

    table: str
    goes: str = ""
    """Columns of rows that are deleted together with the person to whom they refer."""
    deleted: str = ""
    """Columns of rows that `forget` deletes, because they refer only to an account of the person."""
    emptied: str = ""
    """Columns that are emptied: the row stays, but refers to nobody any more."""
    texts: str = ""
    """Columns of what people wrote for others.

    It is erased if the person wants that (`Forgetting.texts`), otherwise what others have read of it stays.
    """
    swept: str = ""
    """Columns of what others were shown, or what is kept for a limited time; the person's name and words are removed.
    """
    of_others: str = ""
    """Columns of what the team or the program wrote, and which is not about one person."""
    of_nobody: str = ""
    """Columns of kinds, states, and words of the configuration."""
    document: Sequence[DocumentPart] = ()
    """The parts of the document of one person's data that come from this table."""
    stored_json: str = ""
    """Columns that hold JSON; the document has it as JSON."""
    instants: str = ""
    """Columns that hold an instant although their name does not end in `_at`; the document has them as dates."""
    forget: Forget | Sequence[str] = _nothing_more
    """What is done besides when someone is erased.

    A function, or statements with the parameters of a `DocumentPart`.
    """
    written: Read | None = None
    """A function written(tx, participant_id, texts) that returns what a person wrote into the table and is erased.

    `texts` says whether what they wrote for others is erased too.
    """
    sweep: Sweep | None = None
    """A function that removes an erased person from the columns `swept`; it may be called again."""
    files: str = ""
    """SQL for the digests of the files that people sent and that the table still needs."""
    stays_at_the_end: bool = False
    """Whether the rows stay when all data of the gathering are erased; otherwise all of them are deleted."""
    at_the_end: Sequence[str] = ()
    """Statements that are run besides when all data of the gathering are erased."""

    @property
    def columns(self) -> Iterator[str]:
        """Return the names of all declared columns; one that is declared twice is returned twice."""
        fates = (self.goes, self.deleted, self.emptied, self.texts, self.swept, self.of_others, self.of_nobody)
        return (column for names in fates for column in names.split())


Leave = Callable[[Transaction, Participant, datetime, bool], Awaitable[Mapping[str, Any]]]
ComeBack = Callable[[Transaction, Participant, Mapping[str, Any], datetime], Awaitable[None]]
LoseRole = Callable[[Transaction, Participant, Who, datetime], Awaitable[None]]
Erase = Callable[[Transaction, Participant, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterMembership:
    """What a package or capability does when someone leaves, is let in again, loses a role, or is to be erased."""

    leave: Leave | None = None
    """Called when someone says that they do not come, or is shut out: leave(tx, person, now, quiet).

    It returns what `come_back` needs: JSON values under names that no other `leave` uses. `quiet` is True if the caller
    tells the organisers, so that this function does not.
    """
    come_back: ComeBack | None = None
    """Called when someone is let in again: come_back(tx, person, kept, now).

    `kept` has what all `leave` functions returned.
    """
    loses_role: LoseRole | None = None
    """Called when someone loses the role `least` and all higher ones: loses_role(tx, person, least, now).

    `person` is as before the loss.
    """
    before_erasing: Erase | None = None
    """Called before someone is erased, while all their rows are there: before_erasing(tx, person, now)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that is declared about personal data: by the engine, then by the capabilities in their order.

    All of it is done in this order. Raises ValueError for a table, or a name in the document, that is declared twice.
    """

    tables: Sequence[PersonalData] = ()
    membership: Sequence[AfterMembership] = ()

    def __post_init__(self) -> None:
        names = [*(data.table for data in self.tables), *(f"«{part.name}»" for part in self.document)]
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise ValueError(f"declared twice about people: {', '.join(twice)}")

    @property
    def document(self) -> Sequence[DocumentPart]:
        """Return all parts of the document of one person's data."""
        return [part for data in self.tables for part in data.document]

    async def forget(self, tx: Transaction, forgetting: Forgetting) -> None:
        """Do what all tables declare for erasing someone; the caller deletes the person's own row and accounts."""
        for data in self.tables:
            if callable(data.forget):
                await data.forget(tx, forgetting)
            else:
                for statement in data.forget:
                    await tx.run(statement, **parameters(statement, forgetting.person.id))

    async def written(self, tx: Transaction, participant_id: int, *, texts: bool) -> AuthoredContent:
        """Return what someone wrote that is erased with them; with `texts`, also what they wrote for others."""
        parts = [await data.written(tx, participant_id, texts) for data in self.tables if data.written]
        return AuthoredContent(
            tuple(text for part in parts for text in part.texts),
            tuple(name for part in parts for name in part.files),
            tuple(digest for part in parts for digest in part.digests),
        )

    async def sweep(self, tx: Transaction, redaction: Redaction) -> None:
        """Remove an erased person from everything that others were shown or that is kept for a limited time."""
        for data in self.tables:
            if data.sweep:
                await data.sweep(tx, redaction)

    async def files(self, tx: Transaction) -> frozenset[str]:
        """Return the digests of all files that people sent and that are still needed."""
        rows = [row for data in self.tables if data.files for row in await tx.all(data.files)]
        return frozenset(row["digest"] for row in rows)

    async def leave(
        self, tx: Transaction, person: Participant, now: datetime, *, quiet: bool = False
    ) -> dict[str, Any]:
        """Do what is declared for someone who does not come or is shut out; return what `come_back` needs.

        That is JSON values by name. `quiet` is True if the caller tells the organisers. Raises ValueError where two
        functions return a value under the same name, because one would overwrite the other.
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
        """Do what is declared for someone who is let in again; `kept` is what `leave` returned."""
        for after in self.membership:
            if after.come_back:
                await after.come_back(tx, person, kept, now)

    async def lose_role(self, tx: Transaction, person: Participant, least: Who, now: datetime) -> None:
        """Do what is declared for someone who loses the role `least`; `person` is as before the loss."""
        for after in self.membership:
            if after.loses_role:
                await after.loses_role(tx, person, least, now)

    async def before_erasing(self, tx: Transaction, person: Participant, now: datetime) -> None:
        """Do what is declared for someone who is about to be erased."""
        for after in self.membership:
            if after.before_erasing:
                await after.before_erasing(tx, person, now)


def parameters(statement: str, participant_id: int) -> Mapping[str, Any]:
    """Return the parameters of a declared statement about a participant: `:subject` if it has that, else `:id`."""
    return {"subject": f"person:{participant_id}"} if ":subject" in statement else {"id": participant_id}

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
    """Text and files that go with the person who made them: they are searched for in what others were shown.

    `files` are the names of all their files, `digests` those of the files that go, as the SHA-256 of their content.
    """

    texts: Sequence[str] = ()
    files: Sequence[str] = ()
    digests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A person who is being erased, while their row is still there.

    `texts` says that what they wrote for others goes too; otherwise what others have read of it stays, without its
    author. `traces` are what is searched for in what others were shown.
    """

    person: Participant
    texts: bool
    traces: Traces


Forget = Callable[[Transaction, Forgetting], Awaitable[None]]
Read = Callable[[Transaction, int, bool], Awaitable[AuthoredContent]]
Sweep = Callable[[Transaction, Redaction], Awaitable[None]]


async def _nothing_more(_tx: Transaction, _forgetting: Forgetting) -> None:
    """Do nothing: the row refers to the person, and the database deletes or empties it along with them."""


class Chapter(Enum):
    """Where something stands on the page that tells people what is kept about them; chapters come in this order."""

    YOU = "you"
    WRITTEN = "what you wrote"
    SAID = "what was said"
    DONE = "what you did for the gathering"
    NOTED = "what the bot notes to do its work"


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """What the document of one person's data tells of a table: to programs, and on a page to people.

    Programs find every row that `sql` reads under `name`. On the page stands the `title`, and for each row the words of
    the column `said`, then `facts`: columns with what they are called. Without any of both rows are only counted there.
    The statement gets the participant's id as `:id`; one that contains `:subject` gets «person:12» instead.
    """

    name: str
    title: Text
    chapter: Chapter
    sql: str
    said: str = ""
    facts: Mapping[str, Text] = field(default_factory=dict[str, Text])

    @property
    def told(self) -> bool:
        """Whether people read what is in its rows, not only how many there are."""
        return bool(self.said or self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """The personal data in one table, and what becomes of them when somebody is erased.

    Columns of words and of bytes, and those that refer to people or accounts, are named in exactly one of the fields
    from `goes` to `of_nobody`, with a blank between two names. Other columns (numbers, instants) say nothing of anybody
    once these are dealt with.
    """

    table: str
    goes: str = ""
    """Columns whose reference to a person deletes the row along with the person."""
    deleted: str = ""
    """Columns of rows that `forget` deletes, because they know the person by their account alone."""
    emptied: str = ""
    """Columns that are emptied: the row stays, and leads to nobody any more."""
    texts: str = ""
    """Columns of what people wrote for others: it goes with their texts, else what others have read of it stays."""
    swept: str = ""
    """Columns of what others were shown, or what is kept for a while and names people: searched for the person."""
    of_others: str = ""
    """Columns of what the team or the program wrote, and is not about one person."""
    of_nobody: str = ""
    """Columns of kinds, states, and words of the configuration."""
    document: Sequence[DocumentPart] = ()
    """The parts of the document of one person's data that this table gives."""
    stored_json: str = ""
    """Columns of the document that hold JSON."""
    instants: str = ""
    """Columns of the document that hold an instant and whose name does not end in `_at`."""
    forget: Forget | Sequence[str] = _nothing_more
    """What is done besides when someone is erased: a function, or statements with the parameters of a `DocumentPart`.
    """
    written: Read | None = None
    """A function that reads what someone wrote into the table and goes with them: written(tx, participant_id, texts).
    """
    sweep: Sweep | None = None
    """A function that takes an erased person out of the columns `swept`; it may run again."""
    files: str = ""
    """SQL for the digests of files that people sent: they stay with others' messages as long as a row names them."""
    stays_at_the_end: bool = False
    """Whether the rows stay when the gathering's data end; otherwise all of them are deleted."""
    at_the_end: Sequence[str] = ()
    """Statements that run besides when the gathering's data end."""

    @property
    def columns(self) -> Iterator[str]:
        """Return every declared column, as often as it is named."""
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
    """Someone says that they do not come, or is shut out: leave(tx, person, now, quiet).

    It returns what `come_back` needs: JSON values by names of its own. `quiet`: the organisers are told by the caller.
    """
    come_back: ComeBack | None = None
    """Called when someone is let in again: come_back(tx, person, kept, now).

    `kept` is what every `leave` returned, together.
    """
    loses_role: LoseRole | None = None
    """Someone may see nothing more that is for `least` and above: loses_role(tx, person, least, now).

    `person` is as they were until now.
    """
    before_erasing: Erase | None = None
    """Called before someone is erased, while all their rows are there: before_erasing(tx, person, now)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything declared about personal data: by the engine, then by capabilities in their order, which is followed.

    Raises ValueError for a table, or a name in the document, that is declared twice.
    """

    tables: Sequence[PersonalData] = ()
    membership: Sequence[AfterMembership] = ()

    def __post_init__(self) -> None:
        names = [*(data.table for data in self.tables), *(f"«{part.name}»" for part in self.document)]
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise ValueError(f"declared twice about people: {', '.join(twice)}")

    @property
    def document(self) -> Sequence[DocumentPart]:
        """Return every part of the document of one person's data."""
        return [part for data in self.tables for part in data.document]

    async def forget(self, tx: Transaction, forgetting: Forgetting) -> None:
        """Do what is declared for erasing someone; their own row and their accounts stay for the caller."""
        for data in self.tables:
            if callable(data.forget):
                await data.forget(tx, forgetting)
            else:
                for statement in data.forget:
                    await tx.run(statement, **parameters(statement, forgetting.person.id))

    async def written(self, tx: Transaction, participant_id: int, *, texts: bool) -> AuthoredContent:
        """Return what someone wrote anywhere that goes with them; with `texts` also what they wrote for others."""
        parts = [await data.written(tx, participant_id, texts) for data in self.tables if data.written]
        return AuthoredContent(
            tuple(text for part in parts for text in part.texts),
            tuple(name for part in parts for name in part.files),
            tuple(digest for part in parts for digest in part.digests),
        )

    async def sweep(self, tx: Transaction, redaction: Redaction) -> None:
        """Take an erased person out of everything that is kept for a while and names them."""
        for data in self.tables:
            if data.sweep:
                await data.sweep(tx, redaction)

    async def files(self, tx: Transaction) -> frozenset[str]:
        """Return the digests of all files that people sent and that a row still names."""
        rows = [row for data in self.tables if data.files for row in await tx.all(data.files)]
        return frozenset(row["digest"] for row in rows)

    async def leave(
        self, tx: Transaction, person: Participant, now: datetime, *, quiet: bool = False
    ) -> dict[str, Any]:
        """Do what is declared for someone who does not come or is shut out; return what `come_back` needs, as JSON.

        `quiet`: the organisers are told by the caller.

        Raises ValueError where two store something under the same name, because one would take back what the other did.
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
        """Do what is declared for someone who is let in again."""
        for after in self.membership:
            if after.come_back:
                await after.come_back(tx, person, kept, now)

    async def lose_role(self, tx: Transaction, person: Participant, least: Who, now: datetime) -> None:
        """Do what is declared for someone who lost a role; `person` is as they were until now."""
        for after in self.membership:
            if after.loses_role:
                await after.loses_role(tx, person, least, now)

    async def before_erasing(self, tx: Transaction, person: Participant, now: datetime) -> None:
        """Do what is declared for someone who is about to be erased."""
        for after in self.membership:
            if after.before_erasing:
                await after.before_erasing(tx, person, now)


def parameters(statement: str, participant_id: int) -> Mapping[str, Any]:
    """Return the parameters of a declared statement about a participant."""
    return {"subject": f"person:{participant_id}"} if ":subject" in statement else {"id": participant_id}

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
    """What someone wrote that goes with them, and their files: looked for in what others were shown.

    `files` are the names of all their files, `digests` those of the files that go, as the SHA-256 of their content.
    """

    texts: Sequence[str] = ()
    files: Sequence[str] = ()
    digests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Someone who is being forgotten, while their row is still there.

    `texts`: what they wrote for others goes too; otherwise what others have read of it stays, without its author.
    `traces` are what is looked for in what others were shown.
    """

    person: Participant
    texts: bool
    traces: Traces


Forget = Callable[[Transaction, Forgetting], Awaitable[None]]
Read = Callable[[Transaction, int, bool], Awaitable[AuthoredContent]]
Sweep = Callable[[Transaction, Redaction], Awaitable[None]]


async def _nothing_more(_tx: Transaction, _forgetting: Forgetting) -> None:
    """Do nothing: the row refers to the person, and the database deletes or empties it along."""


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
    """What one table holds of people, and what becomes of it.

    Columns of words and of bytes, and those that refer to people or accounts, are named in exactly one of the fields
    from `goes` to `of_nobody`, with a blank between two names. Other columns (numbers, instants) say nothing of anybody
    once these are dealt with.
    """

    table: str
    goes: str = ""
    """The row is deleted with the person: by a reference that deletes along."""
    deleted: str = ""
    """The row is deleted by `forget`, which knows the person by their account alone."""
    emptied: str = ""
    """The row stays, and leads to nobody any more."""
    texts: str = ""
    """What people wrote for others: with their texts it goes, otherwise what others have read of it stays."""
    swept: str = ""
    """What others were shown, or what is kept for a while and names people: looked through for the person."""
    of_others: str = ""
    """What the team or the program wrote, and is not about one person."""
    of_nobody: str = ""
    """Kinds, states, and words of the configuration."""
    document: Sequence[DocumentPart] = ()
    """What the document of one person's data tells of the table."""
    stored_json: str = ""
    """Columns of the document that hold JSON."""
    instants: str = ""
    """Columns of the document that hold an instant and whose name does not end in `_at`."""
    forget: Forget | Sequence[str] = _nothing_more
    """What forgetting someone does besides: a function, or statements with the parameters of a `DocumentPart`."""
    written: Read | None = None
    """Reads what someone wrote into the table that goes with them: written(tx, participant_id, texts)."""
    sweep: Sweep | None = None
    """Takes someone who was erased out of the columns `swept`; may run again."""
    files: str = ""
    """SQL for the digests of files that people sent: they stay with others' messages as long as a row names them."""
    stays_at_the_end: bool = False
    """Whether the rows stay when the gathering's data end; else all of them are deleted."""
    at_the_end: Sequence[str] = ()
    """Statements that are run besides when the gathering's data end."""

    @property
    def columns(self) -> Iterator[str]:
        """Every column that is declared, as often as it is named."""
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
    """Someone is let in again: come_back(tx, person, kept, now); `kept` is what every `leave` returned, together."""
    loses_role: LoseRole | None = None
    """Someone may see nothing more that is for `least` and above: loses_role(tx, person, least, now).

    `person` is as they were until now.
    """
    before_erasing: Erase | None = None
    """Someone is about to be erased: before_erasing(tx, person, now) runs while all their rows are there."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything declared about people: by the engine, then by capabilities in their order, in which it is done too.

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
        """Everything that the document of one person's data tells."""
        return [part for data in self.tables for part in data.document]

    async def forget(self, tx: Transaction, forgetting: Forgetting) -> None:
        """Do what is declared for forgetting someone; their own row stays, and their accounts."""
        for data in self.tables:
            if callable(data.forget):
                await data.forget(tx, forgetting)
            else:
                for statement in data.forget:
                    await tx.run(statement, **parameters(statement, forgetting.person.id))

    async def written(self, tx: Transaction, participant_id: int, *, texts: bool) -> AuthoredContent:
        """What someone wrote anywhere that goes with them; `texts`: also what they wrote for others."""
        parts = [await data.written(tx, participant_id, texts) for data in self.tables if data.written]
        return AuthoredContent(
            tuple(text for part in parts for text in part.texts),
            tuple(name for part in parts for name in part.files),
            tuple(digest for part in parts for digest in part.digests),
        )

    async def sweep(self, tx: Transaction, redaction: Redaction) -> None:
        """Take someone who was erased out of what is kept for a while and names them."""
        for data in self.tables:
            if data.sweep:
                await data.sweep(tx, redaction)

    async def files(self, tx: Transaction) -> frozenset[str]:
        """The digests of all files that people sent, and that a row still names."""
        rows = [row for data in self.tables if data.files for row in await tx.all(data.files)]
        return frozenset(row["digest"] for row in rows)

    async def leave(
        self, tx: Transaction, person: Participant, now: datetime, *, quiet: bool = False
    ) -> dict[str, Any]:
        """Do what is declared for someone who does not come or is shut out; what `come_back` needs, as JSON values.

        `quiet`: the organisers are told by the caller.

        Raises ValueError where two keep something by the same name: one would take back what the other did.
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
    """The parameters of a declared statement about a participant."""
    return {"subject": f"person:{participant_id}"} if ":subject" in statement else {"id": participant_id}

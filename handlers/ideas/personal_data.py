"""The personal data of ideas: their authors and files, and the people who voted for them or reported them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.database.engine import Row, Transaction
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, Forgetting, PersonalData
from bot.people.personal_data import BY_CHAT
from bot.people.stored_before import neutral_name
from handlers.workshops.store.ideas import is_shown

_READ = (
    f"{is_shown('i')} AND EXISTS (SELECT 1 FROM phase_runs r WHERE r.group_id = i.group_id"
    " AND r.phase = i.phase AND r.revealed_at IS NOT NULL)"
)
"""The SQL condition for ideas `i` that the members of their group could read."""
_GIVEN = "i.author_id = :id"
_UNREAD = f"i.id IN (SELECT i.id FROM ideas i WHERE i.author_id = :id AND NOT ({_READ}))"
"""The SQL condition for ideas `i` of the person `:id` that the members of their group could never read."""


def _going(*, texts: bool) -> str:
    """Return the SQL condition for ideas `i` that are deleted when the person `:id` is erased.

    With `texts`, these are all their ideas, otherwise those that their group could never read.
    """
    return _GIVEN if texts else _UNREAD


async def _written(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """Return the texts and files that are deleted when a person is erased, and the names of what only they sent.

    With `texts`, all ideas are deleted, otherwise those that their group could never read.
    """
    ideas = await tx.all(f"SELECT i.id, i.text FROM ideas i WHERE {_going(texts=texts)}", id=participant_id)
    files = await tx.all(
        "SELECT DISTINCT f.digest FROM idea_files f JOIN ideas i ON i.id = f.idea_id"
        f" WHERE {_going(texts=texts)} ORDER BY f.digest",
        id=participant_id,
    )
    return AuthoredContent(
        [row["text"] for row in ideas],
        [(row["name"], row["digest"]) for row in await _files_of(tx, participant_id) if not row["of_others"]],
        [row["digest"] for row in files],
        [("idea", str(row["id"])) for row in ideas],
    )


async def _forget(tx: Transaction, forgetting: Forgetting) -> None:
    """Delete the ideas of a person who is erased.

    Unless `forgetting.texts` is True, ideas that their group could read stay, without an author.
    """
    person_id = forgetting.person.id
    # The journal quotes ideas that facilitators moderated, and those that organisers took out of prints or in.
    for subject in ("idea:", "print:i"):
        await tx.run(
            "DELETE FROM journal WHERE subject IN"
            " (SELECT :subject || CAST(i.id AS TEXT) FROM ideas i WHERE i.author_id = :id)",
            id=person_id,
            subject=subject,
        )
    if forgetting.texts:
        await tx.run("DELETE FROM ideas WHERE author_id = :id", id=person_id)
    else:
        await tx.run(f"DELETE FROM ideas WHERE id IN (SELECT i.id FROM ideas i WHERE {_UNREAD})", id=person_id)
        await _forget_messages(tx, person_id)


async def _forget_messages(tx: Transaction, person_id: int) -> None:
    """Delete the record of the messages in which a person's ideas and files came, and the names of the files."""
    await tx.run(
        "UPDATE ideas SET platform = '', chat = '', native_id = '', album = '', browser = '' WHERE author_id = :id",
        id=person_id,
    )
    for file in await _files_of(tx, person_id):
        await tx.run(
            "UPDATE idea_files SET name = :name, native_id = '' WHERE idea_id = :idea AND position = :position",
            name=neutral_name(file["name"], file["position"]),
            idea=file["idea_id"],
            position=file["position"],
        )


async def _files_of(tx: Transaction, person_id: int) -> list[Row]:
    """Return the files of a person's ideas; `of_others` says whether somebody else sent the same by the same name."""
    return await tx.all(
        "SELECT f.idea_id, f.position, f.name, f.digest, EXISTS (SELECT 1 FROM idea_files o"
        " JOIN ideas g ON g.id = o.idea_id WHERE o.digest = f.digest AND o.name = f.name"
        " AND COALESCE(g.author_id, 0) <> :id) AS of_others FROM idea_files f JOIN ideas i ON i.id = f.idea_id"
        " WHERE i.author_id = :id ORDER BY f.idea_id, f.position",
        id=person_id,
    )


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="idea_hints",
        manual=(
            "quand le bot a expliqué dans une discussion ce que peut être une idée (pour ne pas le répéter à chaque"
            " autocollant) | le bot | 1 heure"
        ),
        deleted="platform chat",
        document=DocumentPart(
            "told_what_an_idea_may_be",
            _("When you read what an idea can be"),
            Chapter.NOTED,
            f"SELECT * FROM idea_hints WHERE {BY_CHAT}",
        ),
        forget=(f"DELETE FROM idea_hints WHERE {BY_CHAT}",),
    ),
    PersonalData(
        table="idea_votes",
        manual=(
            "votes, signalements, appels à l'aide | la personne, l'équipe | jusqu'à l'effacement ; un appel reste, sans"
            " nom"
        ),
        goes="participant_id",
        document=DocumentPart(
            "votes", _("Your votes"), Chapter.WRITTEN, "SELECT idea_id FROM idea_votes WHERE participant_id = :id"
        ),
    ),
    PersonalData(
        table="idea_reports",
        manual="votes, signalements",
        goes="participant_id",
        document=DocumentPart(
            "ideas_you_reported",
            _("Ideas you reported"),
            Chapter.WRITTEN,
            "SELECT idea_id, at AS reported_at FROM idea_reports WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="idea_files",
        manual=(
            "idées, photos et documents des ateliers, fiches de territoire, avis sur les synthèses | la personne |"
            " jusqu'à la fin, ou jusqu'à l'effacement, selon son choix ; ce que son groupe n'a pas lu : jusqu'à "
            "l'effacement"
        ),
        emptied="native_id",
        texts="digest name media_type",
        document=DocumentPart(
            "files_of_your_ideas",
            _("Photos and documents of your ideas"),
            Chapter.WRITTEN,
            "SELECT f.idea_id, f.name, f.media_type, f.size FROM idea_files f"
            " JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :id",
            facts={"name": _("Name")},
        ),
        files="SELECT DISTINCT digest FROM idea_files",
    ),
    PersonalData(
        table="ideas",
        manual="idées, photos",
        emptied="author_id platform chat native_id album browser",
        texts="theme phase territory category text stems state",
        document=DocumentPart(
            "ideas",
            _("Your ideas"),
            Chapter.WRITTEN,
            "SELECT id, phase, theme, territory, category, text, anonymous, state, created_at, edited_at"
            " FROM ideas WHERE author_id = :id ORDER BY id",
            said="text",
            facts={
                "phase": _("Phase"),
                "theme": _("Theme"),
                "anonymous": _("Without your name"),
                "created_at": _("When"),
                # L10N: a label in the document of one's own data: when an idea was changed
                "edited_at": _("Changed"),
            },
        ),
        forget=_forget,
        written=_written,
    ),
)

"""The personal data of syntheses: their authors, the members' opinions on them, and territory cards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.membership.sweeping_store import holding
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, Forgetting, PersonalData
from bot.people.mentions import Redaction, Traces
from handlers.syntheses.messages import CARD_LABELS
from handlers.syntheses.model import CARD_FIELDS, Content, tidy


async def _comments(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:  # noqa: ARG001 - they always go
    """Return a person's comments on syntheses, which are deleted when the person is erased."""
    rows = await tx.all("SELECT comment FROM synthesis_opinions WHERE participant_id = :id", id=participant_id)
    return AuthoredContent([row["comment"] for row in rows])


async def _cards(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """Return the texts of a person's territory cards if they are deleted when the person is erased (`texts`)."""
    if not texts:
        return AuthoredContent()
    rows = await tx.all(
        f"SELECT {', '.join(CARD_FIELDS)} FROM territory_cards WHERE participant_id = :id", id=participant_id
    )
    return AuthoredContent([row[field] for row in rows for field in CARD_FIELDS])


async def _syntheses(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """Return what a person added to syntheses, if it is deleted when the person is erased (`texts`)."""
    if not texts:
        return AuthoredContent()
    return AuthoredContent([words for added in await _added_contents(tx, participant_id) for words in added.values()])


async def _added_contents(tx: Transaction, person_id: int) -> list[Content]:
    """Return, for each version that a person wrote, the fields that they added or changed."""
    rows = await tx.all(
        "SELECT s.content, b.content AS base FROM syntheses s LEFT JOIN syntheses b ON b.id = s.based_on"
        " WHERE s.author_id = :id ORDER BY s.id",
        id=person_id,
    )
    versions = [(json.loads(row["content"]), json.loads(row["base"]) if row["base"] else {}) for row in rows]
    return [
        {field: words for field, words in content.items() if words != base.get(field)} for content, base in versions
    ]


async def _redact(tx: Transaction, forgetting: Forgetting) -> None:
    """Remove the words and ideas of a person who is erased from all versions of all syntheses.

    Nothing happens if their texts stay (`forgetting.texts` False).
    """
    if not forgetting.texts:
        return
    redaction = Redaction(Traces(texts=forgetting.traces.texts))
    for row in await holding(tx, "syntheses", "content", redaction.traces):
        content: Mapping[str, str] = json.loads(row["content"])
        redacted = {field: _redacted_field(redaction, words) for field, words in content.items()}
        if redacted == content:
            continue
        if remaining := tidy(redacted):
            await tx.run(
                "UPDATE syntheses SET content = :content WHERE id = :id",
                content=json.dumps(remaining, ensure_ascii=False),
                id=row["id"],
            )
        else:
            await tx.run("DELETE FROM syntheses WHERE id = :id", id=row["id"])


def _redacted_field(redaction: Redaction, words: str) -> str:
    """Return what remains of the text of a field; '' if nothing remains."""
    left = redaction.span(words)
    return left if isinstance(left, str) and left.strip("… \n") else ""


async def _forget_cards(tx: Transaction, forgetting: Forgetting) -> None:
    """Delete the territory cards of a person who is erased, unless their texts stay (`forgetting.texts` False)."""
    if forgetting.texts:
        await tx.run("DELETE FROM territory_cards WHERE participant_id = :id", id=forgetting.person.id)


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="synthesis_opinions",
        goes="participant_id comment",
        document=(
            DocumentPart(
                "opinions_on_syntheses",
                _("What you said of it"),
                Chapter.WRITTEN,
                "SELECT synthesis_id, approves, comment, at AS said_at FROM synthesis_opinions"
                " WHERE participant_id = :id",
                said="comment",
                facts={"approves": _("You approve"), "said_at": _("When")},
            ),
        ),
        written=_comments,
    ),
    PersonalData(
        table="territory_cards",
        emptied="participant_id",
        texts="territory present obstacle change carrier",
        of_nobody="unprinted",
        document=(
            DocumentPart(
                "territory_cards",
                _("Your territory cards"),
                Chapter.WRITTEN,
                "SELECT * FROM territory_cards WHERE participant_id = :id",
                facts={
                    "territory": _("Territory"),
                    **{str(field): label for field, label in CARD_LABELS.items()},
                    "updated_at": _("When"),
                },
            ),
        ),
        forget=_forget_cards,
        written=_cards,
    ),
    PersonalData(
        table="syntheses",
        emptied="author_id",
        texts="content",
        of_nobody="phase state unprinted",
        document=(
            DocumentPart(
                "syntheses_you_wrote",
                _("What you wrote down for your group"),
                Chapter.WRITTEN,
                "SELECT id, phase, content, state, created_at FROM syntheses WHERE author_id = :id",
                said="content",
                facts={"phase": _("Phase"), "created_at": _("When")},
            ),
        ),
        stored_json="content",
        forget=_redact,
        written=_syntheses,
    ),
)

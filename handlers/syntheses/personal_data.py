"""What is kept of what groups write down: who wrote it, what the others say of it, the cards of territories."""

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
    """What a person said of the syntheses of their groups."""
    rows = await tx.all("SELECT comment FROM synthesis_opinions WHERE participant_id = :id", id=participant_id)
    return AuthoredContent([row["comment"] for row in rows])


async def _cards(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """A person's cards of territories, where their texts go."""
    if not texts:
        return AuthoredContent()
    rows = await tx.all(
        f"SELECT {', '.join(CARD_FIELDS)} FROM territory_cards WHERE participant_id = :id", id=participant_id
    )
    return AuthoredContent([row[field] for row in rows for field in CARD_FIELDS])


async def _syntheses(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """What a person wrote into each version of a synthesis that is theirs, where their texts go."""
    if not texts:
        return AuthoredContent()
    return AuthoredContent([words for added in await _added(tx, participant_id) for words in added.values()])


async def _added(tx: Transaction, person_id: int) -> list[Content]:
    """What someone wrote into each version of a synthesis that is theirs, by field: not what was there before."""
    rows = await tx.all(
        "SELECT s.content, b.content AS base FROM syntheses s LEFT JOIN syntheses b ON b.id = s.based_on"
        " WHERE s.author_id = :id ORDER BY s.id",
        id=person_id,
    )
    versions = [(json.loads(row["content"]), json.loads(row["base"]) if row["base"] else {}) for row in rows]
    return [
        {field: words for field, words in content.items() if words != base.get(field)} for content, base in versions
    ]


async def _withdraw(tx: Transaction, forgetting: Forgetting) -> None:
    """Where their texts go, take what a person wrote, and their ideas, out of every version of every synthesis."""
    if not forgetting.texts:
        return
    redaction = Redaction(Traces(texts=forgetting.traces.texts))
    for row in await holding(tx, "syntheses", "content", redaction.traces):
        content: Mapping[str, str] = json.loads(row["content"])
        kept = {field: _left(redaction, words) for field, words in content.items()}
        if kept == content:
            continue
        if remaining := tidy(kept):
            await tx.run(
                "UPDATE syntheses SET content = :content WHERE id = :id",
                content=json.dumps(remaining, ensure_ascii=False),
                id=row["id"],
            )
        else:
            await tx.run("DELETE FROM syntheses WHERE id = :id", id=row["id"])


def _left(redaction: Redaction, words: str) -> str:
    """What is left of a field; '' where all of it was theirs."""
    left = redaction.span(words)
    return left if isinstance(left, str) and left.strip("… \n") else ""


async def _forget_cards(tx: Transaction, forgetting: Forgetting) -> None:
    """Where their texts go, delete a person's cards of territories."""
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
        of_nobody="phase state",
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
        forget=_withdraw,
        written=_syntheses,
    ),
)

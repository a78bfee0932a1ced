"""The personal data of syntheses: their authors, the members' opinions on them, and territory cards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, Forgetting, PersonalData
from handlers.syntheses import store
from handlers.syntheses.messages import CARD_LABELS
from handlers.syntheses.model import CARD_FIELDS


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
    """Return the syntheses that are a person's alone, if they are deleted when the person is erased (`texts`)."""
    if not texts:
        return AuthoredContent()
    alone = await store.versions_alone(tx, participant_id)
    changed = [*alone, *(version for version, _ideas in await store.versions_after_ideas(tx, participant_id))]
    return AuthoredContent(
        [words for version in alone for words in version.content.values()],
        quotes=[
            *(("version", str(version.id)) for version in changed),
            *(("synthesis", f"{version.group_id}.{version.phase}") for version in changed),
        ],
    )


async def _forget_cards(tx: Transaction, forgetting: Forgetting) -> None:
    """Delete the territory cards of a person who is erased, unless their texts stay (`forgetting.texts` False)."""
    if forgetting.texts:
        await tx.run("DELETE FROM territory_cards WHERE participant_id = :id", id=forgetting.person.id)


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="copied_ideas",
        manual="synthèse d'un groupe",
        goes="participant_id words",
        document=DocumentPart(
            "ideas_in_syntheses",
            _("Your ideas in what your group wrote down"),
            Chapter.WRITTEN,
            "SELECT synthesis_id, words FROM copied_ideas WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="synthesis_opinions",
        manual="idées, photos",
        goes="participant_id comment",
        document=DocumentPart(
            "opinions_on_syntheses",
            _("What you said about it"),
            Chapter.WRITTEN,
            "SELECT synthesis_id, approves, comment, at AS said_at FROM synthesis_opinions WHERE participant_id = :id",
            said="comment",
            facts={"approves": _("You approve"), "said_at": _("When")},
        ),
        written=_comments,
    ),
    PersonalData(
        table="territory_cards",
        manual="idées, photos",
        emptied="participant_id",
        texts="territory present obstacle change carrier",
        of_nobody="unprinted",
        document=DocumentPart(
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
        forget=_forget_cards,
        written=_cards,
    ),
    PersonalData(
        table="syntheses",
        manual="synthèse d'un groupe",
        emptied="author_id",
        texts="content",
        of_nobody="phase state unprinted",
        document=DocumentPart(
            "syntheses_you_wrote",
            _("What you wrote down for your group"),
            Chapter.WRITTEN,
            "SELECT id, phase, content, state, created_at FROM syntheses WHERE author_id = :id",
            said="content",
            facts={"phase": _("Phase"), "created_at": _("When")},
        ),
        stored_json="content",
        written=_syntheses,
    ),
)

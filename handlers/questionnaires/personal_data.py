"""Declares the personal data in private fields, which organisers fill in; data about health are apart."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData
from handlers.questionnaires.settings import HEALTH_PURPOSE


def _document(name: str, table: str) -> DocumentPart:
    """Return the part of a person's document with their answers in a table, below the names of the fields."""
    return DocumentPart(
        name,
        _("What the team keeps besides") if name == "private_fields" else HEALTH_PURPOSE.words,
        Chapter.YOU,
        f"SELECT f.words, a.answer FROM {table} a JOIN questionnaire_fields f ON f.id = a.field_id"
        " WHERE a.participant_id = :id ORDER BY f.place, f.id",
        said="words",
        # L10N: a label in the document of one's own data: what the team wrote in a field that it added
        facts={"answer": _("What it says")},
    )


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(table="questionnaire_fields", of_others="words options", of_nobody="kind"),
    PersonalData(
        table="private_answers",
        manual="autres colonnes de la liste et champs privés ajoutés par l'équipe | la liste, l'équipe",
        goes="participant_id answer",
        document=_document("private_fields", "private_answers"),
        stored_json="words",
    ),
    PersonalData(
        table="health_answers",
        manual=(
            "santé : régime, accès, allergies (lus par qui a ce rôle seulement) | la liste, l'équipe | 30 jours après"
            " le dernier jour, ou jusqu'au retrait de l'accord dans `/mesdonnees`"
        ),
        goes="participant_id answer",
        document=_document("health", "health_answers"),
        stored_json="words",
        purpose=HEALTH_PURPOSE.key,
    ),
    PersonalData(
        table="health_told",
        manual="le fait que quelque chose a été gardé sur sa santé | le bot",
        goes="participant_id",
        document=DocumentPart(
            "health_told",
            # L10N: a heading in the document of one's own data, only counted
            _("That you told the team about your health"),
            Chapter.NOTED,
            "SELECT * FROM health_told WHERE participant_id = :id",
        ),
    ),
)

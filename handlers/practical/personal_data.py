"""The personal data of practical information: who read which section within a day, and unpublished changes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="practical_readers",
        manual=(
            "quelle rubrique des infos pratiques a été lue, quand, et si elle répondait à une question (pour "
            "prévenir d'un changement) | la personne | 1 jour"
        ),
        goes="participant_id",
        of_nobody="section answer locale",
        document=DocumentPart(
            "practical_information_read",
            _("Practical information you read in the last 24 hours"),
            Chapter.NOTED,
            "SELECT section, read_at, locale, answer FROM practical_readers WHERE participant_id = :id",
            said="section",
            facts={"read_at": _("When")},
        ),
    ),
    PersonalData(
        table="pending_sections",
        manual="infos pratiques changées et pas encore publiées | l'équipe | 1 jour",
        goes="author_id changes digest",
        document=DocumentPart(
            "practical_changes_shown",
            _("Changes of practical information you have not published"),
            Chapter.DONE,
            "SELECT id, changes, created_at FROM pending_sections WHERE author_id = :id",
            facts={"created_at": _("When")},
        ),
        stored_json="changes",
    ),
    PersonalData(table="practical_sections", of_others="key parts", stays_at_the_end=True),
    PersonalData(table="practical_files", of_others="kind name media_type content", stays_at_the_end=True),
    PersonalData(
        table="practical_counts",
        manual=(
            "infos pratiques : textes, images ; combien de questions chaque rubrique a résolues, sans nom | "
            "l'équipe, le bot | jusqu'à la fin"
        ),
        of_nobody="section",
        stays_at_the_end=True,
    ),
)

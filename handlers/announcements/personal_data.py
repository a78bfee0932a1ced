"""Declares the personal data in announcements: who wrote them, and who confirmed that they saw them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="acknowledgements",
        manual="«J'ai lu» une annonce, «c'est fait» d'une campagne | la personne",
        goes="participant_id",
        document=DocumentPart(
            "announcements_you_saw",
            _("Announcements you saw"),
            Chapter.SAID,
            "SELECT announcement_id, at AS seen_at FROM acknowledgements WHERE participant_id = :id",
            facts={"seen_at": _("When")},
        ),
    ),
    PersonalData(
        table="announcement_files",
        of_others="kind name media_type alt content",
        document=DocumentPart(
            "files_you_announced",
            _("Files you announced"),
            Chapter.DONE,
            "SELECT f.announcement_id, f.name, f.media_type FROM announcement_files f"
            " JOIN announcements n ON n.id = f.announcement_id WHERE n.author_id = :id",
            facts={"name": _("Name")},
        ),
    ),
    PersonalData(
        table="announcements",
        manual=(
            "annonces et campagnes : texte, fichiers, auteur ou autrice | l'équipe | jusqu'à la fin, sans nom si "
            "la personne s'efface ; un brouillon, 2 mois"
        ),
        emptied="author_id",
        of_others="kind content audience state calling_back",
        of_nobody="reference",
        document=DocumentPart(
            "announcements_written",
            _("Announcements you wrote"),
            Chapter.DONE,
            "SELECT id, kind, content, audience, state, created_at, released_at"
            " FROM announcements WHERE author_id = :id",
            said="content",
            facts={"created_at": _("When")},
        ),
        stored_json="content",
    ),
)

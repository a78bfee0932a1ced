"""Declares the personal data about trust and safety.

Conversations with trusted people are in no document of anybody's data, because organisers and the shell can request
such documents too; their authors read and erase them with the command «confiance». Words that wait for their writer's
choice can be read nowhere else, so they are in the document that the writer requests, and in no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, PersonalData


async def _photos(tx: Transaction, participant_id: int, _texts: bool) -> AuthoredContent:
    """Return the photos by which somebody showed where they are, which go from the screens of organisers, too."""
    rows = await tx.all(
        "SELECT DISTINCT digest FROM safety_places WHERE participant_id = :id AND digest <> '' ORDER BY digest",
        id=participant_id,
    )
    return AuthoredContent(digests=[row["digest"] for row in rows])


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="trusted_people",
        manual="personnes de confiance : langues, heures | l'équipe",
        goes="participant_id",
        of_others="languages hours",
        document=DocumentPart(
            "person_of_trust",
            _("You are a trusted person"),
            Chapter.DONE,
            "SELECT languages, hours FROM trusted_people WHERE participant_id = :id",
            # L10N: labels in the document of one's own data, of a trusted person
            facts={"languages": _("Languages"), "hours": _("Can be reached")},
        ),
    ),
    PersonalData(
        table="trust_conversations",
        manual=(
            "messages à une personne de confiance et réponses | les deux | jusqu'à ce que la personne qui a "
            "écrit la première les efface, des deux côtés ; sinon 30 jours après la fin (`[safety] days_kept`), "
            "ou après le dernier message"
        ),
        goes="author_id",
        emptied="trusted_id",
    ),
    PersonalData(
        table="trust_messages",
        manual=(
            "messages à une personne de confiance\n"
            "mots qui attendent que leur autrice ou auteur dise ce qu'ils sont (détresse possible, ou tapés sur un"
            " écran confidentiel) | la personne | un jour, ou jusqu'à son choix"
        ),
        goes="conversation_id writer_id words browser",
        document=DocumentPart(
            "words_that_wait",
            _("Your words that wait a day for you to say what they are"),
            Chapter.WRITTEN,
            "SELECT words, written_at FROM trust_messages WHERE writer_id = :id AND conversation_id IS NULL"
            " ORDER BY written_at",
            said="words",
            facts={"written_at": _("When")},
            own=True,
        ),
    ),
    PersonalData(
        table="emergency_phones",
        manual="numéro de téléphone pour les urgences | la personne",
        goes="participant_id phone browser",
        document=DocumentPart(
            "emergency_phone",
            _("Your phone number for emergencies"),
            Chapter.YOU,
            "SELECT phone FROM emergency_phones WHERE participant_id = :id",
            # L10N: a label in the document of one's own data
            facts={"phone": _("Telephone")},
        ),
    ),
    PersonalData(
        table="safety_checks",
        manual="«Es-tu en sécurité ?» : qui a répondu quoi, et quand | la personne",
        emptied="author_id",
        of_nobody="audience",
        document=DocumentPart(
            "safety_checks_begun",
            _("Safety checks you started"),
            Chapter.DONE,
            "SELECT id, audience, drill, begun_at, closed_at FROM safety_checks WHERE author_id = :id",
            facts={"begun_at": _("When")},
        ),
    ),
    PersonalData(
        table="safety_answers",
        manual="«Es-tu en sécurité ?» : qui a répondu",
        goes="participant_id answer browser",
        document=DocumentPart(
            "safety_answers",
            _("Your answers to «Are you safe?»"),
            Chapter.SAID,
            "SELECT check_id, answer, answered_at, help_at FROM safety_answers WHERE participant_id = :id",
            # L10N: labels in the document of one's own data, of an answer to «Are you safe?»
            facts={"answer": _("Answer"), "answered_at": _("When")},
        ),
    ),
    PersonalData(
        table="safety_marks",
        manual="«Es-tu en sécurité ?» : qui a été vu en sécurité, par qui et quand | qui anime, l'équipe",
        goes="participant_id",
        emptied="marked_by",
        document=(
            DocumentPart(
                "safety_marks",
                _("You were seen safe, in a safety check"),
                Chapter.YOU,
                "SELECT check_id, marked_at FROM safety_marks WHERE participant_id = :id",
                facts={"marked_at": _("When")},
            ),
            DocumentPart(
                "safety_marks_made",
                _("People whom you marked safe, in a safety check"),
                Chapter.DONE,
                "SELECT check_id, marked_at FROM safety_marks WHERE marked_by = :id",
                facts={"marked_at": _("When")},
            ),
        ),
    ),
    PersonalData(
        table="safety_places",
        manual=(
            "«Es-tu en sécurité ?» : l'endroit qu'indique une personne qui a besoin d'aide (texte, photo, position,"
            " même en direct), et quand | la personne, son téléphone si elle l'autorise | 1 jour"
        ),
        goes="participant_id words latitude longitude digest message browser",
        of_nobody="media_type",
        document=DocumentPart(
            "safety_places",
            _("Where you said you are, in a safety check"),
            Chapter.SAID,
            "SELECT check_id, words, latitude, longitude, said_at,"
            " CASE WHEN digest <> '' THEN 1 ELSE 0 END AS photo FROM safety_places WHERE participant_id = :id"
            " ORDER BY said_at, id",
            # L10N: labels in the document of one's own data, of a place
            facts={
                "words": _("Where"),
                "latitude": _("Latitude"),
                "longitude": _("Longitude"),
                "said_at": _("When"),
            },
        ),
        written=_photos,
        files="SELECT digest FROM safety_places WHERE digest <> ''",
    ),
)

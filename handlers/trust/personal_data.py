"""Declares what is kept of people for persons of trust and for safety.

Conversations with persons of trust are in no document of anybody's data, because organisers and the shell make such
documents too: who wrote one reads and erases it with the command «confiance». Words that wait until their writer says
what they are can be read nowhere else, so they are in the document that the writer asks for, and in no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="trusted_people",
        goes="participant_id",
        of_others="languages hours",
        document=(
            DocumentPart(
                "person_of_trust",
                _("You are a person of trust"),
                Chapter.DONE,
                "SELECT languages, hours, named_at FROM trusted_people WHERE participant_id = :id",
                # L10N: labels in the document of one's own data, of a person of trust
                facts={"languages": _("Languages"), "hours": _("Can be reached"), "named_at": _("When")},
            ),
        ),
    ),
    PersonalData(table="trust_conversations", goes="author_id", emptied="trusted_id"),
    PersonalData(
        table="trust_messages",
        goes="conversation_id writer_id words",
        document=(
            DocumentPart(
                "words_that_wait",
                _("Words that wait for a day until you say what they are"),
                Chapter.WRITTEN,
                "SELECT words, written_at FROM trust_messages WHERE writer_id = :id AND conversation_id IS NULL"
                " ORDER BY written_at",
                said="words",
                facts={"written_at": _("When")},
                own=True,
            ),
        ),
    ),
    PersonalData(
        table="emergency_phones",
        goes="participant_id phone",
        document=(
            DocumentPart(
                "emergency_phone",
                _("Your telephone number for emergencies"),
                Chapter.YOU,
                "SELECT phone FROM emergency_phones WHERE participant_id = :id",
                # L10N: a label in the document of one's own data
                facts={"phone": _("Telephone")},
            ),
        ),
    ),
    PersonalData(
        table="safety_checks",
        emptied="author_id",
        of_nobody="audience",
        document=(
            DocumentPart(
                "safety_checks_begun",
                _("Checks for safety you began"),
                Chapter.DONE,
                "SELECT id, audience, drill, begun_at, closed_at FROM safety_checks WHERE author_id = :id",
                facts={"begun_at": _("When")},
            ),
        ),
    ),
    PersonalData(
        table="safety_answers",
        goes="participant_id answer place",
        document=(
            DocumentPart(
                "safety_answers",
                _("Your answers to «Are you safe?»"),
                Chapter.SAID,
                "SELECT check_id, answer, answered_at, help_at, place, place_at FROM safety_answers"
                " WHERE participant_id = :id",
                # L10N: labels in the document of one's own data, of an answer to «Are you safe?»
                facts={"answer": _("Answer"), "place": _("Where"), "answered_at": _("When")},
            ),
        ),
    ),
)

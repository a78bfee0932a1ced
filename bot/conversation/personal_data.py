"""Declares the personal data of conversations: half-filled forms, messages received, screens, undoable changes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.conversation.shown_screen_store import CONFIDENTIAL_SCREEN
from bot.people.declared import Chapter, DocumentPart, PersonalData
from bot.people.personal_data import BY_ACCOUNT, BY_CHAT, BY_NUMBER

_FORMS = (
    f"({BY_CHAT} OR EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = :id AND a.platform = dialogues.platform"
    " AND dialogues.chat LIKE a.chat || '/%'))"
)
"""SQL condition: a form is filled in by the participant `:id`, also in a new browser (see `Account.form_chat`)."""

CONVERSATIONS: Sequence[PersonalData] = (
    PersonalData(
        table="dialogues",
        manual="formulaire commencé | la personne | 30 minutes",
        deleted="platform chat action",
        shown="draft",
        document=DocumentPart(
            "forms_half_filled",
            _("Forms you started"),
            Chapter.NOTED,
            # One that only waits for words holds nothing of the person; its action may name what is confidential.
            f"SELECT * FROM dialogues WHERE {_FORMS} AND draft <> '{{}}'",
        ),
        stored_json="draft",
        forget=(f"DELETE FROM dialogues WHERE {_FORMS}",),
    ),
    PersonalData(
        table="albums",
        manual="photos d'un album qui arrivent une à une | la personne | 30 minutes",
        deleted="platform chat album body name media_type state content",
        document=DocumentPart(
            "albums_on_their_way",
            _("Pictures being sent"),
            Chapter.NOTED,
            f"SELECT album, place, body, name, media_type FROM albums WHERE {BY_CHAT}",
        ),
        forget=(f"DELETE FROM albums WHERE {BY_CHAT}",),
    ),
    PersonalData(
        table="inbox",
        manual=(
            "numéros des messages reçus (pour ne rien faire deux fois) | la plateforme | 2 jours ; de la page "
            "personnelle, 8 jours, car ce qui est écrit sans réseau part plus tard\n"
            "texte d'un message que le bot n'a pas su traiter | la personne | 2 jours"
        ),
        emptied="platform update_id native_id chat reference",  # who asked for it is answered first; two days at most
        shown="text",
        of_nobody="outcome program",
        document=DocumentPart(
            "messages_received",
            _("Messages from you"),
            Chapter.SAID,
            f"SELECT * FROM inbox WHERE {BY_NUMBER}",
            said="text",
            facts={"platform": _("Where"), "received_at": _("When")},
        ),
        forget=(
            f"DELETE FROM inbox WHERE replied = 1 AND {BY_NUMBER}",
            # The update that asks for this is not answered yet: its number stays, so that a repeat changes nothing.
            f"UPDATE inbox SET text = NULL WHERE {BY_NUMBER}",
        ),
    ),
    PersonalData(
        table="journal",
        manual="changements de l'équipe : qui, quoi, quand (les valeurs : 1 jour) | l'équipe | fin de la participation",
        goes="author_id subject",
        shown="what inverse",
        document=(
            DocumentPart(
                "changes_made",
                _("Changes you made"),
                Chapter.DONE,
                "SELECT * FROM journal WHERE author_id = :id",
                said="what",
                facts={"done_at": _("When")},
            ),
            DocumentPart(
                "changes_about_you",
                _("Changes about you"),
                Chapter.NOTED,
                "SELECT what, done_at FROM journal WHERE subject = :subject",
                said="what",
                facts={"done_at": _("When")},
            ),
        ),
        stored_json="what inverse",
        forget=(
            "DELETE FROM journal WHERE subject = :subject",
            # Changes of several people at once name each in their values (`bot.conversation.amending`).
            "DELETE FROM journal WHERE inverse LIKE '%\"' || CAST(:subject AS TEXT) || '\"%'",
        ),
    ),
    PersonalData(
        table="screens",
        manual="messages envoyés par le bot : leur texte | le bot | 30 jours",
        deleted="key account_id native_id digest reference",
        document=DocumentPart(
            "screens_that_change",
            _("Messages that change by themselves"),
            Chapter.NOTED,
            f"SELECT key, native_id FROM screens WHERE {BY_ACCOUNT}",
        ),
        forget=(f"DELETE FROM screens WHERE {BY_ACCOUNT}",),
    ),
    PersonalData(
        table="display_links",
        manual=(
            "le lien de l'écran de la salle, et celui de qui suit à distance (leur empreinte seulement) | "
            "l'équipe, la personne | jusqu'à l'effacement ou à un nouveau lien"
        ),
        goes="participant_id",
        of_nobody="hash kind subject shown_kind shown_subject",
        document=DocumentPart(
            "links_to_screens",
            _("Your links to screens"),
            Chapter.NOTED,
            "SELECT kind, subject, created_at, closed_at FROM display_links WHERE participant_id = :id",
        ),
    ),
    PersonalData(table="display_entries", of_nobody="code kind subject"),
    PersonalData(
        table="shown_screens",
        manual="messages envoyés par le bot",
        goes="account_id native_id screen",
        document=DocumentPart(
            "screens_in_your_chats",
            _("Answers shown in your chats"),
            Chapter.NOTED,
            "SELECT s.* FROM shown_screens s JOIN accounts a ON a.id = s.account_id WHERE a.participant_id = :id"
            f" AND s.screen NOT LIKE '{CONFIDENTIAL_SCREEN}%'",
        ),
        # An account whose roles a platform has to take back stays a day longer than its person.
        forget=(f"DELETE FROM shown_screens WHERE {BY_ACCOUNT}",),
    ),
)

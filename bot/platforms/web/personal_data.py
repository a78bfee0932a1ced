"""Declares the personal data of people's pages, their messages and attachments, and how they are erased."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.delivery_kinds import CONFIDENTIAL
from bot.content.roles import Who
from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

_THEIRS = f"secret = 0 AND who <= {Who.PARTICIPANT:d}"
"""SQL condition: a message on somebody's page is neither a secret, nor meant for a role, with what others wrote."""

PAGES: Sequence[PersonalData] = (
    PersonalData(
        table="pushes",
        manual="notifications envoyées : quel message, quand, avec quel résultat | le bot | 1 jour",
        of_nobody="kind topic urgency state reference",
        document=DocumentPart(
            "notifications",
            _("Notifications of the last day"),
            Chapter.NOTED,
            "SELECT u.kind, u.state, u.due_at, u.settled_at FROM pushes u JOIN push_devices v ON v.id = u.device_id"
            f" WHERE v.participant_id = :id AND u.kind <> '{CONFIDENTIAL}'",
        ),
        forget=("DELETE FROM pushes WHERE device_id IN (SELECT id FROM push_devices WHERE participant_id = :id)",),
    ),
    PersonalData(
        table="push_devices",
        manual=(
            "navigateurs qui reçoivent les notifications de la page : adresse et clé données par le navigateur, nom"
            " («Firefox, Android»), avec ou sans texte | le navigateur | tant que la page y est ouverte ; plus rien dès"
            " que la personne le retire, ferme la page, est détachée ou effacée, ou que le navigateur y met fin"
        ),
        goes="participant_id session endpoint public_key secret name",
        document=DocumentPart(
            "devices",
            _("Where your page notifies you"),
            Chapter.NOTED,
            "SELECT name, shows_text, created_at, rung_at FROM push_devices WHERE participant_id = :id",
            facts={
                # L10N: labels in the document of one's own data, of a browser: its name, since when it is notified
                "name": _("Browser"),
                "created_at": _("Since"),
            },
        ),
    ),
    PersonalData(
        table="page_files",
        manual="ce qui s'est dit sur la page personnelle | les deux | les 500 derniers messages de chaque page",
        of_nobody="made_from",
        shown="kind name media_type alt content digest named",
        document=DocumentPart(
            "files_on_your_page",
            _("Files on your page"),
            Chapter.SAID,
            "SELECT f.kind, f.name, f.media_type FROM page_files f"
            f" JOIN page_messages m ON m.id = f.message_id WHERE m.participant_id = :id AND {_THEIRS}",
            facts={"name": _("Name")},
        ),
    ),
    PersonalData(
        table="page_messages",
        manual="ce qui s'est dit",
        goes="participant_id author answered_in",
        of_nobody="role",
        shown="content toast",
        document=DocumentPart(
            "messages_on_your_page",
            _("On your personal page"),
            Chapter.SAID,
            "SELECT author, content, toast, said_at, changed_at, seen_at FROM page_messages"
            f" WHERE participant_id = :id AND confidential = 0 AND {_THEIRS}",
            said="content",
            # L10N: labels in the document of one's own data: who wrote a message, and when.
            facts={"author": _("Said by"), "said_at": _("When")},
        ),
        stored_json="content toast",
    ),
)

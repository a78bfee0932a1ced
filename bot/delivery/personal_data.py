"""Declares which personal data are in the outbox, groups' channels and calendar entries, and how they are erased."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.delivery_kinds import CONFIDENTIAL, REPORT
from bot.content.roles import Who
from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

_PLAIN = """content NOT LIKE '%"confidential"%' AND content NOT LIKE '%"secret"%'"""
"""SQL condition: the stored view of a delivery is no secret, and not confidential, as edits that hide such are.

In words that people wrote, a quotation mark is stored behind a backslash.
"""

DELIVERIES: Sequence[PersonalData] = (
    PersonalData(
        table="deliveries",
        manual=(
            "pour chaque annonce : à qui, sur quel compte, quand elle est arrivée, ou pourquoi elle n'est pas "
            "arrivée | le bot\n"
            "messages envoyés par le bot"
        ),
        goes="participant_id account_id about place",
        shown="content mentions",
        of_nobody="platform kind state reason native_id op shown subject reference role",
        document=(
            DocumentPart(
                "messages_sent",
                _("Messages to you"),
                Chapter.SAID,
                "SELECT * FROM deliveries WHERE participant_id = :id AND COALESCE(about, :id) = :id"
                f" AND kind <> '{CONFIDENTIAL}' AND who <= {Who.PARTICIPANT:d} AND {_PLAIN}",
                said="content",
                # L10N: labels in the document of one's own data: on which platform, and when, a message was sent.
                facts={"platform": _("Where"), "created_at": _("When")},
            ),
            DocumentPart(
                "messages_about_you",
                _("Messages to the team about you"),
                Chapter.SAID,
                "SELECT d.content, d.created_at FROM deliveries d WHERE d.about = :id"
                f" AND d.participant_id <> :id AND d.kind <> '{REPORT}'",
                said="content",
                facts={"created_at": _("When")},
            ),
        ),
        stored_json="content",
    ),
    PersonalData(
        table="files",  # after deliveries, which refer to it
        shown="content",
        document=DocumentPart(
            "files_on_their_way",
            _("Files on their way to you"),
            Chapter.SAID,
            "SELECT d.id AS message, LENGTH(f.content) AS bytes FROM files f"
            " JOIN deliveries d ON d.file_id = f.id WHERE d.participant_id = :id",
        ),
    ),
    # Who was admitted to a group's channel is needed until the channel is closed.
    PersonalData(
        table="admissions",
        manual="quels comptes sont entrés dans le fil d'un groupe | le bot",
        goes="account_id",
        stays_at_the_end=True,
    ),
    PersonalData(
        table="channels",
        of_others="platform title chat thread role card digest url",
        document=DocumentPart(
            "places_of_your_groups",
            _("Where your groups meet online"),
            Chapter.YOU,
            "SELECT platform, title, url FROM channels WHERE id IN (SELECT channel_id"
            " FROM admissions WHERE account_id IN (SELECT id FROM accounts WHERE participant_id = :id))",
            # L10N: labels in the document of one's own data, of a group's channel: its platform, name and link.
            facts={"platform": _("Where"), "title": _("Name"), "url": _("Address")},
        ),
        stays_at_the_end=True,
    ),
    PersonalData(table="calendar_entries", of_nobody="platform native_id title", stays_at_the_end=True),
)

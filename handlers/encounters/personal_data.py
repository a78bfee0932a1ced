"""Declares the personal data of encounters: who takes part, who sits where, and pairs kept together or apart."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(table="encounters", of_others="rooms", of_nobody="language"),
    PersonalData(
        table="encounter_guests",
        manual=(
            "rencontres à deux, s'il y en a : qui y prend part, avec qui à quelle table ; qui l'équipe fait se"
            " rencontrer ou non | le programme, l'équipe | jusqu'à l'effacement"
        ),
        goes="participant_id",
        document=DocumentPart(
            "encounters",
            _("Encounters you take part in"),
            Chapter.NOTED,
            "SELECT encounter_id, here FROM encounter_guests WHERE participant_id = :id ORDER BY encounter_id",
        ),
    ),
    PersonalData(
        table="encounter_seats",
        manual="rencontres à deux",
        goes="participant_id",
        of_nobody="broken",
        document=DocumentPart(
            "encounter_seats",
            _("Where you sat in encounters"),
            Chapter.NOTED,
            "SELECT s.seating, s.place, o.participant_id AS with_id FROM encounter_seats s"
            " LEFT JOIN encounter_seats o ON o.encounter_id = s.encounter_id AND o.seating = s.seating"
            " AND o.place = s.place AND o.participant_id <> s.participant_id"
            " WHERE s.participant_id = :id ORDER BY s.encounter_id, s.seating, o.participant_id",
        ),
    ),
    PersonalData(table="encounter_met", manual="rencontres à deux", goes="first_id second_id"),
    PersonalData(table="encounter_pairs", manual="rencontres à deux", goes="first_id second_id", of_nobody="kind"),
)

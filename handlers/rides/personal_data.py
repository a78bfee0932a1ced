"""Declares the personal data about rides: offered rides, seats, and requests for seats."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="rides",
        manual=(
            "covoiturage, s'il y en a : trajets proposés (lieu, heure, places), places demandées et données | la "
            "personne | jusqu'à l'effacement ; pour un trajet à venir, jusqu'à ce que la personne quitte la "
            "rencontre"
        ),
        goes="driver_id place",  # by ON DELETE CASCADE
        document=DocumentPart(
            "rides",
            _("Rides you offer"),
            Chapter.YOU,
            "SELECT leaves_at, back, place, seats FROM rides WHERE driver_id = :id ORDER BY leaves_at, id",
            facts={"leaves_at": _("When"), "place": _("Where"), "seats": _("Seats")},
        ),
    ),
    PersonalData(
        table="ride_passengers",
        manual="covoiturage",
        goes="participant_id",
        document=DocumentPart(
            "seats_in_cars",
            _("Seats you asked for in rides"),
            Chapter.YOU,
            "SELECT r.leaves_at, r.back, q.accepted, q.asked_at FROM ride_passengers q"
            " JOIN rides r ON r.id = q.ride_id WHERE q.participant_id = :id ORDER BY q.asked_at",
            facts={"leaves_at": _("When"), "asked_at": _("Asked")},
        ),
    ),
)

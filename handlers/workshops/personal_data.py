"""The personal data that workshops store: who began phases, wrote for a group, called for help or was nudged.

To nudge is to ask a silent member in private for an idea.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="phase_runs",
        manual="synthèse d'un groupe, canevas, mur | le groupe | jusqu'à la fin, sans nom si la personne s'efface",
        emptied="started_by writer_id",
        of_nobody="phase state",
        document=DocumentPart(
            "phases_you_began_or_write_down",
            _("Phases you started or write for"),
            Chapter.DONE,
            "SELECT phase, started_at, started_by, writer_id FROM phase_runs WHERE started_by = :id OR writer_id = :id",
            facts={"phase": _("Phase"), "started_at": _("When")},
        ),
    ),
    PersonalData(
        table="calls",
        manual="votes, signalements",
        emptied="caller_id taken_by withdrawn_by",
        of_nobody="browser",
        document=DocumentPart(
            "calls_for_help",
            _("Calls for help"),
            Chapter.DONE,
            "SELECT called_at, caller_id, taken_by, taken_at, closed_at, withdrawn_by FROM calls"
            " WHERE caller_id = :id OR taken_by = :id OR withdrawn_by = :id",
            facts={"called_at": _("When")},
        ),
    ),
    PersonalData(
        table="nudges",
        manual="votes, signalements",
        goes="participant_id",
        document=DocumentPart(
            "asked_to_say_something",
            _("When you were asked to say something"),
            Chapter.NOTED,
            "SELECT at AS asked_at FROM nudges WHERE participant_id = :id",
            facts={"asked_at": _("When")},
        ),
    ),
    PersonalData(table="phases", of_nobody="key title instruction example collects", stays_at_the_end=True),
)

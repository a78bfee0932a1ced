"""Declares which personal data the capability stores: programmes that organisers sent, and who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import Chapter, DocumentPart, Forgetting, PersonalData
from handlers.programme import store
from handlers.programme.model import speakers_without


async def _forget_speaker(tx: Transaction, forgetting: Forgetting) -> None:
    """Take the person who is erased out of the speakers of sessions, if their family name is known.

    Organisers' lists have family names. Whoever registers by themselves gives one name, which may be anybody's.
    """
    name = forgetting.traces.full
    if not name or not forgetting.person.family_name:
        return
    for session in await store.all_sessions(tx):
        if (left := speakers_without(session.plan.speaker, name)) != session.plan.speaker:
            await store.rewrite_session(tx, session, replace(session.plan, speaker=left))


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="pending_programmes",
        manual="liste ou programme envoyés",
        goes="author_id plans digest",
        document=DocumentPart(
            "programmes_sent",
            _("Programmes you sent"),
            Chapter.DONE,
            "SELECT id, plans, created_at FROM pending_programmes WHERE author_id = :id",
            facts={"created_at": _("When")},
        ),
        stored_json="plans",
    ),
    PersonalData(table="programme_news", manual="changements de l'équipe", emptied="author_id", of_others="changes"),
    PersonalData(
        table="sessions",
        manual=(
            "programme : le nom de qui intervient dans une activité, même sans participer aux rencontres | l'équipe"
            " | jusqu'à la fin, ou jusqu'à l'effacement de cette personne si elle est sur la liste de l'équipe, sauf au"
            " milieu d'autres mots"
        ),
        of_others="key kind title place map_url zone audience speaker description",
        stays_at_the_end=True,
        at_the_end=("UPDATE sessions SET speaker = ''",),
        forget=_forget_speaker,
    ),
)

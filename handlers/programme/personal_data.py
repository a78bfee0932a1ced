"""Declares which personal data the capability stores: programmes that organisers sent, and who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.texts import _
from bot.conversation import journal_store
from bot.database.engine import Transaction
from bot.people.declared import Chapter, DocumentPart, Forgetting, PersonalData
from handlers.programme import store
from handlers.programme.model import Plan, speakers_without


async def _forget_speaker(tx: Transaction, forgetting: Forgetting) -> None:
    """Take the person who is erased out of the speakers of sessions, if their family name is known.

    Sessions that wait to be imported are meant, too. Organisers' lists have family names. Whoever registers by
    themselves gives one name, which may be anybody's.
    """
    name = forgetting.traces.full
    if not name or not forgetting.person.family_name:
        return

    def without(plan: Plan) -> Plan:
        return replace(plan, speaker=speakers_without(plan.speaker, name))

    for session in await store.all_sessions(tx):
        if (plan := without(session.plan)) != session.plan:
            await store.rewrite_session(tx, session, plan)
    await store.rewrite_pending(tx, without)
    await journal_store.forget_values_where(
        tx,
        store.RESTORE_SESSIONS,
        lambda values: any(
            speakers_without(said, name) != said
            for _id, *plans in (*values["altered"], *values["added"])
            for said in (plan.get("speaker", "") for plan in plans)
        ),
    )


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

"""Declares the personal data of initiatives: cards, answers about each other, contacts, blocks and reports."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="initiative_cards",
        manual=(
            "initiatives, s'il y en a : la fiche (nom, phrase, territoire, lien, ce que la personne cherche et apporte)"
            " et ce qu'elle donne d'elle à qui garde le contact (mail, téléphone, pseudo) | la personne | jusqu'à"
            " l'effacement"
        ),
        goes="participant_id title sentence link seeks_words offers_words stems mail phone handle",
        of_nobody="territory seeks offers locale state",
        document=DocumentPart(
            "initiative",
            _("Your initiative"),
            Chapter.YOU,
            "SELECT title, sentence, territory, link, seeks, seeks_words, offers, offers_words, shown, state, mail,"
            " phone, handle FROM initiative_cards WHERE participant_id = :id",
            facts={
                "title": _("Name"),
                "sentence": _("In one sentence"),
                "seeks_words": _("I look for"),
                "offers_words": _("I bring"),
                "mail": _("E-mail"),
                "phone": _("Phone"),
                "handle": _("Name in an app"),
            },
        ),
    ),
    PersonalData(
        table="contact_answers",
        manual=(
            "contacts, s'il y en a : avec qui garder le contact, ou non ; ce qui a été donné quand les deux l'ont voulu"
            " | la personne | jusqu'à l'effacement d'une des deux"
        ),
        goes="participant_id about_id",
        of_nobody="met",
        document=DocumentPart(
            "contact_answers",
            _("Whom you want to keep in touch with"),
            Chapter.SAID,
            "SELECT about_id, yes, met FROM contact_answers WHERE participant_id = :id ORDER BY about_id",
            own=True,
        ),
    ),
    PersonalData(
        table="contacts",
        manual="contacts",
        goes="participant_id about_id mail phone handle",
        of_nobody="met",
        document=DocumentPart(
            "contacts",
            _("Your contacts"),
            Chapter.SAID,
            "SELECT p.given_name, p.family_name, c.mail, c.phone, c.handle, c.met FROM contacts c"
            " JOIN participants p ON p.id = c.about_id WHERE c.participant_id = :id ORDER BY p.id",
            facts={"given_name": _("Name"), "mail": _("E-mail"), "phone": _("Phone"), "handle": _("Name in an app")},
            own=True,
        ),
    ),
    PersonalData(
        table="contact_blocks",
        manual=(
            "blocages, s'il y en a : qui a bloqué qui, ou signalé sa fiche | la personne | jusqu'à l'effacement d'une"
            " des deux"
        ),
        goes="participant_id about_id",
        document=DocumentPart(
            "contact_blocks",
            _("Whom you blocked or reported"),
            Chapter.SAID,
            "SELECT about_id, reported, at FROM contact_blocks WHERE participant_id = :id ORDER BY at",
            own=True,
        ),
        instants="at",
    ),
)

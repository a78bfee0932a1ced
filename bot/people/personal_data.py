"""Declares the personal data in the tables about people: who they are, their accounts, codes, links and roles."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

_MINE = "SELECT platform, {column} FROM accounts WHERE participant_id = :id"
BY_CHAT = f"(platform, chat) IN ({_MINE.format(column='chat')})"
"""SQL condition that a row belongs to a chat of an account of the participant `:id`."""
BY_NUMBER = f"(platform, native_id) IN ({_MINE.format(column='native_id')})"
"""SQL condition that a row belongs, by platform and native id, to an account of the participant `:id`."""
BY_ACCOUNT = "account_id IN (SELECT id FROM accounts WHERE participant_id = :id)"
"""SQL condition that a row belongs, by the account's id, to an account of the participant `:id`."""

PEOPLE: Sequence[PersonalData] = (
    PersonalData(
        table="participants",
        manual=(
            "référence, prénom, nom, courriel, territoire, genre, année de naissance, organisme, langue | la "
            "liste, ou le formulaire\n"
            "réglages : langue, compte préféré, notifications | la personne"
        ),
        # the row itself goes last, see `bot.membership.erasure_store`
        goes=(
            "ref given_name family_name search_key email territory gender organisation locale status muted"
            " preferred_account"
        ),
        document=DocumentPart(
            "person",
            _("What was said about you"),
            Chapter.YOU,
            "SELECT * FROM participants WHERE id = :id",
            facts={
                "given_name": _("First name"),
                "family_name": _("Family name"),
                "email": _("E-mail"),
                "territory": _("Territory"),
                "gender": _("Gender"),
                "birth_year": _("Year of birth"),
                "organisation": _("Organisation or project"),
                "locale": _("Language"),
                "ref": _("Number in the team's list"),
                # L10N: a label in the document of one's own data: when organisers put the person on the list
                "created_at": _("Selected"),
                # L10N: a label in the document of one's own data: when the person came in
                "joined_at": _("Joined"),
            },
        ),
        stored_json="muted",
        stays_at_the_end=True,
    ),
    PersonalData(
        table="accounts",
        manual=(
            "comptes : numéro et nom sur Telegram ou Discord, adresse de courriel prouvée, numéro de la discussion "
            "privée, langue de l'appareil, si l'on peut y écrire | la plateforme\n"
            "le dernier écran ouvert, s'il est confidentiel ou de sécurité | le bot | jusqu'à l'écran suivant"
        ),
        # An account whose roles a platform has to take back goes a day later, and is nobody's until then.
        goes="platform native_id participant_id chat private_chat name locale command_list screen",
        document=DocumentPart(
            "accounts",
            _("Your accounts"),
            Chapter.YOU,
            # Not the screen that was opened last: it may tell that they look for a trusted person.
            "SELECT id, platform, native_id, chat, private_chat, name, locale, unreachable, private_pushes,"
            " linked_at, command_list, in_forum FROM accounts WHERE participant_id = :id ORDER BY id",
            facts={"platform": _("Where"), "name": _("Name"), "linked_at": _("Since")},
        ),
        stays_at_the_end=True,
    ),
    PersonalData(
        table="secrets",
        manual=(
            "codes et liens d'invitation | le bot | leur empreinte, jusqu'à l'effacement ou au renouvellement ; "
            "en clair deux heures au plus, sur la page personnelle de la personne qui les a demandés\n"
            "sessions de la page personnelle (un cookie, empreinte seule), nom du navigateur («Firefox, "
            "Android»), quand la personne l'a confirmé | le navigateur | 180 jours\n"
            "compte dont le rattachement (`/lier`) attend d'être confirmé | la personne | 1 jour"
        ),
        goes="participant_id account_id hash purpose browser screen letter proves",
        document=DocumentPart(
            "links_and_codes",
            _("Links and codes, as fingerprints"),
            Chapter.NOTED,
            # The hash opens nothing and is left out all the same: a document travels.
            "SELECT purpose, created_at, expires_at, used_at, browser, confirmed_at FROM secrets"
            " WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="attempts",
        manual=(
            "essais de code erronés | la plateforme | 10 minutes\n"
            "nombre de messages que quelqu'un vient d'envoyer à une personne de confiance, puis d'effacer (pour ne pas"
            " alerter celle-ci sans fin) | le bot | 10 minutes\n"
            "nombre de demandes récentes de `/mesdonnees` | le bot | 10 minutes"
        ),
        deleted="platform native_id",
        document=DocumentPart(
            "wrong_codes",
            # L10N: a heading in the document of one's own data: wrong codes that were typed
            _("Wrong codes"),
            Chapter.NOTED,
            f"SELECT * FROM attempts WHERE {BY_NUMBER}",
        ),
        instants="until",
        forget=(f"DELETE FROM attempts WHERE {BY_NUMBER}",),
    ),
    PersonalData(
        table="entrusted",
        manual=(
            "numéros des réponses qui portent un fichier ou une invitation pour l'équipe ou l'animation (pour les "
            "retirer avec le rôle) | la plateforme | 30 jours"
        ),
        goes="account_id native_id",
        of_nobody="role",
        document=DocumentPart(
            "answers_for_your_role",
            _("Answers that only your role lets you read"),
            Chapter.NOTED,
            "SELECT e.* FROM entrusted e JOIN accounts a ON a.id = e.account_id WHERE a.participant_id = :id",
        ),
        # An account whose roles a platform has to take back stays a day longer than its person.
        forget=(f"DELETE FROM entrusted WHERE {BY_ACCOUNT}",),
    ),
    PersonalData(
        table="roles",
        manual=(
            "rôles (animation, confiance…) : lesquels, pour quel thème ou territoire, depuis quand | l'équipe |"
            " jusqu'à l'effacement"
        ),
        goes="participant_id scope",
        of_nobody="role",
        document=DocumentPart(
            "roles",
            # L10N: a heading in the document of one's own data: what the person was asked to do for the gathering
            _("Your roles"),
            Chapter.DONE,
            "SELECT role, scope, given_at FROM roles WHERE participant_id = :id ORDER BY role, scope",
            # L10N: labels in the document of one's own data, of a role
            facts={"role": _("Role"), "given_at": _("When")},
        ),
    ),
    PersonalData(
        table="purposes",
        manual="ce que la personne a accepté au-delà de la rencontre, et quand | la personne",
        goes="participant_id",
        of_nobody="purpose",
        document=DocumentPart(
            "purposes",
            _("What you agreed to"),
            Chapter.YOU,
            "SELECT purpose, agreed_at FROM purposes WHERE participant_id = :id",
            facts={"purpose": _("What for"), "agreed_at": _("Since")},
        ),
    ),
    PersonalData(
        table="erasures",
        of_others="person files traces progress",  # until the erasure is finished, a moment later
        stays_at_the_end=True,
    ),
    PersonalData(
        table="erased_accounts",
        manual="compte retiré ou détaché : son numéro, sans nom | la plateforme | 1 jour",
        of_nobody="salt hash",
    ),
    PersonalData(
        table="erasures_later",
        manual="comptes :",
        goes="participant_id",
        document=DocumentPart(
            "erased_later",
            _("When everything about you is erased"),
            Chapter.NOTED,
            "SELECT due_at FROM erasures_later WHERE participant_id = :id",
            facts={"due_at": _("When")},
        ),
    ),
    PersonalData(table="stored_before", of_nobody="name", stays_at_the_end=True),
    PersonalData(
        table="endings",
        of_others="kind what",  # until it is noted beside the database, a moment later
        of_nobody="mark",
        stays_at_the_end=True,
    ),
)

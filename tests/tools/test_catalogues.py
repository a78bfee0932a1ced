"""A house of one handler and one template, its catalogues written, translated and checked by the tool."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polib
import pytest

from bot.content.i18n import LOCALES
from tools.catalogue_checks import check
from tools.catalogues import update
from tools.extraction import catalogue_path, template_path
from tools.message_rules import french, german, markup, placeholders

HANDLER = '''
@routes.command("idee", _("Share an idea"), names={"en": "idea"})
async def share(request):
    """Write it down."""
    said = _("Withdraw")
    return reply(
        _n("Your group has {count} idea.", "Your group has {count} ideas.", 3),
        _("Noted, {name}.", name=request.name),
        buttons=(Button(said, Withdraw()),),
        toast=_("Noted"),
        file=File(_("ideas.csv"), b""),
    )
'''

Words = dict[str, str | tuple[str, str]]

FRENCH: Words = {
    "Share an idea": "Partager une idée",
    "Withdraw": "Retirer",
    "Your group has {count} idea.": ("Ton groupe a {count} idée.", "Ton groupe a {count} idées."),
    "Noted, {name}.": "C’est noté, {name}.",
    "Noted": "C’est noté",
    "Welcome": "Bienvenue",
    "ideas.csv": "idees.csv",
}
GERMAN: Words = {
    "Share an idea": "Eine Idee teilen",
    "Withdraw": "Zurückziehen",
    "Your group has {count} idea.": ("Deine Gruppe hat eine Idee.", "Deine Gruppe hat {count} Ideen."),
    "Noted, {name}.": "Notiert, {name}.",
    "Noted": "Notiert",
    "Welcome": "Willkommen",
    "ideas.csv": "ideen.csv",
}


@dataclass
class SourceTree:
    """A checkout with messages in it."""

    root: Path

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def translate(self, locale: str, words: Words) -> None:
        catalogue = polib.pofile(str(catalogue_path(self.root, locale)))
        for entry in catalogue:
            match words.get(entry.msgid):
                case str(translation):
                    entry.msgstr = translation
                case (one, many):
                    entry.msgstr_plural = {0: one, 1: many}
        catalogue.save()

    def catalogue(self, locale: str) -> str:
        return catalogue_path(self.root, locale).read_text(encoding="utf-8")

    def problems(self) -> list[str]:
        return [str(problem) for problem in check(self.root, LOCALES)]

    def problem(self) -> str:
        [only] = self.problems()
        return only


@pytest.fixture
def tree(tmp_path: Path) -> SourceTree:
    tree = SourceTree(tmp_path)
    tree.write("handlers/ideas/participant/giving.py", HANDLER)
    tree.write("bot/platforms/web/templates/page.html", "<h1>{{ _('Welcome') }}</h1>")
    update(tmp_path)
    tree.translate("fr", FRENCH)
    tree.translate("de", GERMAN)
    return tree


def test_a_translated_house_has_no_problem(tree: SourceTree) -> None:
    assert tree.problems() == []
    tree.translate("de", {"Withdraw": ""})
    assert tree.problem().endswith("not translated: «Withdraw»")


def test_the_template_names_files_by_name_only_and_holds_no_date(tree: SourceTree) -> None:
    template = template_path(tree.root).read_text(encoding="utf-8")
    assert template.index('msgid "Welcome"') < template.index('msgid "Share an idea"')
    assert "#: handlers/ideas/participant/giving.py\n" in template
    assert "Date" not in template


def test_english_starts_as_the_message_ids(tree: SourceTree) -> None:
    assert 'msgid "Withdraw"\nmsgstr "Withdraw"' in tree.catalogue("en")


def test_updating_again_changes_nothing(tree: SourceTree) -> None:
    update(tree.root)
    once = [tree.catalogue(locale) for locale in LOCALES]
    update(tree.root)
    assert [tree.catalogue(locale) for locale in LOCALES] == once


def test_a_changed_message_loses_its_translation_and_the_others_keep_theirs(tree: SourceTree) -> None:
    tree.write("handlers/ideas/participant/giving.py", HANDLER.replace('"Noted"', '"Kept"'))
    assert "locales/messages.pot:1: not what the code says: run make catalogues" in tree.problems()
    update(tree.root)
    assert "Bienvenue" in tree.catalogue("fr")
    assert "Noted\n" not in tree.catalogue("fr")
    assert [problem.partition(": ")[2] for problem in tree.problems()] == ["not translated: «Kept»"] * 2


def test_a_missing_catalogue_is_named(tree: SourceTree) -> None:
    catalogue_path(tree.root, "de").unlink()
    assert tree.problem() == "locales/de/LC_MESSAGES/messages.po:1: missing: run make catalogues"


def test_a_file_that_is_no_catalogue_is_named(tree: SourceTree) -> None:
    catalogue_path(tree.root, "de").write_text("Guten Tag\n", encoding="utf-8")
    assert tree.problem().startswith("locales/de/LC_MESSAGES/messages.po:1: cannot be read: ")


def test_a_fuzzy_or_obsolete_translation_fails(tree: SourceTree) -> None:
    catalogue = polib.pofile(str(catalogue_path(tree.root, "de")))
    catalogue[0].flags.append("fuzzy")
    catalogue.append(polib.POEntry(msgid="Gone", msgstr="Fort", obsolete=True))
    catalogue.save()
    found = "\n".join(tree.problems())
    assert "fuzzy" in found
    assert "other messages than the code's" in found


@pytest.mark.parametrize(
    ("locale", "message", "translation", "problem"),
    [
        ("de", "Noted, {name}.", "Notiert.", "{name} is missing in «Notiert.»"),
        ("de", "Noted", "Notiert, {wer}", "{wer} is not in the message «Noted»"),
        ("de", "Noted", "Notiert }", "Single '}' encountered in format string"),
        (
            "fr",
            "ideas.csv",
            "idées.csv",
            "the name of a file, in small letters without accents, that ends in .csv: «idées.csv»",
        ),
        (
            "de",
            "ideas.csv",
            "ideen.tsv",
            "the name of a file, in small letters without accents, that ends in .csv: «ideen.tsv»",
        ),
        ("de", "Noted", "<b>Notiert</b>", "markup in a message: <b>"),
        ("de", "Noted", "**Notiert**", "markup in a message: **"),
        ("fr", "Noted", "C'est noté", "French typography (make catalogues mends it): «C’est noté»"),
        ("en", "Noted", "“Noted»", "English typography (make catalogues mends it): «“Noted”»"),
        ("de", "Noted", "«Notiert»", "German typography (make catalogues mends it): «„Notiert“»"),
        ("de", "Withdraw", "z" * 41, "41 characters, a button (handlers/ideas/participant/giving.py:5) holds 40"),
        (
            "de",
            "Withdraw",
            "z" * 31,
            "warning: 31 characters, a button (handlers/ideas/participant/giving.py:5) is cut on a phone past 30",
        ),
        (
            "de",
            "Share an idea",
            "z" * 101,
            "101 characters, a command's description (handlers/ideas/participant/giving.py:2) holds 100",
        ),
        ("de", "Noted", "z" * 201, "201 characters, a toast (handlers/ideas/participant/giving.py:10) holds 200"),
        ("de", "Welcome", "z" * 201, "201 characters, a message without «# L10N: long» above it holds 200"),
    ],
)
def test_a_translation_that_would_go_wrong_is_told(
    tree: SourceTree, locale: str, message: str, translation: str, problem: str
) -> None:
    tree.translate(locale, {message: translation})
    assert tree.problem().partition(": ")[2] == problem


def test_only_a_singular_may_leave_the_count_unsaid(tree: SourceTree) -> None:
    tree.translate("de", {"Your group has {count} idea.": ("Deine Gruppe hat eine Idee.", "Deine hat Ideen.")})
    assert tree.problem().endswith("{count} is missing in «Deine hat Ideen.»")


def test_a_singular_that_is_said_of_zero_keeps_the_count_unless_it_is_never_zero(tree: SourceTree) -> None:
    unsaid: Words = {"Your group has {count} idea.": ("Ton groupe a une idée.", "Ton groupe a {count} idées.")}
    tree.translate("fr", unsaid)
    assert tree.problem().endswith("{count} is missing in «Ton groupe a une idée.»")
    marked = HANDLER.replace('        _n("Your', '        # L10N: never zero\n        _n("Your')
    tree.write("handlers/ideas/participant/giving.py", marked)
    update(tree.root)
    assert tree.problems() == []


def test_a_message_may_be_long_where_its_author_says_so(tree: SourceTree) -> None:
    counts = []
    for said in ("A long text.", "L10N: long"):
        tree.write("handlers/help.py", f'reply(\n    # {said}\n    _("{"x" * 250}"),\n)\n')
        update(tree.root)
        tree.translate("fr", {"x" * 250: "y" * 250})
        tree.translate("de", {"x" * 250: "y" * 250})
        counts.append(len(tree.problems()))
    assert counts == [3, 0], "in each language"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("_(summary)", "a message must be a literal, or no catalogue can hold it"),
        ('_(f"Hello {name}")', "a message must be a literal, or no catalogue can hold it"),
        ('_("Noted, {name}.")', "{name} has no value"),
        ('_("Noted", name=1)', "the message has no place for name"),
        ('routes.command("idée", TEXT)', "/idée: Telegram takes at most 32 of a-z, 0-9 and _"),
        ('routes.command("a", TEXT, names={"de": "Idee"})', "/Idee: Discord takes one lower-case word of at most 32"),
    ],
)
def test_code_that_would_go_wrong_is_told(tree: SourceTree, code: str, problem: str) -> None:
    tree.write("bot/broken.py", f"\n{code}\n")
    update(tree.root)
    assert tree.problem() == f"bot/broken.py:2: {problem}"


def test_a_message_too_deep_in_another_one_to_be_extracted_is_told(tree: SourceTree) -> None:
    tree.write("bot/broken.py", '_("Ideas: {ideas}.", ideas=listed([_("none") for _idea in range(3)]))\n')
    update(tree.root)
    assert "bot/broken.py:1: not extracted, give it a name first: «none»" in tree.problems()


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ('views.Button(label=_("{}"))', 40),
        ('Option("key", _("{}"))', 40),
        ('Option("key", "label", description=_("{}"))', 100),
        ('Choice(action, (), placeholder=_("{}"))', 100),
        ('text(_("{}"), max_length=3)', 45),
        ('upload("label", endings=(), hint=_("{}"))', 100),
        ('class Idea(Form):\n    title: ClassVar[Text] = _("{}")', 45),
        ('LABEL = _("{}")\nbutton = Button(LABEL)', 40),
    ],
)
def test_every_place_has_its_length(tree: SourceTree, code: str, holds: int) -> None:
    for length, problems in ((holds, 0), (holds + 1, len(LOCALES))):
        words = "w" * length
        tree.write("handlers/places.py", code.format(words))
        update(tree.root)
        tree.translate("fr", {words: words})
        tree.translate("de", {words: words})
        told = [problem for problem in tree.problems() if "warning" not in problem]
        assert [f"holds {holds}" in problem for problem in told] == [True] * problems


def test_the_command_prints_what_is_wrong_and_fails(tree: SourceTree) -> None:
    command = [sys.executable, "-m", "tools.catalogues", "--root", str(tree.root)]
    assert subprocess.run([*command, "check"], check=False).returncode == 0
    tree.translate("de", {"Withdraw": ""})
    told = subprocess.run([*command, "check"], check=False, capture_output=True, text=True)
    assert (told.returncode, told.stdout.partition(": ")[2]) == (1, "not translated: «Withdraw»\n")
    subprocess.run([*command, "update"], check=True)


@pytest.mark.parametrize(
    ("typed", "set_right"),
    [
        ("C'est l'heure !", "C’est l’heure\u202f!"),
        ("Vraiment?! Oui;", "Vraiment\u202f?! Oui\u202f;"),
        ('Le thème: "Culture"', "Le thème\u00a0: «\u00a0Culture\u00a0»"),
        ("À 14:00... sur t.me/bot?start=a", "À 14:00… sur t.me/bot?start=a"),
        ("« Prêt ? »", "«\u00a0Prêt\u202f?\u00a0»"),
        ("Thème :\n{theme}", "Thème\u00a0:\n{theme}"),
        ("3 min + {low} %, {name} s'y met", "3\u00a0min + {low}\u00a0%, {name} s’y met"),
    ],
)
def test_french_is_set_right_once(typed: str, set_right: str) -> None:
    assert french(typed) == set_right
    assert french(set_right) == set_right


@pytest.mark.parametrize("typed", ["«{name}» und «b»", "“{name}” und “b”", "„{name}“ und „b“"])
def test_german_quotation_marks_are_set_right_once(typed: str) -> None:
    assert german(typed) == german(german(typed)) == "„{name}“ und „b“"


@pytest.mark.parametrize("plain", ["1 < 2 > 0", "3 * 4 * 5", "{given_name} & {family_name}", "snake_case_name", "A #1"])
def test_plain_words_are_no_markup(plain: str) -> None:
    assert [markup(words) is None for words in (plain, f"{plain} *fort*")] == [True, False]


@pytest.mark.parametrize("marked", ["*fort*", "_penché_", "`code`", "[ici](adresse)", "&amp;", "# Titre", "<br/>"])
def test_markup_is_found(marked: str) -> None:
    assert markup(marked) is not None


def test_braces_hold_plain_names_only() -> None:
    assert placeholders("{name} has {count}, {{really}}") == {"name", "count"}
    for wrong in ("{}", "{0}", "{name!r}", "{count:d}", "{person.name}"):
        with pytest.raises(ValueError, match="plain name"):
            placeholders(wrong)

"""Updates the translations in locales/ (`python -m tools.catalogues update`, after messages changed), or checks them.

`check` is for before a commit. Translations are kept for exactly equal messages, never guessed. The English catalogue
starts as the message ids. Apostrophes and spaces in French and quotation marks everywhere are corrected, so that
translators can type plain ones.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import polib
from babel.messages.plurals import get_plural

from bot.content.i18n import LOCALES
from tools.catalogue_checks import check
from tools.extraction import catalogue_path, new_catalogue, template, template_path
from tools.message_rules import TYPOGRAPHY


def extract(root: Path) -> polib.POFile:
    """Write the template of all messages, locales/messages.pot, and return it."""
    found = template(root)
    _write(template_path(root), found)
    return found


def update(root: Path) -> None:
    """Write the template and every catalogue, keeping translations."""
    found = extract(root)
    for locale in LOCALES:
        path = catalogue_path(root, locale)
        known = polib.pofile(str(path)) if path.is_file() else polib.POFile()
        _write(path, merged(found, known, locale))


def merged(found: polib.POFile, known: polib.POFile, locale: str) -> polib.POFile:
    """Return a locale's catalogue: the messages `found` in the code, in their order, with their `known` translations.

    Messages without a known translation have an empty one; in English, they are their own translation.
    """
    rule = get_plural(locale)
    catalogue = new_catalogue(**{"Language": locale, "Plural-Forms": str(rule).rstrip()})
    translated = {(entry.msgid, entry.msgid_plural): entry for entry in known if not entry.obsolete}
    for message in found:
        old = translated.get((message.msgid, message.msgid_plural), polib.POEntry())
        source = (message.msgid, *[message.msgid_plural] * (rule.num_plurals - 1)) if message.msgid_plural else ()
        entry = polib.POEntry(
            msgid=message.msgid,
            msgid_plural=message.msgid_plural,
            msgstr=_words(old.msgstr, message.msgid, locale) if not message.msgid_plural else "",
            msgstr_plural={
                form: _words(old.msgstr_plural.get(form, ""), words, locale) for form, words in enumerate(source)
            },
            occurrences=message.occurrences,
            comment=message.comment,
            tcomment=old.tcomment,
            flags=old.flags,
        )
        catalogue.append(entry)
    return catalogue


def _words(translation: str, source: str, locale: str) -> str:
    _language, correct = TYPOGRAPHY[locale]
    return correct(translation or (source if locale == "en" else ""))


def _write(path: Path, catalogue: polib.POFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(catalogue), encoding="utf-8")


def main() -> int:
    """Run the command that the command line names; return 1 if it is `check` and found problems, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.catalogues", description="The catalogues in locales/.")
    parser.add_argument("command", choices=("extract", "update", "check"))
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the checkout; default: this one")
    given = parser.parse_args()
    if given.command == "extract":
        extract(given.root)
    elif given.command == "update":
        update(given.root)
    else:
        problems = check(given.root, LOCALES)
        for problem in problems:
            print(problem)
        return int(any(not problem.warning for problem in problems))
    return 0


if __name__ == "__main__":
    sys.exit(main())

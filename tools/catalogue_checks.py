"""The checks of messages in the code and of catalogues (translations) for `make check`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from gettext import c2py
from pathlib import Path

import polib
from babel.messages.plurals import get_plural

from tools import places
from tools.extraction import LONG, NEVER_ZERO, catalogue_path, template, template_path
from tools.message_rules import TYPOGRAPHY, markup, placeholders
from tools.places import Place, Problem, Use

_FILE = re.compile(r"[a-z0-9{}-]+(\.[a-z]{3,4})")
"""What is only the name of a file: platforms change or refuse other letters in one."""
MESSAGE = Place(f"a message without «# {LONG}» above it", 200)


def check(root: Path, locales: Iterable[str]) -> list[Problem]:
    """Return all problems of messages and catalogues under `root`, by file and line; paths are relative to it."""
    problems: list[Problem] = []
    uses: dict[str, list[Use]] = {}
    wanted = template(root)
    found = {entry.msgid for entry in wanted}
    for path in sorted(path for folder in ("bot", "handlers") for path in (root / folder).rglob("*.py")):
        module, tree = path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))
        problems += places.problems(module, tree)
        for use in places.uses(module, tree):
            uses.setdefault(use.message, []).append(use)
        for message, line in places.messages(tree):
            if message not in found:  # Babel passes over what stands deep within another message
                problems.append(Problem(module, line, f"not extracted, give it a name first: «{message}»"))
    problems += _template_problems(root, wanted)
    for locale in locales:
        problems += _Catalogue(root, locale, wanted, uses).problems()
    return sorted(problems, key=lambda problem: (str(problem.path), problem.line))


def _template_problems(root: Path, wanted: polib.POFile) -> Iterator[Problem]:
    path = template_path(root)
    if not path.is_file() or path.read_text(encoding="utf-8") != str(wanted):
        yield Problem(path.relative_to(root), 1, "not what the code says: run make catalogues")


class _Catalogue:
    """One locale's catalogue held against the template."""

    def __init__(self, root: Path, locale: str, wanted: polib.POFile, uses: Mapping[str, list[Use]]) -> None:
        self._file = catalogue_path(root, locale)
        self._path = self._file.relative_to(root)
        self._locale = locale
        self._form_of_zero = c2py(get_plural(locale).plural_expr)(0)
        self._wanted = {(entry.msgid, entry.msgid_plural) for entry in wanted}
        self._uses = uses

    def problems(self) -> Iterator[Problem]:
        """What is missing or wrong in it."""
        if not self._file.is_file():
            yield Problem(self._path, 1, "missing: run make catalogues")
            return
        try:
            entries = polib.pofile(str(self._file), check_for_duplicates=True)
        except (OSError, ValueError) as error:
            yield Problem(self._path, 1, f"cannot be read: {error}")
            return
        had = {(entry.msgid, entry.msgid_plural) for entry in entries if not entry.obsolete}
        if had != self._wanted or any(entry.obsolete for entry in entries):
            yield Problem(self._path, 1, "other messages than the code's: run make catalogues")
        for entry in entries:
            for what in self._entry_problems(entry):
                yield Problem(self._path, entry.linenum, what)
            yield from self._length_problems(entry)

    def _entry_problems(self, entry: polib.POEntry) -> Iterator[str]:
        forms = _forms(entry)
        plurals = get_plural(self._locale).num_plurals if entry.msgid_plural else 1
        if entry.fuzzy:
            yield "fuzzy: look at it, then take the flag away"
        if len(forms) != plurals or not all(forms):
            yield f"not translated: «{entry.msgid}»"
            return
        for number, form in enumerate(forms):
            yield from _placeholder_problems(entry, form, may_leave_out=self._may_leave_out(entry, number))
            if (file := _FILE.fullmatch(entry.msgid)) and not (_FILE.fullmatch(form) and form.endswith(file[1])):
                yield f"the name of a file, in small letters without accents, that ends in {file[1]}: «{form}»"
            if found := markup(form):
                yield f"markup in a message: {found}"
            language, correct = TYPOGRAPHY[self._locale]
            if correct(form) != form:
                yield f"{language} typography (make catalogues mends it): «{correct(form)}»"

    def _may_leave_out(self, entry: polib.POEntry, form: int) -> set[str]:
        """The names that a form may leave unsaid: the count in a singular, which in some languages is said of 0 too."""
        if not entry.msgid_plural or form != 0:
            return set()
        return {"count"} if form != self._form_of_zero or NEVER_ZERO in entry.comment else set()

    def _length_problems(self, entry: polib.POEntry) -> Iterator[Problem]:
        length = max(map(len, _forms(entry)), default=0)
        uses = self._uses.get(entry.msgid, [])
        for use in uses:
            here = f"{length} characters, {use.place.what} ({use.path}:{use.line})"
            if length > use.place.holds:
                yield Problem(self._path, entry.linenum, f"{here} holds {use.place.holds}")
            elif use.place.phone and length > use.place.phone:
                yield Problem(
                    self._path,
                    entry.linenum,
                    f"{here} is cut on a phone past {use.place.phone}",
                    warning=True,
                )
        if not uses and length > MESSAGE.holds and LONG not in entry.comment:
            yield Problem(self._path, entry.linenum, f"{length} characters, {MESSAGE.what} holds {MESSAGE.holds}")


def _forms(entry: polib.POEntry) -> list[str]:
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] if entry.msgid_plural else [entry.msgstr]


def _placeholder_problems(entry: polib.POEntry, form: str, *, may_leave_out: set[str]) -> Iterator[str]:
    """The names of the message, all of them but those that a form may leave out."""
    try:
        had, wanted = placeholders(form), placeholders(entry.msgid_plural or entry.msgid)
    except ValueError as error:
        yield str(error)
        return
    for name in sorted(wanted - had - may_leave_out):
        yield f"{{{name}}} is missing in «{form}»"
    for name in sorted(had - wanted):
        yield f"{{{name}}} is not in the message «{entry.msgid}»"

"""Dates as each language writes them, and a language that has no words."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
from babel import Locale

from bot.cli.console import explain
from bot.content import i18n
from bot.content.i18n import LOCALES, MissingCatalogue, catalogue, format_days, format_moment, locale_name

NOON_IN_PARIS = datetime(2027, 6, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "day", "deadline"),
    [
        ("fr", "jeudi 3 juin 2027", "jeudi 3 juin, 12\u00a0h"),
        ("en", "Thursday 3 June 2027", "Thursday 3 June, 12:00"),
        ("de", "Donnerstag, 3. Juni 2027", "Donnerstag, 3. Juni, 12:00"),
    ],
)
def test_a_date_has_its_month_in_words(locale: str, day: str, deadline: str) -> None:
    assert format_moment(NOON_IN_PARIS, "date", "Europe/Paris", locale) == day
    assert format_moment(NOON_IN_PARIS, "datetime", "Europe/Paris", locale) == deadline


@pytest.mark.parametrize(
    ("locale", "hours"),
    [("fr", ["9\u00a0h\u00a005", "14\u00a0h"]), ("en", ["09:05", "14:00"]), ("de", ["09:05", "14:00"])],
)
def test_a_language_writes_hours_as_its_messages_do(locale: str, hours: list[str]) -> None:
    instants = [NOON_IN_PARIS.replace(hour=7, minute=5), NOON_IN_PARIS.replace(hour=12)]
    assert [format_moment(instant, "time", "Europe/Paris", locale) for instant in instants] == hours


@pytest.mark.parametrize(
    ("locale", "elsewhere", "other"),
    [
        ("fr", "À 14:05", r"(?<![+\d])\d{1,2}:\d\d\b"),
        ("en", "At 2 pm", r"\b\d{1,2} ?([ap]\.?m\b|h\b)|(?<![+:\d])\d:\d\d\b"),
        ("de", "Um 14 Uhr", r"\b\d{1,2} ?(Uhr|h)\b|(?<![+:\d])\d:\d\d\b"),
    ],
)
def test_the_messages_of_a_language_write_hours_in_one_way(locale: str, elsewhere: str, other: str) -> None:
    """French messages write «14 h 05», others «14:05»; a whole date in figures is as ISO 8601 has it."""
    path = Path(i18n.__file__).parents[2] / "locales" / locale / "LC_MESSAGES" / "messages.po"
    said = [words for entry in polib.pofile(str(path)) for words in (entry.msgstr, *entry.msgstr_plural.values())]
    bare = [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", words) for words in (elsewhere, *said)]
    assert [words for words in bare if re.search(other, words)] == [elsewhere]


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    almost_may = datetime(2027, 4, 30, 22, tzinfo=UTC)
    assert format_moment(almost_may, "datetime", "Europe/Paris", "fr") == "samedi 1er mai, 0\u00a0h"
    assert format_moment(almost_may, "datetime", "America/Toronto", "fr") == "vendredi 30 avril, 18\u00a0h"
    assert format_moment(almost_may, "date", "Europe/Paris", "en") == "Saturday 1 May 2027"


@pytest.mark.parametrize(
    ("locale", "within_a_month", "into_the_next", "one_day"),
    [
        ("fr", "1er–3 juin 2027", "30 juin – 1er juillet 2027", "1er juin 2027"),
        ("en", "1–3 June 2027", "30 June – 1 July 2027", "1 June 2027"),
        ("de", "1.–3. Juni 2027", "30. Juni – 1. Juli 2027", "1. Juni 2027"),
    ],
)
def test_days_from_one_to_another_are_written_as_one_writes_them(
    locale: str, within_a_month: str, into_the_next: str, one_day: str
) -> None:
    first = date(2027, 6, 1)
    assert format_days(first, date(2027, 6, 3), locale) == within_a_month
    assert format_days(date(2027, 6, 30), date(2027, 7, 1), locale) == into_the_next
    assert format_days(first, first, locale) == one_day
    assert format_days(date(2026, 12, 31), date(2027, 1, 2), "en") == "31 December 2026 – 2 January 2027"


def test_a_locale_without_a_catalogue_is_told_in_one_line_with_the_remedy() -> None:
    with pytest.raises(MissingCatalogue) as caught:
        catalogue("it")
    remedy = "No catalogue for the locale «it»: reinstall the program, or remove it from locales."
    assert explain(caught.value) == (remedy, 1)


def test_each_locale_has_the_name_that_it_has_in_itself() -> None:
    assert {locale: locale_name(locale) for locale in LOCALES} == {
        locale: Locale(locale).get_display_name(locale) for locale in LOCALES
    }
    assert (locale_name("en", "fr"), locale_name("de", "de")) == ("anglais", "Deutsch")


@pytest.fixture
def po_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The .po file of a program whose French catalogue has one message."""
    monkeypatch.setattr(i18n, "_FOLDERS", (tmp_path,))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    _write(path, "Bonjour")
    return path


def _write(path: Path, hello: str) -> None:
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\nmsgid "Hello"\nmsgstr "{hello}"\n')


def _hello() -> str:
    return catalogue.__wrapped__("fr").gettext("Hello")


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(po_file: Path) -> None:
    assert _hello() == "Bonjour"
    compiled = po_file.with_suffix(".mo")
    assert compiled.stat().st_mtime_ns == po_file.stat().st_mtime_ns
    assert sorted(path.name for path in po_file.parent.iterdir()) == ["messages.mo", "messages.po"]

    age = po_file.stat().st_mtime_ns
    _write(po_file, "Salut")
    os.utime(po_file, ns=(age, age))  # of the same time: what is stored is taken for it
    assert _hello() == "Bonjour"
    os.utime(po_file, ns=(age - 1, age - 1))  # an older version came back
    assert _hello() == "Salut"
    assert compiled.stat().st_mtime_ns == age - 1


def test_a_catalogue_is_read_where_nothing_may_be_stored(po_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _hello() == "Bonjour"
    assert [path.name for path in po_file.parent.iterdir()] == ["messages.po"]

    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    po_file.with_suffix(".mo").mkdir()  # nothing can be put in its place, whoever runs the tests
    assert _hello() == "Bonjour"
    assert sorted(path.name for path in po_file.parent.iterdir()) == ["messages.mo", "messages.po"]

"""Reading the programme: calendars and tables as people have them, every problem with its line, nothing half taken."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.content.texts import Reader, plain
from bot.files.tables import located
from bot.people.audiences import parse
from handlers.programme.files.calendar import write_calendar
from handlers.programme.files.parsing import MOST_BYTES, MOST_SESSIONS, Programme, ProgrammeRules
from handlers.programme.files.reading import read_programme
from handlers.programme.model import Plan, Session

RULES = ProgrammeRules(
    {"culture": ["Culture", "Kultur"], "civic": ["CivicTech"]}, ("fr", "en", "de"), "Europe/Paris", 2027
)
READER = Reader("en", "Europe/Paris")

VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Paris and around
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
TWICE = "comes twice that night in Europe/Paris, as clocks go back. Add which: “+02:00” is the first."
NINE = datetime(2027, 6, 10, 7, tzinfo=UTC)
TEN = datetime(2027, 6, 10, 8, tzinfo=UTC)


def table(*lines: str, head: str = "clé;titre;jour;début;fin") -> Programme:
    return read_programme("\n".join([head, *lines]).encode(), "programme.csv", RULES)


def calendar(*sessions: str, zones: str = "") -> Programme:
    """A calendar of sessions, each given by its properties, «;;» between them."""
    described = "".join("BEGIN:VEVENT\n" + session.replace(";;", "\n") + "\nEND:VEVENT\n" for session in sessions)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\n{zones}{described}END:VCALENDAR\n"
    return read_programme(text.replace("\n", "\r\n").encode(), "programme.ics", RULES)


def said(programme: Programme) -> list[str]:
    return [plain(located(problem), READER) for problem in programme.problems]


# --- calendars


@pytest.mark.parametrize(
    ("times", "zone"),
    [
        ("DTSTART:20270610T070000Z;;DTEND:20270610T080000Z", "Europe/Paris"),
        ("DTSTART;TZID=Europe/Paris:20270610T090000;;DTEND;TZID=Europe/Paris:20270610T100000", "Europe/Paris"),
        ("DTSTART;TZID=America/Montreal:20270610T030000;;DURATION:PT1H", "America/Montreal"),
        ("DTSTART;TZID=Romance Standard Time:20270610T090000;;DURATION:PT1H", "Europe/Paris"),
        ("DTSTART;TZID=Paris and around:20270610T090000;;DURATION:PT60M", "Europe/Paris"),
        ("DTSTART:20270610T090000;;DTEND:20270610T100000", "Europe/Paris"),
    ],
    ids=["utc", "named", "another zone", "windows", "described", "floating"],
)
def test_an_hour_is_an_instant_however_its_zone_is_given(times: str, zone: str) -> None:
    found = calendar(f"UID:1;;SUMMARY:Ouverture\\, accueil;;{times}", zones=VTIMEZONE)
    assert not found.problems
    assert found.plans == (Plan("1", {"fr": "Ouverture, accueil"}, NINE, TEN, zone),)


@pytest.mark.parametrize("day", ["27/12/2027", "12/27/2027", "2027-12-27"])
def test_a_day_in_figures_with_one_reading_is_taken(day: str) -> None:
    [plan] = table(f"a;Fête;{day};20h;22h").plans
    assert (plan.starts, plan.ends) == (datetime(2027, 12, 27, 19, tzinfo=UTC), datetime(2027, 12, 27, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("9999-12-31T23:40+00:00", "There is no such day or time: 9999-12-31T23:40+00:00."),
        ("0001-01-01T00:00+05:00", "0001-01-01T00:00+05:00 is before 2027, the year of the gathering."),
        (
            "2147-06-10 10:00",
            "I do not understand the time “2147-06-10 10:00”. Write “2027-06-10 14:00”, or a day and “14:00”.",
        ),
    ],
)
def test_a_session_is_in_the_years_of_the_gathering_however_its_hour_is_given(end: str, why: str) -> None:
    found = table(f"a;Fête;;2027-06-10T10:00+00:00;{end}")
    assert (found.plans, [sentence.replace("\u2068", "").replace("\u2069", "") for sentence in said(found)]) == (
        (),
        [f"Line 2, “Fête”: {why}"],
    )


def test_categories_place_link_and_status_are_taken() -> None:
    found = calendar(
        "UID:1;;SUMMARY:Atelier;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z;;LOCATION:Salle B;;"
        "URL:https://osm.org/1;;CATEGORIES:Atelier,Kultur,anything;;STATUS:CANCELLED"
    )
    [plan] = found.plans
    assert (plan.kind, plan.audience.encode(), plan.venue) == ("workshop", "theme:culture", {"fr": "Salle B"})
    assert (plan.map_url, plan.cancelled) == ("https://osm.org/1", True)


def test_each_problem_of_a_calendar_is_named_with_its_line_and_session() -> None:
    good = "UID:0;;SUMMARY:Bon;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z"
    found = calendar(
        good,
        "UID:1;;SUMMARY:Mars;;DTSTART;TZID=Mars/Olympus:20270610T090000;;DURATION:PT1H",
        "UID:2;;SUMMARY:Open;;DTSTART:20270610T070000Z",
        "UID:3;;SUMMARY:Yoga;;DTSTART:20270610T070000Z;;DURATION:PT1H;;RRULE:FREQ=DAILY",
        "UID:4;;SUMMARY:Days;;DTSTART;VALUE=DATE:20270610;;DTEND;VALUE=DATE:20270612",
        "UID:5;;SUMMARY:Night;;DTSTART;TZID=Europe/Paris:20270328T023000;;DURATION:PT1H",
        "UID:6;;SUMMARY:Twice;;DTSTART;TZID=Europe/Paris:20271031T023000;;DURATION:PT1H",
        "UID:7;;SUMMARY:Odd;;DTSTART:2027-06-10;;DURATION:PT1H",
        "UID:8;;SUMMARY:Back;;DTSTART:20270610T070000Z;;DTEND:20270610T060000Z",
        "UID:0;;SUMMARY:Again;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z",
        "SUMMARY:Nobody;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z",
        "UID:9;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z;;URL:javascript:alert(1)",
    )
    assert said(found) == [
        "Line 10, “Mars”: There is no time zone “Mars/Olympus”: write it like “Europe/Paris”.",
        "Line 16, “Open”: The end is missing: say until when it lasts.",
        "Line 21, “Yoga”: It repeats: write each time as a separate session.",
        "Line 28, “Days”: It lasts whole days: give it a start time and an end time.",
        "Line 34, “Night”: There is no such day or time: 2027-03-28 02:30.",
        f"Line 40, “Twice”: 2027-10-31 02:30 {TWICE}",
        "Line 46, “Odd”: I do not understand the time “2027-06-10”. Write “2027-06-10 14:00”, or a day and “14:00”.",
        "Line 52, “Back”: It ends before it begins.",
        "Line 58, “Again”: The reference “0” is on line 4 already.",
        "Line 64, “Nobody”: The reference is missing: a short word of its own, the same in every version of the file.",
        "Line 69: The title is missing.",
        "Line 69: “javascript:alert(1)” is not a web address: it starts with https://",
    ]


def test_what_we_write_is_read_back_the_same() -> None:
    plans = (
        Plan("opening", {"fr": "Ouverture; accueil"}, NINE, TEN, "Europe/Paris", {"fr": "Salle A, 1er"}),
        Plan("a@elsewhere", {"fr": "Ailleurs"}, NINE, TEN, "America/Montreal", map_url="https://osm.org/1"),
        Plan("gone", {"fr": "Annulé"}, NINE, TEN, "Europe/Paris", cancelled=True),
        Plan(
            *("talk", {"fr": "Exposé"}, NINE, TEN, "Europe/Paris"),
            speaker="Marie Curie, physicienne",
            description={"fr": "Le radium : a < b, et la suite."},
        ),
    )
    sessions = [Session(number, plan, number) for number, plan in enumerate(plans, start=1)]
    written = write_calendar(sessions, "Rencontres", Reader("fr", "Europe/Paris"), NINE)
    assert read_programme(written, "programme.ics", RULES) == Programme(plans)
    assert b"SEQUENCE:2" in written


@pytest.mark.parametrize(
    ("written", "speaker", "description"),
    [
        (r"Speaker: Marie Curie\nOn radium", "Marie Curie", "On radium"),
        (r"On radium\nWer spricht : Marie Curie", "Marie Curie", "On radium"),
        (r"<p>On <b>radium</b> &amp; more</p><p>Intervenante : Marie Curie</p>", "Marie Curie", "On radium & more"),
        ("Room: none", "", "Room: none"),
        ("word " * 100, "", "word " * 58 + "word…"),
        ("", "", ""),
    ],
)
def test_a_calendar_s_descriptions_may_name_the_speaker(written: str, speaker: str, description: str) -> None:
    found = calendar(
        f"UID:1;;SUMMARY:Talk;;DTSTART:20270610T070000Z;;DTEND:20270610T080000Z;;DESCRIPTION:{written}",
    )
    assert said(found) == []
    assert [(plan.speaker, plan.description) for plan in found.plans] == [
        (speaker, {"fr": description} if description else {})
    ]


# --- tables


@pytest.mark.parametrize(
    ("speaker", "description"),
    [("qui intervient", "description"), ("Speaker", "Abstract"), ("Referentin", "Beschreibung")],
)
def test_speaker_and_description_have_columns_in_three_languages(speaker: str, description: str) -> None:
    head = f"key;title;day;start;end;{speaker};{description};description (de)"
    found = table("a;A;10 juin;9h;10h;Marie Curie;Sur le radium;Über Radium", head=head)
    assert [(plan.speaker, plan.description) for plan in found.plans] == [
        ("Marie Curie", {"fr": "Sur le radium", "de": "Über Radium"})
    ]
    assert found.ignored == ()
    found = table(f"a;A;10 juin;9h;10h;;{'x' * 301};", head=head)
    assert [reason for reason in said(found) if "300" in reason]


def test_columns_are_understood_in_three_languages_with_words_per_locale() -> None:
    head = "Schlüssel;titre (fr);Title English;Raum;room (en);Jour;von;until;für wen;Art;carte;Farbe"
    found = table(
        "a;Ouverture;Opening;Salle A;Room A;10 juin;9h;10:00;Kultur;plénière;https://osm.org/1;rot", head=head
    )
    assert found.plans == (
        Plan(
            "a",
            {"fr": "Ouverture", "en": "Opening"},
            NINE,
            TEN,
            "Europe/Paris",
            {"fr": "Salle A", "en": "Room A"},
            "plenary",
            parse("theme:culture"),
            "https://osm.org/1",
        ),
    )
    assert found.ignored == ("Farbe",)


@pytest.mark.parametrize(
    ("for_whom", "audience"),
    [
        ("", "all"),
        ("tous", "all"),
        ("CivicTech", "theme:civic"),
        ("Québec", "territory:CA-QC"),
        ("équipe", "organisers"),
        ("group:12", "group:12"),
    ],
)
def test_for_whom_is_said_in_words(for_whom: str, audience: str) -> None:
    found = table(f"a;A;10 juin;9h;10h;{for_whom}", head="clé;titre;jour;début;fin;pour")
    assert [plan.audience.encode() for plan in found.plans] == [audience]


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ("10 juin", "9h", "10h00"),
        ("2027-06-10", "09:00", "10:00"),
        ("10 June 2027", "9:00", "10:00"),
        ("10. Juni", "9 Uhr", "10 Uhr"),
        ("", "2027-06-10 09:00", "10:00"),
        ("", "2027-06-10T09:00+02:00", "2027-06-10T08:00+00:00"),
    ],
)
def test_hours_are_typed_as_people_type_them(day: str, start: str, end: str) -> None:
    found = table(f"a;A;{day};{start};{end}")
    assert [(plan.starts, plan.ends) for plan in found.plans] == [(NINE, TEN)]


def test_a_spreadsheet_gives_days_and_hours_as_its_own() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(["key", "title", "day", "start", "end"])
    sheet.append(["a", "A", datetime(2027, 6, 10), time(9), time(10)])  # noqa: DTZ001 - as a spreadsheet has it
    sheet.append(["b", "B", None, datetime(2027, 6, 10, 9), datetime(2027, 6, 10, 10)])  # noqa: DTZ001
    file = io.BytesIO()
    book.save(file)
    found = read_programme(file.getvalue(), "programme.xlsx", RULES)
    assert not found.problems
    assert [(plan.key, plan.starts, plan.ends) for plan in found.plans] == [("a", NINE, TEN), ("b", NINE, TEN)]


def test_an_evening_may_end_after_midnight() -> None:
    [plan] = table("a;Fête;10 juin;20h;1h30").plans
    assert (plan.ends - plan.starts).total_seconds() == 5.5 * 3600


def test_each_problem_of_a_table_is_named_with_its_line_and_session() -> None:
    found = table(
        "a;Rang;10 juin;14h;13h",
        "b;Nuit;31 octobre;02:30;04:00",
        "c;Saut;2027-03-28;02:30;04:30",
        "d;Date;3/6;9h;10h",
        "e;;30 février;9h;10h",
        ";Nom;10 juin;9h;",
        "a;Vieux;2019-06-10;9h;10h",
        f"f;{'x' * 101};10 juin;9h;10h",
        "g;Virgule;10 juin;9h;10h;surplus",
        "h;Heure;;9h;10h",
    )
    assert not found.plans
    assert said(found) == [
        "Line 2, “Rang”: It ends before it begins.",
        f"Line 3, “Nuit”: 31 octobre 02:30 {TWICE}",
        "Line 4, “Saut”: There is no such day or time: 2027-03-28 02:30.",
        "Line 5, “Date”: I do not understand the time “3/6 9h”. Write “2027-06-10 14:00”, or a day and “14:00”.",
        "Line 6: The title is missing.",
        "Line 6: There is no such day or time: \u206830 février 9h\u2069.",
        "Line 7, “Nom”: The end is missing: say until when it lasts.",
        "Line 8, “Vieux”: The reference “a” is on line 2 already.",
        "Line 8, “Vieux”: 2019-06-10 9h is before 2027, the year of the gathering.",
        f"Line 9, “{'x' * 100}”: titre: 101 characters, 100 at most.",
        "Line 10, “Virgule”: “surplus” is beyond the last column.",
        "Line 11, “Heure”: I do not understand the time “9h”. Write “2027-06-10 14:00”, or a day and “14:00”.",
    ]


@pytest.mark.parametrize(
    "link", ["https://a.example/\x1b[31m", "javascript:\x1b]0;x\x07", "https://a.example/\u202egpj"]
)
def test_a_link_that_would_act_upon_a_terminal_is_refused_and_not_repeated(link: str) -> None:
    session = "SUMMARY:A", "UID:a", "DTSTART:20270610T090000Z", "DTEND:20270610T100000Z", f"URL:{link}"
    [refused] = said(calendar(";;".join(session)))
    assert not {"\x1b", "\x07", "\u202e"} & set(refused)


def test_zone_kind_audience_and_link_that_are_none_are_refused() -> None:
    found = table(
        "a;A;10 juin;9h;10h;Mars/Olympus;soleil;Atlantide;ftp://x",
        head="clé;titre;jour;début;fin;fuseau;genre;pour;plan",
    )
    assert said(found) == [
        "Line 2, “A”: There is no time zone “Mars/Olympus”: write it like “Europe/Paris”.",
        "Line 2, “A”: “soleil” is not a kind of session: plenary, workshop, meal, visit, evening or other.",
        "Line 2, “A”: I do not know who “Atlantide” is for: write “all”, a theme, a territory or “organisers”.",
        "Line 2, “A”: “ftp://x” is not a web address: it starts with https://",
    ]


def test_sessions_without_a_reference_get_one_of_their_own() -> None:
    found = table(
        "Ouverture;10 juin;9h;10h",
        "Atelier;10 juin;10h;11h",
        "Atelier;10 juin;10h;11h",
        head="Intitulé de l'activité;Jour;Heure de début;Heure de fin",
    )
    assert said(found) == []
    assert [plan.key for plan in found.plans] == ["0610-0700-ouverture", "0610-0800-atelier", "0610-0800-atelier-2"]


# --- files


def test_a_file_without_its_columns_is_some_other_file() -> None:
    assert said(table(head="prénom;nom"))[0] == "Line 1: The column title is missing."


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR", "There is no session in “x”."),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEV", "“x” cannot be read."),
        (b"BEGIN:VCALENDAR\n\xff\xfe", "“x” cannot be read."),
        (b"\x89PNG\0\0", "“x” cannot be read."),
        (b"PK\x03\x04damaged", "“x” cannot be read."),
        ("clé;titre;début;fin".encode(), "There is no session in “x”."),
        (b"x" * (MOST_BYTES + 1), "“x” is too large: 2 MB at most."),
    ],
)
def test_a_file_of_which_nothing_can_be_read(data: bytes, why: str) -> None:
    found = read_programme(data, "x", RULES)
    assert not found.plans
    assert said(found)[0].startswith(why)


def test_a_programme_has_an_end() -> None:
    many = [f"{number};A;10 juin;9h;10h" for number in range(MOST_SESSIONS + 1)]
    assert said(table(*many)) == [f"The programme is too long: {MOST_SESSIONS} sessions at most."]
    assert len(table(*many[1:]).plans) == MOST_SESSIONS


@given(st.binary(max_size=300), st.sampled_from([b"", b"BEGIN:VCALENDAR\n", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"]))
def test_no_bytes_are_more_than_refused(noise: bytes, start: bytes) -> None:
    found = read_programme(start + noise, "x", RULES)
    assert [*found.problems, *found.plans] != []
    said(found)

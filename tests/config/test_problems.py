"""What is wrong in the configuration is said with a remedy, which works when it is followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.config.problems import Problem, SettingsError
from bot.config.settings import Settings, load_settings
from tests.shell import CONFIG, Shell
from tests.world import SECTIONS

_REMEDY = re.compile(
    r"(?P<below>below )?lines? (?P<first>\d+)(?: to (?P<last>\d+))?: "
    r"(?:write (?P<written>.+?)(?P<same>, where … is what stands there now, without its quotes|, with your own number)?"
    r"|add (?P<added>.+)|remove it|put (?P<hash>#) before it|move it below line (?P<there>\d+)"
    r"|move it to the end of the file, below (?P<table>\[\w+\])"
    r"|move what is below it below line (?P<up>\d+), and remove it)"
)
_SAME = " \t\"'“”«»"


def follow(text: str, problems: Sequence[Problem]) -> str:
    """Do in a text what the remedies say, from below, so that the numbers of lines stay right."""
    lines = text.split("\n")
    found = [_REMEDY.fullmatch(problem.remedy) for problem in problems]
    assert all(found), [problem.remedy for problem in problems]
    for remedy in sorted(filter(None, found), key=lambda remedy: -int(remedy["first"])):
        first, last = int(remedy["first"]), int(remedy["last"] or remedy["first"])
        if remedy["added"]:
            lines.insert(first, remedy["added"])
        elif remedy["written"]:
            before = lines[first - 1].partition("=")[2].strip(_SAME)
            lines[first - 1 : last] = [remedy["written"].replace("…", before)]
        elif remedy["hash"]:
            lines[first - 1] = f"# {lines[first - 1]}"
        elif remedy["table"]:
            lines += [remedy["table"], lines.pop(first - 1)]
        elif remedy["there"]:
            moved = lines.pop(first - 1)
            lines.insert(int(remedy["there"]) - (first <= int(remedy["there"])), moved)
        elif remedy["up"]:
            end = next((at for at in range(first, len(lines)) if lines[at].startswith("[")), len(lines))
            moved_up = lines[first:end]
            del lines[first - 1 : end]
            lines[int(remedy["up"]) : int(remedy["up"])] = moved_up
        else:
            del lines[first - 1]
    return "\n".join(lines)


def followed(text: str, file: Path, *, at_most: int = 3) -> tuple[list[Problem], Settings]:
    """Return the problems of a text, and the settings once their remedies were followed, again where more appear."""
    told: list[Problem] = []
    for _time in range(at_most + 1):
        file.write_text(text, encoding="utf-8")
        try:
            return told, load_settings(file, SECTIONS, {})
        except SettingsError as error:
            told += error.problems
            text = follow(text, error.problems)
    raise AssertionError(f"still wrong: {told}")


SESSION = '[[sessions]]\nkey = "a"\ntitle = {{ fr = "A" }}\nstarts = {}\nends = {}\n'
PHASE = (
    '[[phases]]\nkey = "a"\ntitle = {{ fr = "A", en = "A", de = "A" }}\n'
    'instruction = {{ fr = "I", en = "I", de = "I" }}\n{}\n'
)

IN_GATHERING = [
    ('starts = "10/06/2027"', "starts = 2027-06-10"),
    ("starts = 10/06/2027", "starts = 2027-06-10"),
    ("starts = 2027-6-9", "starts = 2027-06-09"),
    ("starts = 9 juin 2027", "starts = 2027-06-09"),
    ('starts = "June 9, 2027"', "starts = 2027-06-09"),
    ("starts = 20270609", "starts = 2027-06-09"),
    ("starts = 2027-06-09T09:00:00", "starts = 2027-06-09"),
    ("starts = “2027-06-09”", 'starts = "2027-06-09"'),
    ("ends = 2026-01-01", "ends = 2027-06-10"),
    ("ends = ", None),
    ("retention_ends = 31.12.2027", "retention_ends = 2027-12-31"),
    ("retention_ends = 2027-06-11", "retention_ends = 2027-12-09"),
    ("minimum_age = 40", "maximum_age = 40"),
    ('minimum_age = "seize"', "minimum_age = 18"),
    ("maximum_age = 500", "maximum_age = 35"),
    ('locales = "français;anglais"', 'locales = ["fr", "en"]'),
    ("locales = [“fr”, “de”]", 'locales = ["fr", "de"]'),
    ('locales = ["fr", "de"', 'locales = ["fr", "de"]'),
    ('locales = [\n  "fr",\n  "it",\n]', 'locales = ["fr"]'),
    ("locales = []", 'locales = ["fr", "en", "de"]'),
    ('registration = "ouvert"', 'registration = "open"'),
    ('zone = "Montréal"', 'zone = "America/Montreal"'),
    ('zone = "Europe/Pari"', 'zone = "Europe/Paris"'),
    ('zone = "GMT+2"', 'zone = "Europe/Paris"'),
    ("zone = 5", 'zone = "Europe/Paris"'),
    ('colour = "red"', 'colour = "#ff0000"'),
    ('colour = "#abc"', 'colour = "#aabbcc"'),
    ("colour = #0f6b62", 'colour = "#0f6b62"'),
    ('colour = "bordeaux"', 'colour = "#0f6b62"'),
    ('color = "#aabbcc"', 'colour = "#aabbcc"'),
    ('start = "2027-06-09"', 'starts = "2027-06-09"'),
    ("budget = 5", None),
    ('logo = "C:\\Users\\logo.png"', "logo = 'C:\\Users\\logo.png'"),
    ('country = "CA"', 'country = "CA"'),
    ("name = Nos rencontres", None),
    ("[gathering", None),
    ("// our gathering", "# // our gathering"),
    ('locales = [\n  "fr",\n  "en"', 'locales = ["fr", "en"]\nname = '),
    ('locales = [ # ours\n  "fr", # usual\n  "de"\nmaximum_age = 30', 'locales = ["fr", "de"]\nmaximum_age = 30'),
    ('locales = ["fr" "en"]', 'locales = ["fr", "en"]'),
    ('locales = [\n  "fr"\n  "en"\n]', 'locales = ["fr", "en"]'),
    ("locales:\n  - fr\n  - de", 'locales = ["fr", "de"]'),
    ('locales = {"fr", "en"}', 'locales = ["fr", "en"]'),
    ('locales = [fr", "en"]', 'locales = ["fr", "en"]'),
    ("minimum age = 16", "minimum_age = 16"),
    ("ends = 2027-06-31", "ends = 2027-06-30"),
    ('starts = "9 juin"', "starts = 2027-06-09"),
    ('locales.0 = "fr"', 'locales = ["fr"]'),
    ('locales = "fr et en"', 'locales = ["fr", "en"]'),
    ("Bonjour à tous", "# Bonjour à tous"),
    ("starts = 2027-06-09 ends = 2027-06-11", "starts = 2027-06-09"),
    ('starts = "du 9 juin 2027 au 11 juin 2027"', "starts = 2027-06-09"),
    ('registration = "public"', 'registration = "open"'),
    ('languages = ["fr"]', 'locales = ["fr"]'),
    ('langues = ["fr", "de"]', 'locales = ["fr", "de"]'),
]
"""Lines below [gathering], and what is written in the end in their place, or somewhere; None where nothing is."""

IN_PLACE_OF = [
    ('name = "Rencontres"', 'name = ""', 'name = "Rencontres francophones'),
    ('name = "Rencontres"', "name = “L’été”", 'name = "L’été"'),
    ('name = "Rencontres"', "name = Nos rencontres", 'name = "Nos rencontres"'),
    ('name = "Rencontres"', 'name = "Nos "rencontres""', 'name = "Nos \\"rencontres\\""'),
    ('name = "Rencontres"', "name = 'L'été'", 'name = "L\'été"'),
    ('name = "Rencontres"', 'name = "Rencontres', 'name = "Rencontres"'),
    ('name = "Rencontres"', 'name: "Rencontres",', 'name = "Rencontres"'),
    ('name = "Rencontres"', 'name = "Rencontres"\nname = "Rencontres"', 'name = "Rencontres"'),
    ('name = "Rencontres"', 'name = "Rencontres\nde l\'été"', 'name = "Rencontres de l\'été"'),
    (
        'name = "Rencontres"',
        'name = "Rencontres\nfrancophones\nde l\'été"',
        'name = "Rencontres francophones de l\'été"',
    ),
    ('name = "Rencontres"', 'name = """Rencontres\nde l\'été', 'name = "Rencontres\\nde l\'été"'),
    ('name = "Rencontres"', 'name => "Rencontres"', 'name = "Rencontres"'),
    ('name = "Rencontres"', 'name = "Rencontres" (provisoire)', 'name = "Rencontres" # (provisoire)'),
    ("[gathering]", "[rencontre]", "[gathering]"),
    ('name = "Rencontres"', 'name = Les "Rencontres"', 'name = "Les \\"Rencontres\\""'),
    ('name = "Rencontres"', 'name = name = "Rencontres"', 'name = "Rencontres"'),
    ('name = "Rencontres"', 'name ＝ "Rencontres"', 'name = "Rencontres"'),
    ('key = "culture"', 'key = "culture et arts"', 'key = "culture_et_arts"'),
    ('title = { fr = "Culture", en = "Culture", de = "Kultur" }', 'title.fr = "Culture"', 'title.de = "Culture"'),
    (
        'title = { fr = "Culture", en = "Culture", de = "Kultur" }',
        'title = fr = "C", en = "Culture", de = "K"',
        'title = { fr = "C", en = "Culture", de = "K" }',
    ),
    ('"https://rencontres.example.org"', "<https://rencontres.example.org>", '"https://rencontres.example.org"'),
    ("2027-05-01T12:00:00", "2027–05–01T12:00:00", "theme_deadline = 2027-05-01T12:00:00"),
    ("[web]", "\ufeff[web]\nport = 99999", "[web]"),
    ("[900]", "[900 901]", "telegram = [900, 901]"),
    ("[900]", "[\n  900,\n  901", "telegram = [900, 901]"),
    ("2027-05-01T12:00:00", "2027-05-01T24:00:00", "theme_deadline = 2027-05-01T23:59:00"),
    ("2027-05-01T12:00:00", "2027-05-01 12:00", "theme_deadline = 2027-05-01T12:00:00"),
    ("2027-05-01T12:00:00", '"1er mai 2027 à 12h"', "theme_deadline = 2027-05-01T12:00:00"),
    ('key = "culture"', 'key = "Culture & co"', 'key = "culture_co"'),
    ('key = "culture"\n', "", 'key = "theme_1"'),
    ('key = "civic"', 'key = "culture"', 'key = "culture_2"'),
    ('title = { fr = "Culture", en = "Culture", de = "Kultur" }', 'title = "Culture"', 'en = "Culture"'),
    ('title = { fr = "Culture", en = "Culture", de = "Kultur" }', "title = {}", 'de = "title"'),
    ('title = { fr = "Culture", en = "Culture", de = "Kultur" }', "", 'fr = "culture"'),
    ('title = { fr = "Culture", en = "Culture", de = "Kultur" }', 'title = { fr: "Culture" }', 'de = "Culture"'),
    ("capacity = 1", "capacity = 0", None),
    ("capacity = 1", "capacité = 10", "capacity = 10"),
    ("[[themes]]", "[themes]", "[[themes]]"),
    ("[web]", "[[web]]", "[web]"),
    ("[web]", "[wep]", "[web]"),
    ("[web]", '[gathering]\nlogo = ""\n[web]', 'logo = ""'),
    ("port = 0", "port = 99999", "port = 8080"),
    ("port = 0", 'port = "huit"', "port = 8080"),
    ("port = 0", "port = 08081", "port = 8081"),
    ("port = 0", "port = 0\npush = Oui", "push = true"),
    ("https://rencontres", "rencontres", 'public_url = "https://rencontres.example.org"'),
    ("https://rencontres", "https//rencontres", 'public_url = "https://rencontres.example.org"'),
    ("[900]", '["@zoe", 900]', "telegram = [900]"),
    ("[900]", "@zoe", "telegram = []"),
    ("[900]", "900", None),
    ("[900]", '["zoe", "leo"]', "telegram = []"),
    ("[900]", "[901, @zoe]", "telegram = [901]"),
    ("[web]", "web]", "[web]"),
    ("[web]", "gathering.logo = 'x'\n[web]", None),
    ('name = "Rencontres"', "name = '''Rencontres", 'name = "Rencontres"'),
    ('key = "civic"', "key = 'civic", 'key = "civic"'),
    ('[[themes]]\nkey = "civic"', '[[theme]]\nkey = "civic"', "[[themes]]"),
    ('[[themes]]\nkey = "civic"', '[[themes]\nkey = "civic"', "[[themes]]"),
    ('title = { fr = "CivicTech"', 'titre = { fr = "CivicTech"', 'title = { fr = "CivicTech"'),
    ('{ fr = "La cité.", en', '{ fr = "La "cité".", en', '{ fr = "La \\"cité\\".", en = "The city."'),
    (
        '{ fr = "CivicTech", en = "CivicTech", de = "CivicTech" }',
        "{ fr = Civic, en = Tech }",
        'title = { fr = "Civic", en = "Tech"',
    ),
    ('{ fr = "CivicTech", en = "CivicTech", de = "CivicTech" }', '["Civic"]', 'title = { fr = "Civic", en = "Civic"'),
    ("[900]", "[900, -100901]", "telegram = [900]"),
    ("[900]", '["900", 901', None),
]
"""What stands in a good configuration, what stands there instead, and what is written in the end."""

BELOW = [
    ('[reminders]\neve = "18h"', "eve = 18:00:00"),
    ("[reminders]\neve = 18:30", "eve = 18:30:00"),
    ('[reminders]\nbefore = ["10 minutes"]', 'before = ["10min"]'),
    ("[reminders]\ngrace = 30", 'grace = "30min"'),
    ('[reminders]\nkinds = { repas = ["10min"] }', 'kinds = { meal = ["10min"] }'),
    ("[groups]\nsmallest = 8\nlargest = 4", "largest = 8"),
    ("[groups]\nsmallest = 9", "largest = 9"),
    (PHASE.format("minutes = 0"), "minutes = 40"),
    (PHASE.format('collects = "idées"'), 'collects = "ideas"'),
    ("[[phases]]\nminutes = 5", 'key = "phase_1"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T09:00:00"), "ends = 2027-06-10T11:00:00"),
    (SESSION.format('"10/06/2027 9h"', "2027-06-10 10:00"), "starts = 2027-06-10T09:00:00"),
    ('[[sessions]]\nkey = "a"\ntitle = { fr = "A" }\nstarts = 2027-06-10T10:00:00', "ends = 2027-06-10T11:00:00"),
    (SESSION.format("2027-03-28T02:30:00", "2027-03-28T09:00:00"), "starts = 2027-03-28T03:30:00"),
    (SESSION.format(*["2027-06-10T10:00:00"] * 2) + 'kind = "repas"', 'kind = "meal"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + 'audience = "theme:cultur"', "theme:culture"),
    ('[[practical]]\nkey = "Wifi !"\ntitle = { fr = "Wifi" }\nlink = "www.x.org"', 'link = "https://www.x.org"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + "speaker = 5", 'speaker = "5"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + 'description = "Eau"', 'fr = "Eau"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + "description = { fr = 'L'eau' }", None),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + "speaker = “Léa”", 'speaker = "Léa"'),
    (
        SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00")
        + 'description = { fr = "De l\'eau\net un chapeau" }',
        'description = { fr = "De l\'eau et un chapeau" }',
    ),
    *(
        (f'[[sessions]]\nkey = "a"\ntitle = {title}\nstarts = 2027-06-10T10:00:00\n', 'title = { fr = "A", en = "B" }')
        for title in (
            '{ fr = "A", en = "B", }',
            '{ fr = "A"; en = "B" }',
            '{ fr = "A" en = "B" }',
            '{ fr: "A", en: "B" }',
            '{\n  fr = "A",\n  en = "B"\n}',
        )
    ),
    ("[storage]\nbackup_days = 14,0", "backup_days = 14"),
    ('[storage]\nurl = "sqlite:///C:\\data.db"', "url = 'sqlite:///C:\\data.db'"),
    (SESSION.format("2027-06-10T10:00:00", "11:00"), "ends = 2027-06-10T11:00:00"),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + 'kind = "ateliers"', 'kind = "workshop"'),
    (SESSION.format("2027-06-10T10:00:00", "2027-06-10T11:00:00") + "place = 12", 'fr = "12"'),
    ("[reminders]\nbefore = [10, 60]", 'before = ["10min", "60min"]'),
    ('[reminders]\nbefore = ["10 minutes avant", "une heure"]', 'before = ["10min", "1h"]'),
    ('[safety]\ncountry = "Allemagne"', 'country = "DE"'),
    ("[safety]\ntelephone = 0612345678", 'telephone = "+33 6 12 34 56 78"'),
    ('[safety]\ntelephone = "see the poster"', 'telephone = "+33 6 12 34 56 78"'),
    ("[safety]\ntelephone = +33 6 12 34 56 78", 'telephone = "+33 6 12 34 56 78"'),
    ('[safety]\ncountry = "fr"', 'country = "FR"'),
    ('[storage]\nurl = "rencontres.db"', 'url = "sqlite:///rencontres.db"'),
    ("[storage]\nbackup_days = -1", "backup_days = 14"),
    ('[telegram]\nmode = "webhook"', 'mode = "polling"'),
    ('[telegram]\nforum_chat_id = "@group"', None),
    ('[discord]\nguild_id = "12345 6789"', "guild_id = 123456789"),
    ('[workshop]\nreveal = "ensemble"\nwarning = 20', "warning = 10"),
    ("[limits]\nideas = 0", "ideas = 200"),
    ('[email]\nhost = "smtp.example.org"\nsender = "a@b.org"', 'server = "smtp.example.org"\nfrom = "a@b.org"'),
    (
        '[email]\nserver = "smtp://a.org:465"\nfrom = "A <a@b.org>"\nsecurity = "SSL/TLS"',
        'server = "a.org"\nfrom = "a@b.org"',
    ),
    ('[email]\nserver = "a.org"\nfrom = "a(at)b.org"', 'from = "a@b.org"'),
    ('[email]\nserver = "a.org:465"\nfrom = "a@b.org"\nsecurity = "ssl"', "port = 465"),
    ('[email]\nserver = "a.org"\nfrom = "a@b.org"\nsecurity = "ssl"', 'security = "tls"'),
    ("[reminders]\neve = 18", "eve = 18:00:00"),
    ("[safety]\ntelephone = 33612345678", 'telephone = "+33612345678"'),
    ('[[practical]]\nkey = "a"\ntitle = { fr = "A" }\ntext = { fr = "x" }\nplace = "48.8, 2.3"', 'text = { fr = "x" }'),
    ('[[territories]]\nkey = "x"', 'key = "culture"'),
    ("[organisers.mail]\nkey = 5", 'key = "culture"'),
    ('[reminders]\neve = "18:00 Uhr"', "eve = 18:00:00"),
    ("[storage]\nbackup_day = 5", "backup_days = 5"),
    ('[metrics]\nport = "9101.5"', "port = 9101"),
    ('[storage]\nurl = ""', 'url = "sqlite:///rencontres.db"'),
    ('[storage]\nurl = "sqlite:///"', 'url = "sqlite:///rencontres.db"'),
    ('[storage]\nurl = "mysql://localhost/data"', 'url = "sqlite:///rencontres.db"'),
    ('[discord]\nguild_id = "https://discord.com/channels/123456789012345678"', "guild_id = 123456789012345678"),
    ("[groups]\nsize = 6", "target = 6"),
    (
        '[[sessions]]\nkey = "a"\ntitle = { fr = "A" }\nstarts = 2027-06-10T10:00:00\nduration = 60',
        "ends = 2027-06-10T11",
    ),
]
"""Sections below a good configuration, and what is written in the end."""

WRONG = [
    *((CONFIG.replace("[gathering]\n", f"[gathering]\n{line}\n"), end) for line, end in IN_GATHERING),
    *((CONFIG.replace(before, after), end) for before, after, end in IN_PLACE_OF),
    *((f"{CONFIG}\n{section}\n", end) for section, end in BELOW),
]


@pytest.mark.parametrize(("text", "written"), WRONG, ids=range(len(WRONG)))
def test_who_follows_the_remedies_has_a_configuration_that_works(
    tmp_path: Path, text: str, written: str | None
) -> None:
    told, settings = followed(text, tmp_path / "config.toml")
    assert settings.gathering.privacy_contact == "equipe@example.org", "nothing else is lost"
    assert told
    assert (written or "") in (tmp_path / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16"], ids=["with the mark of an editor", "as an editor calls Unicode"]
)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_marks_encodings_and_line_ends_of_editors_are_read(tmp_path: Path, encoding: str, line_end: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(CONFIG.replace("Rencontres", "Été").replace("\n", line_end).encode(encoding))
    assert load_settings(file, SECTIONS, {}).gathering.name == "Été"


def test_numbers_for_emergencies_are_never_those_of_a_country_that_nobody_named(tmp_path: Path) -> None:
    [problem], _settings = followed(f'{CONFIG}\n[safety]\ncountry = "UK"\n', tmp_path / "config.toml")
    assert problem.remedy == "line 25: remove it"


def problems(text: str | bytes, file: Path, **environment: str) -> Sequence[Problem]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as refused:
        load_settings(file, SECTIONS, environment)
    assert str(refused.value) == "\n".join(map(str, refused.value.problems))
    return refused.value.problems


def test_another_encoding_is_named_with_the_command_that_changes_it(tmp_path: Path) -> None:
    [problem] = problems(b'[gathering]\nname = "\xc9t\xe9"\n', tmp_path / "config.toml")
    assert "line 2 holds a letter in another encoding" in problem.what
    assert problem.remedy.startswith("save it as UTF-8 in your editor, or: iconv -f WINDOWS-1252 -t UTF-8 ")


def test_a_line_that_is_no_toml_is_shown_with_a_caret(tmp_path: Path) -> None:
    [problem] = problems("[gathering]\nname = “Été”\n", tmp_path / "config.toml")
    assert problem.what.endswith("is not valid TOML: line 2: it has curly quotes, where straight ones are needed")
    assert problem.remedy == 'line 2: write name = "Été"'
    assert problem.excerpt == "    2 | name = “Été”\n      |        ^"


@pytest.mark.parametrize(
    "line",
    [
        "token = “12345678:sesame”",
        "token = 12345678:sesame",
        "tokn = “sesame”",
        "sesame",
        "'sesame",
        'token = "sesame',
        "token = sesame # of @BotFather",
        "acces_key = sesame",
        "x = postgresql://bot:sesame@host/db",
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_shown(tmp_path: Path, line: str) -> None:
    [problem] = problems(f"[telegram]\n{line}\n", tmp_path / "config.toml")
    assert "line 2" in problem.what
    assert "sesame" not in str(problem)


def test_a_secret_that_is_refused_is_not_shown_and_its_remedy_works(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for text in ("[telegram]\ntokn = '4711'\n", "[telegram]\ntoken = 4711\n", "[telegram]\ntoken = “4711”\n"):
        told, settings = followed(text, file)
        assert settings.telegram.token.get_secret_value() == "4711"
        assert "4711" not in "".join(map(str, told))
    [problem] = problems('[storage]\nurl = "mysql://bot:sesame@host/db"\n', file)
    assert "sesame" not in str(problem)


@pytest.mark.parametrize("around", [" {} ", "'{}'", "{}\\n", "“{}”"])
def test_blanks_and_quotes_around_a_token_are_no_part_of_it(tmp_path: Path, around: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[telegram]\ntoken = "{around.format("4711:AA")}"\n', encoding="utf-8")
    assert load_settings(file, SECTIONS, {}).telegram.token.get_secret_value() == "4711:AA"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("TELEGRAM_TOKEN", "in the environment, RENCONTRES_TELEGRAM_TOKEN: call it RENCONTRES_TELEGRAM__TOKEN"),
        ("MAIL__SERVER", "in the environment, RENCONTRES_MAIL__SERVER: call it RENCONTRES_EMAIL__SERVER"),
        ("EMAIL__SERVER", "in the environment: write RENCONTRES_EMAIL__FROM=team@example.org"),
        ("GATHERING__TITLE__FR", "in the environment, RENCONTRES_GATHERING__TITLE__FR: remove it"),
    ],
)
def test_a_variable_with_a_wrong_name_is_told_its_right_one(tmp_path: Path, name: str, remedy: str) -> None:
    [problem] = problems(CONFIG, tmp_path / "config.toml", **{f"RENCONTRES_{name}": "sesame"})
    assert problem.remedy == remedy
    assert "sesame" not in str(problem)


def test_a_variable_is_named_as_the_place_of_what_it_says(tmp_path: Path) -> None:
    given = {"RENCONTRES_GATHERING__STARTS": "10/06/2027", "RENCONTRES_ORGANISERS__TELEGRAM": "900,@zoe"}
    remedies = [problem.remedy for problem in problems(CONFIG, tmp_path / "config.toml", **given)]
    assert remedies == [
        "in the environment: write RENCONTRES_GATHERING__STARTS=2027-06-10",
        "in the environment: write RENCONTRES_ORGANISERS__TELEGRAM=900",
    ]


def test_what_check_says_of_an_address_without_https_works(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"
    config.write_text(CONFIG.replace("https://", "http://"), encoding="utf-8")
    [line] = [line for line in shell("check").stdout.splitlines() if line.startswith("failed")]
    remedy = re.search(r"under \[web\] write (public_url = \"\S+\")", line)
    assert remedy is not None
    config.write_text(re.sub("public_url = .*", remedy[1], CONFIG), encoding="utf-8")
    assert shell("check").exit_code == 0


def test_check_shows_the_line_below_what_is_said_of_it(shell: Shell, configured: Path) -> None:
    (configured / "config.toml").write_text("[gathering]\nname = «Été»\n", encoding="utf-8")
    checked = shell("check")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines() == [
        (
            "failed  configuration config.toml is not valid TOML: line 2: it has curly quotes, where straight ones are"
            ' needed -> line 2: write name = "Été"'
        ),
        "    2 | name = «Été»",
        "      |        ^",
    ]
    assert shell("outbox").stderr.splitlines()[1:] == checked.stdout.splitlines()[1:]

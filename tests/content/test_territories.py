import pytest
from babel import Locale

from bot.content.territories import parse_nationality, parse_territory, suggest, territory_name

LOCALES = ("fr", "en", "de")
OURS = ("CA-QC", "BE-WBR", "BE-VLG")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("FR", "FR"),
        (" ch ", "CH"),
        ("de", "DE"),
        ("la", "LA"),
        ("ca-qc", "CA-QC"),
        ("QC", "CA-QC"),
        ("be-wbr", "BE-WBR"),
        ("FRA", "FR"),
        ("UK", "GB"),
        ("usa", "US"),
        ("Québec", "CA-QC"),
        ("quebec", "CA-QC"),
        ("Québec (Canada)", "CA-QC"),
        ("Canada", "CA"),
        ("le Canada", "CA"),
        ("Belgique", "BE"),
        ("Wallonie - Bruxelles", "BE-WBR"),
        ("Bruxelles", "BE-WBR"),
        ("Flandern", "BE-VLG"),
        ("RDC", "CD"),
        ("R.D.C.", "CD"),
        ("République démocratique du Congo", "CD"),
        ("Congo-Brazzaville", "CG"),
        ("Côte d'Ivoire", "CI"),
        ("cote d’ivoire", "CI"),
        ("COTE D IVOIRE", "CI"),
        ("Allemagne", "DE"),
        ("l'Allemagne", "DE"),
        ("Schweiz", "CH"),
        ("die Schweiz", "CH"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("etats unis", "US"),
        ("Vietnam", "VN"),
        ("Viêt Nam", "VN"),
        ("Bosnie et Herzégovine", "BA"),
        ("Réunion", "RE"),
        ("Île Maurice", "MU"),
        ("Kosovo", "XK"),
    ],
)
def test_codes_and_names_are_understood_however_written(raw: str, code: str) -> None:
    assert parse_territory(raw) == code


@pytest.mark.parametrize(
    "raw", ["", "  ", "Congo", "Atlantide", "EU", "ZZ", "XA", "Europe", "🇫🇷", "F R A N", "012", "SU"]
)
def test_what_is_no_territory_or_could_be_two_is_none(raw: str) -> None:
    assert [parse_territory(words) for words in (raw, "France")] == [None, "FR"]


def test_every_name_shown_is_understood_again() -> None:
    codes = [code for code in map(str, Locale("fr").territories) if parse_territory(code) == code]
    assert len(codes) > 240
    for locale in LOCALES:
        assert [parse_territory(territory_name(code, locale)) for code in (*codes, *OURS)] == [*codes, *OURS]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("CA-QC", ["Québec", "Quebec", "Québec"]),
        ("BE-WBR", ["Wallonie-Bruxelles", "Wallonia-Brussels", "Wallonie-Brüssel"]),
        ("BE-VLG", ["Flandre", "Flanders", "Flandern"]),
        ("CH", ["Suisse", "Switzerland", "Schweiz"]),
    ],
)
def test_territories_have_a_name_in_every_locale(code: str, names: list[str]) -> None:
    assert [territory_name(code, locale) for locale in LOCALES] == names


def test_other_locales_and_unknown_codes_still_show_something() -> None:
    assert territory_name("CH", "de-CH") == "Schweiz"
    assert territory_name("CA-QC", "it") == "Quebec"
    assert territory_name("??", "fr") == "??"
    assert territory_name("CD", "en") == "Congo-Kinshasa"


@pytest.mark.parametrize(
    ("raw", "nearest"),
    [("Alemagne", "DE"), ("Quebeck", "CA-QC"), ("Sénégale", "SN"), ("Swizterland", "CH"), ("Maroco", "MA")],
)
def test_a_typo_gets_the_nearest_territory(raw: str, nearest: str) -> None:
    assert suggest(raw, "fr")[0] == nearest


def test_an_ambiguous_name_gets_both_territories() -> None:
    assert set(suggest("Congo", "fr")) >= {"CD", "CG"}


def test_nothing_near_means_no_suggestion_and_n_is_the_most() -> None:
    assert suggest("xyzzy", "fr") == ()
    assert suggest("", "fr") == ()
    assert len(suggest("Guinea", "en", n=2)) == 2


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("française", "FR"),
        ("Québécois·e", "CA-QC"),
        ("marocain(e)", "MA"),
        ("Ivoiriennes", "CI"),
        ("nigérienne", "NE"),
        ("nigériane", "NG"),
        ("deutsche", "DE"),
        ("österreichisch", "AT"),
        ("Moroccan", "MA"),
        ("congolaise", None),
        ("français et malien", None),
        ("végétarienne", None),
        ("f" * 1_000, None),
    ],
)
def test_an_adjective_says_the_territory_whatever_its_ending(raw: str, code: str | None) -> None:
    assert parse_nationality(raw) == code


def test_an_address_says_its_territory_beside_postal_codes() -> None:
    said = ("rue Neuve 3, 1000 Bruxelles, Belgique", "Montréal (Québec) H2W 1S1", "69003 Lyon, France")
    assert [parse_territory(each) for each in said] == ["BE-WBR", "CA-QC", "FR"]

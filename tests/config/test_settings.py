"""Settings are composed of the engine's sections and of those that capabilities declare."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_origin

import pytest
from pydantic import SecretStr

from bot.config.secret_values import secret_values
from bot.config.section import Section
from bot.config.settings import Sections, Settings, compose, load_sections, load_settings
from bot.content.errors import ConfigError
from bot.content.lead_times import Lead
from handlers import CAPABILITIES


class KitchenSettings(Section):
    cooks: int = 2
    door_code: SecretStr = SecretStr("")


class DishSettings(Section):
    name: str
    recipe: SecretStr = SecretStr("")


def _check(settings: Settings) -> None:
    if len(settings.all_of(DishSettings)) > settings.of(KitchenSettings).cooks:
        raise ValueError("more dishes than cooks")


SECTIONS = (Sections(tables={"kitchen": KitchenSettings}, lists={"dishes": DishSettings}, check=_check),)


def of_file(text: str, folder: Path, **environment: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, SECTIONS, environment)


def test_a_section_is_read_by_its_class(tmp_path: Path) -> None:
    settings = of_file(
        '[[dishes]]\nname = "soup"\n[[dishes]]\nname = "salad"\n', tmp_path, RENCONTRES_KITCHEN__COOKS="3"
    )
    assert settings.of(KitchenSettings) == KitchenSettings(cooks=3)
    assert settings.all_of(DishSettings) == (DishSettings(name="soup"), DishSettings(name="salad"))


def test_secrets_are_found_in_every_section_and_list(tmp_path: Path) -> None:
    text = '[kitchen]\ndoor_code = "4711"\n[[dishes]]\nname = "soup"\nrecipe = "nettles"\n'
    settings = of_file(text, tmp_path, RENCONTRES_STORAGE__URL="postgresql://bot:p%40ss@db/rencontres")
    assert {*secret_values(settings)} == {"4711", "nettles", "p@ss", ""}


def test_a_password_of_the_database_is_a_secret_wherever_it_stands_in_the_address(tmp_path: Path) -> None:
    settings = of_file("", tmp_path, RENCONTRES_STORAGE__URL="postgresql://bot@db/rencontres?password=p%40ss")
    assert "p@ss" in secret_values(settings)


@pytest.mark.parametrize("password", ["se/cret", "se#cret", "se?cret", "se@cret", "12/cret", "[secret", "1?se=&cret"])
def test_an_address_that_is_taken_apart_within_the_password_is_refused_and_not_repeated(
    tmp_path: Path, password: str
) -> None:
    with pytest.raises(ConfigError, match=r"storage\.url: it cannot be read: .*%2F for /") as refused:
        of_file("", tmp_path, RENCONTRES_STORAGE__URL=f"postgresql://bot:{password}@db.example.org/rencontres")
    assert "cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///rencontres?host=/run/postgresql",
        "postgresql://bot:p%40s%2Fs:s@[2001:db8::1]:5433/rencontres?sslmode=verify-full",
        "postgres://bot@one.example.org:5432,two.example.org/rencontres?target_session_attrs=read-write",
    ],
)
def test_addresses_of_servers_as_they_may_be(tmp_path: Path, url: str) -> None:
    assert of_file("", tmp_path, RENCONTRES_STORAGE__URL=url).storage.url == url


def test_what_a_file_does_not_say_has_its_default(tmp_path: Path) -> None:
    settings = of_file("", tmp_path)
    assert (settings.of(KitchenSettings), settings.all_of(DishSettings)) == (KitchenSettings(), ())


@pytest.mark.parametrize(
    ("logo", "path"), [("logo.svg", "{folder}/logo.svg"), ("/srv/logo.png", "/srv/logo.png"), ("", "")]
)
def test_a_logo_lies_beside_the_file_that_names_it(tmp_path: Path, logo: str, path: str) -> None:
    settings = of_file(f'[gathering]\nlogo = "{logo}"\n', tmp_path)
    assert settings.gathering.branding.logo == path.format(folder=tmp_path)


def test_without_a_file_a_logo_lies_in_the_current_folder() -> None:
    settings = load_settings(None, (), {"RENCONTRES_GATHERING__LOGO": "logo.svg"})
    assert settings.gathering.branding.logo == "logo.svg"


@pytest.mark.parametrize("colour", ["red", "#fff", "#0f6b62 ", "#0f6b6g"])
def test_a_colour_is_written_with_six_digits(tmp_path: Path, colour: str) -> None:
    with pytest.raises(
        ConfigError, match=r"gathering\.colour: .* is not a colour of six digits.* write colour = \"#\w{6}\""
    ):
        of_file(f'[gathering]\ncolour = "{colour}"\n', tmp_path)


def test_a_section_that_no_capability_declares_is_an_error_in_the_file_and_else_has_its_defaults(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[kitchen]\ncooks = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="kitchen: unknown key"):
        load_settings(file, (), {})
    settings = load_settings(None, (), {})
    assert (settings.of(KitchenSettings), settings.all_of(DishSettings)) == (KitchenSettings(), ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[kitchens]", "kitchens: unknown key, did you mean «kitchen»? -> line 1: write [kitchen]"),
        ("[kitchen]\ncoks = 3", "kitchen.coks: unknown key, did you mean «cooks»? -> line 2: write cooks = 3"),
        (
            '[[dishes]]\nname = "soup"\nnmae = "salad"',
            "dishes.0.nmae: unknown key, did you mean «name», which is there? -> line 3: remove it",
        ),
        ("[[dishes]]", 'dishes.0.name is missing -> below line 1: add name = "…"'),
        ('[kitchen]\ncooks = 0\n[[dishes]]\nname = "soup"', "config: more dishes than cooks"),
    ],
)
def test_what_is_wrong_in_a_section_is_named_like_in_the_engines_own(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        of_file(text, tmp_path)
    assert str(refused.value) == complaint


@pytest.mark.parametrize("taken", ["kitchen", "dishes", "telegram"])
def test_a_name_is_taken_once(taken: str) -> None:
    class OtherSettings(Section):
        pass

    with pytest.raises(ValueError, match=rf"two sections are called \[{taken}\]"):
        compose((*SECTIONS, Sections(tables={taken: OtherSettings})))


def test_sections_and_seeds_are_loaded_without_the_rest_of_their_capabilities() -> None:
    program = """
import sys
from bot.config.seeding import load_seeds
from bot.config.settings import load_sections
from handlers import CAPABILITIES

load_sections(CAPABILITIES)
loaded = {name for name in sys.modules if name.startswith("handlers.") and name.count(".") == 2}
print(*sorted({name.rpartition(".")[2] for name in loaded}))
load_seeds(CAPABILITIES)
loaded = {name for name in sys.modules if name.startswith("handlers.") and name.count(".") == 2}
print(*sorted({name.rpartition(".")[2] for name in loaded}))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    sections, seeds = done.stdout.splitlines()
    assert sections == "audiences model settings"
    assert seeds == "audiences model seeding settings solver store"


def test_what_signs_requests_to_a_bucket_is_taken_without_the_line_end_of_its_file(tmp_path: Path) -> None:
    settings = of_file('[s3]\nregion = "x\\n"\naccess_key = " AKIA\\n"\nsecret_key = "nettles\\r\\n"\n', tmp_path)
    assert settings.s3.region == "x"
    assert (settings.s3.access_key.get_secret_value(), settings.s3.secret_key.get_secret_value()) == ("AKIA", "nettles")


@pytest.mark.parametrize("name", ["region", "access_key", "secret_key"])
@pytest.mark.parametrize("wrong", ["net\\ntles", "net\\u0000tles", "nettlés"])
def test_what_cannot_be_sent_to_a_bucket_is_refused_and_not_quoted(tmp_path: Path, name: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=f"s3.{name}: it contains a character that is not printable ASCII") as refused:
        of_file(f'[s3]\n{name} = "{wrong}"\n', tmp_path)
    assert "net" not in str(refused.value)


OURS = load_sections(CAPABILITIES)
LISTS: dict[str, tuple[str, tuple[object, ...]]] = {
    "gathering.locales": ("fr,en", ("fr", "en")),
    "gathering.data_countries": ("FR, CA", ("FR", "CA")),
    "web.push_services": ("push.example.org,*.example.net", ("push.example.org", "*.example.net")),
    "organisers.telegram": ("1,2", (1, 2)),
    "organisers.discord": ("3", (3,)),
    "reminders.before": ("2h,10min", (Lead(minutes=120), Lead(minutes=10))),
    "reminders.themes": ("1d", (Lead(days=1),)),
    "reminders.asked": ("", ()),
}
"""Each list that the environment may give, as it is written there, and what is read."""


def list_settings() -> Iterator[str]:
    for name, table in compose(OURS).model_fields.items():
        if isinstance(table.annotation, type) and issubclass(table.annotation, Section):
            for key, setting in table.annotation.model_fields.items():
                if get_origin(setting.annotation) is tuple:
                    yield f"{name}.{key}"


def test_each_list_can_be_given_in_the_environment() -> None:
    assert {*list_settings()} == {*LISTS}
    environment = {f"RENCONTRES_{name.upper().replace('.', '__')}": text for name, (text, _values) in LISTS.items()}
    settings = load_settings(None, OURS, environment)
    for name, (_text, values) in LISTS.items():
        table, _dot, key = name.partition(".")
        assert (name, getattr(getattr(settings, table), key)) == (name, values)


@pytest.mark.parametrize("day", ["starts", "ends", "retention_ends"])
def test_a_day_after_which_there_is_no_other_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match=day):
        Settings.model_validate({"gathering": {day: "9999-12-31"}})
    last = dict.fromkeys(("ends", "retention_ends"), "9998-12-31")
    assert Settings.model_validate({"gathering": last}).gathering.kept_until.year == 9998

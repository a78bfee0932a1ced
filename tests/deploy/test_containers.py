"""deploy/Containerfile and deploy/compose.yaml, read against the configuration and the files that they name.

Images are not built here.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import load_sections, load_settings
from bot.membership.erasure import log_path
from handlers import CAPABILITIES
from tests.shell import command

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
USER = "10001"
FILLED_IN = {
    "DATABASE_PASSWORD": "secret",
    "RENCONTRES_HOST": "r.example.org",
    "TELEGRAM_TOKEN": "",
    "DISCORD_TOKEN": "",
    "S3_ACCESS_KEY": "",
    "S3_SECRET_KEY": "",
}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile: their words, and what follows."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    return [(word, rest) for line in joined.splitlines() if line for word, _, rest in [line.partition(" ")]]


def of(word: str) -> list[str]:
    return [rest for found, rest in instructions() if found == word]


def environment() -> Mapping[str, str]:
    return dict(pair.split("=", 1) for rest in of("ENV") for pair in shlex.split(rest))


def compose() -> Any:
    """compose.yaml: of YAML it uses mappings, lists of scalars, and lists in one line that are JSON as well."""
    lines = [
        (len(line) - len(line.lstrip()), line.strip())
        for line in (DEPLOY / "compose.yaml").read_text("utf-8").splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]

    def block(indent: int) -> Any:
        if lines[0][1].startswith("- "):
            items = []
            while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
                items.append(lines.pop(0)[1].removeprefix("- "))
            return items
        found: dict[str, Any] = {}
        while lines and lines[0][0] == indent:
            key, colon, value = lines.pop(0)[1].partition(":")
            assert colon, key
            value = value.strip()
            if value.startswith("["):
                found[key] = json.loads(value)
            elif value or not lines or lines[0][0] <= indent:
                found[key] = value
            else:
                found[key] = block(lines[0][0])
        return found

    whole = block(0)
    assert not lines
    return whole


def service(name: str) -> Any:
    return compose()["services"][name]


def filled_in(value: str) -> str:
    """A value with what .env says."""
    return re.sub(r"\$\{(\w+)(:[?-][^}]*)?\}", lambda found: FILLED_IN[found[1]], value)


# --- the image


def test_what_is_copied_into_the_image_is_there_and_all_the_program_needs() -> None:
    [first, *others] = [rest.split()[:-1] for rest in of("COPY") if not rest.startswith("--from")]
    copied = {*first, *(path for paths in others for path in paths)}
    assert all((ROOT / path).exists() for path in copied)
    locks = {"requirements.lock", "requirements-s3.lock"}
    assert copied >= locks | {"pyproject.toml", "config.example.toml", "bot", "handlers", "locales"}
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    assert let_through == copied


def test_nothing_is_installed_that_no_hash_vouches_for() -> None:
    installs = [rest for rest in of("RUN") if "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements.lock --requirement requirements-s3.lock" in installs[0]
    assert "--only-binary :all:" in installs[0]
    assert installs[1].endswith("--no-deps --no-build-isolation --no-index .")


def test_the_catalogues_are_compiled_where_the_program_may_not_write() -> None:
    [compiling] = [rest for rest in of("RUN") if "compile_catalogues" in rest]
    code = compiling.partition(" -I -c ")[2]
    assert f'"$1/bin/python" -I -c {code}\n' in (DEPLOY / "install.sh").read_text("utf-8")
    subprocess.run([sys.executable, "-c", code.strip('"')], cwd=ROOT, check=True)


def test_the_image_runs_as_a_user_who_owns_the_data_alone() -> None:
    assert of("USER") == [USER]
    words = [word for word, _ in instructions()]
    assert "RUN" not in words[words.index("USER") :], "nothing is done as that user while building"
    [made] = [rest for rest in of("RUN") if "useradd" in rest]
    assert f"--uid {USER} " in made
    assert "--owner rencontres --group rencontres --mode 700 /var/lib/rencontres /var/backups/rencontres" in made


def test_the_images_environment_is_of_the_configuration(tmp_path: Path) -> None:
    values = environment()
    settings = load_settings(None, load_sections(CAPABILITIES), values)
    assert settings.storage.url == "sqlite:////var/lib/rencontres/rencontres.db"
    assert of("WORKDIR")[-1] == "/var/lib/rencontres", "files are in its folder «files», unless config.toml has another"
    assert settings.storage.folder == Path("/var/lib/rencontres/files")
    assert log_path(settings.storage.model_copy(update={"url": "postgresql://rencontres@database/rencontres"})) == Path(
        "/var/lib/rencontres/rencontres.erasures.jsonl"
    )
    assert (settings.web.host, [str(settings.web.port)]) == ("0.0.0.0", of("EXPOSE"))
    assert values["RENCONTRES_CONFIG"] == "/etc/rencontres/config.toml"


def test_the_image_runs_a_command_that_there_is() -> None:
    [entry], [words] = of("ENTRYPOINT"), of("CMD")
    assert json.loads(entry) == ["rencontres"]
    assert command(*json.loads(words), "--help").exit_code == 0


# --- the three together


def test_what_the_program_is_told_fits_the_database_beside_it() -> None:
    told = {key: filled_in(value) for key, value in service("rencontres")["environment"].items()}
    settings = load_settings(None, load_sections(CAPABILITIES), {**environment(), **told})
    database = {key: filled_in(value) for key, value in service("database")["environment"].items()}
    expected = f"postgresql://{database['POSTGRES_USER']}@database/{database['POSTGRES_DB']}"
    assert settings.storage.url == expected
    assert told["PGPASSWORD"] == database["POSTGRES_PASSWORD"] == "secret"
    assert settings.web.public_url == "https://r.example.org"
    assert {key for key in told if key.startswith("RENCONTRES_")} == {
        "RENCONTRES_STORAGE__URL",
        "RENCONTRES_WEB__PUBLIC_URL",
        "RENCONTRES_TELEGRAM__TOKEN",
        "RENCONTRES_DISCORD__TOKEN",
        "RENCONTRES_S3__ACCESS_KEY",
        "RENCONTRES_S3__SECRET_KEY",
    }


def test_no_secret_is_written_in_the_file() -> None:
    for name in ("rencontres", "database"):
        for key, value in service(name)["environment"].items():
            if "PASSWORD" in key or "TOKEN" in key or "_KEY" in key:
                assert re.fullmatch(r"\$\{\w+:[?-][^}]*\}", value), key


@pytest.mark.parametrize("name", ["rencontres", "database", "caddy"])
def test_each_has_a_file_system_that_is_only_read_and_no_rights(name: str) -> None:
    told = service(name)
    assert told["read_only"] == "true"
    assert told["cap_drop"] == ["ALL"]
    assert told.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in told


def test_no_container_but_caddys_is_root_or_reached_from_outside() -> None:
    assert service("database")["user"] == "postgres"
    assert "user" not in service("rencontres"), "that of the image"
    for name in ("rencontres", "database"):
        assert "ports" not in service(name)
    assert service("caddy")["ports"] == ["80:80", "443:443", "443:443/udp"]


def test_health_is_asked_where_the_page_listens() -> None:
    word, *program = service("rencontres")["healthcheck"]["test"]
    assert (word, program[:2]) == ("CMD", ["python", "-c"])
    compile(program[2], "healthcheck", "exec")
    assert f"http://127.0.0.1:{environment()['RENCONTRES_WEB__PORT']}/health" in program[2]


def volumes(name: str) -> Iterator[tuple[str, str]]:
    for volume in service(name)["volumes"]:
        source, target, *_ = volume.split(":")
        yield source, target


def test_what_lasts_is_in_volumes_that_are_declared_and_files_are_there() -> None:
    declared = compose()["volumes"]
    used = {source for name in ("rencontres", "database", "caddy") for source, _ in volumes(name)}
    assert {source for source in used if not source.startswith("./")} == {*declared}
    assert {source for source in used if source.startswith("./")} == {"./config.toml", "./Caddyfile"}
    assert (DEPLOY / "Caddyfile").is_file()
    kept = dict(volumes("rencontres"))
    [image_volumes] = of("VOLUME")
    assert {kept["state"], kept["backups"]} == {*json.loads(image_volumes)}
    assert kept["./config.toml"] == environment()["RENCONTRES_CONFIG"]


def test_caddy_passes_on_to_the_program_and_logs_no_personal_link() -> None:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert f"reverse_proxy rencontres:{environment()['RENCONTRES_WEB__PORT']}" in text
    assert re.findall(r"^\s*(log|exclude)\b(.*)$", text, re.MULTILINE) == [
        ("log", " {"),
        ("exclude", " http.log.error"),
    ]
    assert "{$RENCONTRES_HOST}" in text
    assert "RENCONTRES_HOST" in service("caddy")["environment"]


def test_the_commands_of_its_comment_exist() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for line in re.findall(r"^# +docker compose run --rm (?:-T )?rencontres (.+?)(?:  +#.*)?$", text, re.MULTILINE):
        assert command(*line.split(), "--help").exit_code == 0, line

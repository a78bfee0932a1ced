"""deploy/install.sh, below a folder instead of on the machine: without root, users or services.

What needs them is tried by hand in a container; here the code comes from the environment that runs the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config.settings import load_sections, load_settings
from handlers import CAPABILITIES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="installs on Debian and Ubuntu")
ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "install.sh"
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folder that stands for `/`."""
    return tmp_path / "machine"


def run(machine: Path, steps: str, *, source: Path = ROOT) -> str:
    """Run functions of the script one after the other; returns what they tell."""
    lines = f"source '{SCRIPT}'; SOURCE='{source}'; build_release() {{ {BUILD}; }}; {steps}"
    bash = ["bash", "-c", lines]
    return subprocess.run(
        bash, env={**ENVIRONMENT, "DESTDIR": str(machine)}, capture_output=True, text=True, check=True
    ).stdout


BUILD = f'mkdir -p "$1/bin" && ln -s "{Path(sys.executable).parent}/rencontres" "$1/bin/rencontres"'
"""In place of a minute of pip: a release that leads to the program of the environment that runs this."""


def releases(machine: Path) -> list[str]:
    return sorted(path.name for path in (machine / "opt/rencontres").iterdir())


def test_everything_gets_its_place_and_its_mode(machine: Path) -> None:
    run(machine, "install_all")
    modes = {
        path: (machine / path).stat().st_mode & 0o777
        for path in (
            "opt/rencontres",
            "etc/rencontres",
            "etc/rencontres/config.toml",
            "var/lib/rencontres",
            "var/backups/rencontres",
            "usr/local/bin/rencontres",
        )
    }
    assert modes == {
        "opt/rencontres": 0o755,
        "etc/rencontres": 0o750,
        "etc/rencontres/config.toml": 0o640,
        "var/lib/rencontres": 0o700,
        "var/backups/rencontres": 0o700,
        "usr/local/bin/rencontres": 0o755,
    }
    for unit in ("rencontres.service", "rencontres-backup.service", "rencontres-backup.timer"):
        installed = machine / "usr/local/lib/systemd/system" / unit
        assert installed.read_bytes() == (ROOT / "deploy" / unit).read_bytes()


def test_the_configuration_names_places_below_the_state_directory(machine: Path) -> None:
    run(machine, "install_all", source=ROOT)
    settings = load_settings(machine / "etc/rencontres/config.toml", load_sections(CAPABILITIES), {})
    assert settings.storage.url == "sqlite:////var/lib/rencontres/rencontres.db"
    assert settings.storage.files == "/var/lib/rencontres/files"


def test_the_checkouts_own_configuration_is_taken_over(machine: Path, tmp_path: Path) -> None:
    source = tmp_path / "checkout"
    source.mkdir()
    (source / "deploy").symlink_to(ROOT / "deploy")
    text = (
        (ROOT / "config.example.toml").read_text("utf-8").replace('privacy_contact = ""', 'privacy_contact = "a@b.fr"')
    )
    (source / "config.toml").write_text(text, "utf-8")
    (source / "rencontres.db").touch()
    told = run(machine, "install_all", source=source)
    settings = load_settings(machine / "etc/rencontres/config.toml", load_sections(CAPABILITIES), {})
    assert settings.gathering.privacy_contact == "a@b.fr"
    assert settings.storage.url == "sqlite:////var/lib/rencontres/rencontres.db"
    assert f"A database is in {source}" in told


def test_a_second_time_changes_the_code_and_leaves_the_configuration(machine: Path) -> None:
    run(machine, "install_all")
    config = machine / "etc/rencontres/config.toml"
    config.write_text("# mine\n", "utf-8")
    (machine / "var/lib/rencontres/rencontres.db").write_bytes(b"people")
    told = run(machine, "date() { echo 20990101T000000Z; }; install_all")
    assert "The configuration stays as it is" in told
    assert releases(machine) == ["20990101T000000Z", "current"]
    assert (machine / "opt/rencontres/current").readlink() == Path("20990101T000000Z")
    assert config.read_text("utf-8") == "# mine\n"
    assert (machine / "var/lib/rencontres/rencontres.db").read_bytes() == b"people"


UPGRADED = "systemd_runs() { true; }; back_up_before_upgrade"


@pytest.mark.parametrize(
    ("systemctl", "told"),
    [
        ('[ "$1" = start ] || echo static', "-- A backup before the upgrade, into {machine}/var/backups/rencontres\n"),
        ('[ "$1" != start ] && echo masked', "-- No backup before the upgrade: another machine makes them"),
        ("return 1; }; BACKUP=no; _() { :", "-- No backup before the upgrade, by BACKUP=no\n"),
    ],
    ids=["usual", "one of several machines", "none wanted"],
)
def test_a_backup_is_made_before_an_upgrade_by_the_machine_that_makes_them(
    machine: Path, systemctl: str, told: str
) -> None:
    run(machine, "install_all")
    (machine / "var/lib/rencontres/rencontres.db").touch()
    assert run(machine, f"systemctl() {{ {systemctl}; }}; {UPGRADED}").startswith(told.format(machine=machine))


def test_without_the_backup_nothing_is_upgraded(machine: Path) -> None:
    run(machine, "install_all")
    (machine / "var/lib/rencontres/rencontres.db").touch()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        run(machine, f"systemctl() {{ false; }}; {UPGRADED}")
    assert refused.value.stderr.startswith("Error: the backup failed, and nothing was changed")


def test_units_of_earlier_versions_go_and_what_an_administrator_masked_stays_so(machine: Path) -> None:
    before = machine / "etc/systemd/system"
    before.mkdir(parents=True)
    (before / "rencontres.service").write_text("[Service]\n")
    (before / "rencontres-backup.timer").symlink_to("/dev/null")
    run(machine, "install_all")
    assert [path.name for path in before.iterdir()] == ["rencontres-backup.timer"]


def test_code_that_cannot_be_had_changes_nothing(machine: Path) -> None:
    run(machine, "install_all")
    before = releases(machine)
    with pytest.raises(subprocess.CalledProcessError):
        run(machine, 'date() { echo 20990101T000000Z; }; build_release() { mkdir -p "$1"; return 1; }; install_all')
    assert releases(machine) == before


def test_taking_it_away_keeps_the_data_and_says_where_they_are(machine: Path) -> None:
    run(machine, "install_all")
    (machine / "var/lib/rencontres/rencontres.db").write_bytes(b"people")
    told = run(machine, "uninstall_all")
    left = sorted(str(path.relative_to(machine)) for path in machine.rglob("*") if path.is_file())
    assert left == ["etc/rencontres/config.toml", "var/lib/rencontres/rencontres.db"]
    for place in ("etc/rencontres/config.toml", "var/lib/rencontres", "var/backups/rencontres"):
        assert f"   {machine / place}\n" in told


def test_the_environment_is_made_from_hashes_alone(machine: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/bash\nif [ "$1" = -c ]; then exit 0; fi\necho "$@" >>\'{calls}\'\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
    )
    python.chmod(0o755)
    build = f"source '{SCRIPT}'; build_release {tmp_path}/release"
    subprocess.run(["bash", "-c", build], env={**ENVIRONMENT, "PYTHON": str(python)}, check=True, capture_output=True)
    lines = calls.read_text().splitlines()
    packages = next(line for line in lines if "--requirement" in line)
    assert "--require-hashes" in packages
    assert "--only-binary :all:" in packages
    assert f"--requirement {ROOT}/requirements.lock --requirement {ROOT}/requirements-s3.lock" in packages
    [itself] = [line for line in lines if line.endswith(str(ROOT))]
    assert "--no-index" in itself


def called_by(user: str, machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Call the command as a user, in place of whose program its arguments are printed."""
    for name, line in (("id", f"echo {user}"), ("runuser", 'echo runuser "$@"'), ("env", 'echo env "$@"')):
        (machine / name).write_text(f"#!/bin/sh\n{line}\n")
        (machine / name).chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{machine}{os.pathsep}{ENVIRONMENT['PATH']}"}
    command = ["/bin/sh", str(ROOT / "deploy/rencontres"), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_command_acts_as_the_service_does_in_its_folder(tmp_path: Path) -> None:
    there = "env --chdir=/var/lib/rencontres /opt/rencontres/current/bin/rencontres check"
    assert called_by("root", tmp_path, "check").stdout == f"runuser -u rencontres -- {there}\n"
    assert called_by("rencontres", tmp_path, "check").stdout == f"{there}\n"
    refused = called_by("camille", tmp_path, "check")
    assert (refused.returncode, refused.stderr) == (1, "Only root may do that: sudo rencontres check\n")


def test_the_command_writes_no_second_configuration(tmp_path: Path) -> None:
    refused = called_by("root", tmp_path, "init")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "The configuration is there already. Edit it: /etc/rencontres/config.toml\n"


def test_on_the_machine_itself_it_asks_for_root(tmp_path: Path) -> None:
    steps = f"source '{SCRIPT}'; id() {{ echo 1000; }}; check_machine install"
    refused = subprocess.run(["bash", "-c", steps], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr) == (1, "Error: only root may do that: sudo make install\n")

"""The built wheel in an environment that holds what requirements.lock names and nothing else, run from an empty folder.

That environment needs no network: it links to the packages of the one that runs this test. Tests' own packages and the
editable install stay out of it, so an undeclared import or a forgotten file is found here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.content.i18n import LOCALES

pytestmark = pytest.mark.first

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `python` and `rencontres` lie once the wheel is installed."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(home)}))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)):  # one version a Python, perhaps
        try:
            locked = distribution(name)
        except PackageNotFoundError:  # for another system or Python
            continue
        for top in {file.parts[0] for file in locked.files or ()} - {"..", "__pycache__"}:
            (packages / top).symlink_to(str(locked.locate_file(top)))
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "--quiet"]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", "--no-compile", wheel], check=True)
    subprocess.run([*pip, "check"], check=True)
    take_along_what_is_compiled(packages)
    return home / "bin"


def take_along_what_is_compiled(packages: Path) -> None:
    """Let Python find its compiled form beside each installed module that is what it is here, byte for byte."""
    for package in ("bot", "handlers"):
        for installed in (packages / package).rglob("*.py"):
            source = ROOT / installed.relative_to(packages)
            compiled, there = (Path(cache_from_source(str(path))) for path in (source, installed))
            if compiled.exists() and source.read_bytes() == installed.read_bytes():
                os.utime(installed, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
                there.parent.mkdir(exist_ok=True)
                shutil.copy(compiled, there)


def test_it_holds_every_file_of_the_program(wheel: Path) -> None:
    program = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "handlers")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    catalogues = {f"bot/locales/{locale}/LC_MESSAGES/messages.po" for locale in LOCALES}
    assert program | catalogues | {"bot/config.example.toml"} <= set(ZipFile(wheel).namelist())


def test_it_runs_from_any_folder(programs: Path, tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "RENCONTRES_"))
    }

    def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    home = programs.parent.resolve()
    assert Path(run(programs / "python", "-c", "import bot; print(bot.__file__, end='')").stdout).is_relative_to(home)
    for command in ([programs / "rencontres"], [programs / "python", "-m", "bot"]):
        assert "demo" in run(*command, "--help").stdout
    read_catalogues = f"from bot.content.i18n import catalogue; [catalogue(locale) for locale in {LOCALES}]"
    assert run(programs / "python", "-c", read_catalogues).stderr == ""
    checked = run(programs / "rencontres", "check")
    assert (checked.returncode, checked.stderr) == (1, "")  # no platform is on yet
    days = ("--starts", "2027-06-10", "--ends", "2027-06-12", "--zone", "Europe/Paris")
    answers = ("--name", "Été", *days, "--page", "", "--token", "", "--organiser", "0")
    started = run(programs / "rencontres", "init", *answers)
    assert (started.returncode, started.stderr) == (0, "")
    assert "culture, school, civic" in run(programs / "rencontres", "check").stdout

"""A copy of the checkout in which modules can be changed and tests run, without touching the checkout itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_LEFT_OUT = {".git", ".venv", ".mutants", "files", "dist", "build"}
"""What lies beside the program: its history, what was installed or built, and what it keeps while it runs."""
_MADE_ANEW = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", "*.db", "*.db-wal", "*.db-shm")
_OF_THIS_RUN = ("PYTEST_CURRENT_TEST", "PYTEST_XDIST", "RENCONTRES_TEST_", "PYTHONDONTWRITEBYTECODE")
"""How variables of the environment begin that tell of the run of pytest this may be part of. Without the last of them
the program would be compiled anew for each mutant."""
_TOOLS = Path(__file__).parents[2]
_GRACE = 5
"""How many seconds a run that took too long has to end by itself."""


class Checkout:
    """A copy of the checkout `root` in a new folder, with room for temporary files beside it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = folder / "checkout"
        self._temporary = folder / "tmp"
        self._temporary.mkdir(parents=True)
        self.root.mkdir()
        for path in root.iterdir():
            if path.is_dir() and path.name not in _LEFT_OUT:
                shutil.copytree(path, self.root / path.name, ignore=_MADE_ANEW)
            elif path.is_file():
                shutil.copy2(path, self.root)
        self._changes = 0

    def write(self, path: Path, source: bytes) -> None:
        """Replace the source of a module, so that Python notices even within the same second and at the same length."""
        file = self.root / path
        file.write_bytes(source)
        self._changes += 1
        os.utime(file, (self._changes, self._changes))  # what is compiled is known by this time and the length

    @contextmanager
    def changed(self, path: Path, source: bytes) -> Iterator[None]:
        """Replace the source of a module, and restore it afterwards."""
        own = (self.root / path).read_bytes()
        self.write(path, source)
        try:
            yield
        finally:
            self.write(path, own)

    def run_tests(
        self,
        *arguments: str,
        tests: Sequence[str],
        timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest on the files or tests in `tests`, in this order; return its output and exit code.

        `arguments` are further arguments of pytest, and `environment` further variables of the environment. Raises
        subprocess.TimeoutExpired after `timeout` seconds.
        """
        chosen = self._temporary / "chosen"
        chosen.write_text("\n".join(tests), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "pytest", *arguments, f"--rootdir={self.root}", "-p", "no:cacheprovider"),
            *("-o", "tmp_path_retention_policy=none", "--tb=no", "-q", f"@{chosen}"),
        ]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THIS_RUN)}
        environment = {
            **inherited,
            "PYTHONPATH": os.pathsep.join((str(self.root), str(_TOOLS))),
            "TMPDIR": str(self._temporary),
            **(environment or {}),
        }
        process = subprocess.Popen(  # noqa: S603 - our own tests
            command,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=timeout)
        finally:
            _end(process)
        return subprocess.CompletedProcess(command, process.returncode, output)


def _end(process: subprocess.Popen[str]) -> None:
    """End a run that is still under way, with all that it started."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, ending)
        try:
            process.communicate(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Yield a temporary folder, in memory if the system has such a file system."""
    memory = Path("/dev/shm")  # noqa: S108 - not a name in it
    with tempfile.TemporaryDirectory(prefix="mutants-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)

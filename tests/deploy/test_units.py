"""The services that `make install` sets up: each line that keeps them from what they need not do."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.shell import command

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = ["rencontres.service", "rencontres-backup.service"]

HARDENED: Mapping[str, Sequence[str]] = {
    "AmbientCapabilities": [""],
    "CapabilityBoundingSet": [""],
    "DevicePolicy": ["closed"],
    "KeyringMode": ["private"],
    "LockPersonality": ["yes"],
    "MemoryDenyWriteExecute": ["yes"],
    "NoNewPrivileges": ["yes"],
    "PrivateDevices": ["yes"],
    "PrivateMounts": ["yes"],
    "PrivateTmp": ["yes"],
    "PrivateUsers": ["yes"],
    "ProtectClock": ["yes"],
    "ProtectControlGroups": ["yes"],
    "ProtectHome": ["yes"],
    "ProtectHostname": ["yes"],
    "ProtectKernelLogs": ["yes"],
    "ProtectKernelModules": ["yes"],
    "ProtectKernelTunables": ["yes"],
    "ProtectProc": ["invisible"],
    "ProtectSystem": ["strict"],
    "RemoveIPC": ["yes"],
    "RestrictAddressFamilies": ["AF_UNIX AF_INET AF_INET6"],
    "RestrictNamespaces": ["yes"],
    "RestrictRealtime": ["yes"],
    "RestrictSUIDSGID": ["yes"],
    "StateDirectory": ["rencontres"],
    "StateDirectoryMode": ["0700"],
    "SystemCallArchitectures": ["native"],
    "SystemCallErrorNumber": ["EPERM"],
    "SystemCallFilter": ["@system-service", "~@privileged @resources"],
    "UMask": ["0077"],
    "User": ["rencontres"],
    "Group": ["rencontres"],
}


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A unit file: the values of each key, by section."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = sections[header[1]] = defaultdict(list)
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"{name}: {line}"
            section[key].append(value)
    return sections


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_what_it_needs_and_no_more(name: str) -> None:
    service = unit(name)["Service"]
    assert {key: service.get(key) for key in HARDENED} == HARDENED


def test_the_program_cannot_reach_its_backups_and_only_their_service_writes_them() -> None:
    assert unit("rencontres.service")["Service"]["InaccessiblePaths"] == ["-/var/backups/rencontres"]
    assert "ReadWritePaths" not in unit("rencontres.service")["Service"]
    assert unit("rencontres-backup.service")["Service"]["ReadWritePaths"] == ["/var/backups/rencontres"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_a_command_that_there_is(name: str) -> None:
    service = unit(name)["Service"]
    [line] = service["ExecStart"]
    program, *words = shlex.split(line)
    assert program == "/opt/rencontres/current/bin/rencontres"
    assert command(*words, "--help").exit_code == 0
    assert "Environment" in service
    assert "RENCONTRES_CONFIG=/etc/rencontres/config.toml" in service["Environment"]


def test_the_running_program_brings_the_nightly_backup_with_it() -> None:
    assert "rencontres-backup.timer" in unit("rencontres.service")["Unit"]["Wants"][0].split()
    assert unit("rencontres-backup.timer")["Timer"]["OnCalendar"] == ["*-*-* 03:15"]
    assert unit("rencontres-backup.timer")["Timer"]["Persistent"] == ["yes"]


def test_it_is_started_again_for_ever_but_not_with_a_wrong_configuration() -> None:
    sections = unit("rencontres.service")
    assert sections["Unit"]["StartLimitIntervalSec"] == ["0"]
    assert sections["Service"]["Restart"] == ["on-failure"]
    assert sections["Service"]["RestartPreventExitStatus"] == ["2"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd: apt install systemd")
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_it_hardly_exposed(name: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert exposure
    assert float(exposure[1]) <= 1.5

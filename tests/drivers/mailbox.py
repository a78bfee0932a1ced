"""A small IMAP server in this process, in a thread of its own: strict, and as faulty as real ones."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, ClassVar

USER, PASSWORD = "team@rencontres.example", "imap-secret"


@dataclass
class Kept:
    """A mail in the mailbox."""

    raw: bytes
    seen: bool = False


@dataclass
class MailboxServer:
    """What lies in the mailbox, by number. `away`: «refuse», «hang» or «hang up» is what every connection meets."""

    port: int = 0
    validity: int = 1
    mails: dict[int, Kept] = field(default_factory=dict)
    away: str = ""
    connections: int = 0
    fetched: list[int] = field(default_factory=list)
    largest: int = 0
    """The most bytes of one mail that were handed out."""
    _next: int = 1

    def put(self, raw: bytes | str, *, seen: bool = False) -> int:
        """Lay a mail into the mailbox; its number."""
        number = self._next
        self._next += 1
        self.mails[number] = Kept(raw if isinstance(raw, bytes) else raw.encode(), seen)
        return number

    @property
    def unread(self) -> list[int]:
        return [number for number, mail in self.mails.items() if not mail.seen]

    def settings(self, **values: Any) -> dict[str, Any]:
        """What leads here in a section [email]."""
        return {
            "mailbox": "127.0.0.1", "mailbox_port": self.port, "mailbox_security": "none",
            "mailbox_user": USER, "mailbox_password": PASSWORD, **values,
        }  # fmt: skip


class _Session(StreamRequestHandler):
    """One connection: knows the commands that the program gives, and refuses every other one."""

    box: ClassVar[MailboxServer]
    disable_nagle_algorithm = True
    state = "greeted"

    def handle(self) -> None:
        self.box.connections += 1
        if self.box.away == "hang up":
            return
        while self.box.away == "hang":
            if not self.rfile.read(1):  # until the other side has enough
                return
        self._say("* OK ready")
        with suppress(ConnectionError):
            while line := self.rfile.readline():
                tag, _space, command = line.decode("ascii").rstrip("\r\n").partition(" ")
                self._say(f"{tag} {self._done(command)}")
                if self.state == "ended":
                    return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _done(self, command: str) -> str:
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4REV1")
            return "OK done"
        if command == "NOOP":
            return "OK done"
        if command == "LOGOUT":
            self.state = "ended"
            self._say("* BYE")
            return "OK done"
        if found := re.fullmatch(r'LOGIN "?([^" ]+)"? "([^"]*)"', command):
            if self.box.away == "refuse" or (found[1], found[2]) != (USER, PASSWORD):
                return f"NO [AUTHENTICATIONFAILED] {found[1]} is refused"
            self.state = "in"
            return "OK done"
        if self.state != "greeted" and (found := re.fullmatch(r'(SELECT|EXAMINE) "([^"]+)"', command)):
            if found[2] != "INBOX":
                return "NO no such folder"
            self.state = "looking" if found[1] == "EXAMINE" else "open"
            self._say(f"* {len(self.box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {self.box.validity}] valid")
            return "OK [READ-WRITE]" if self.state == "open" else "OK [READ-ONLY]"
        if self.state in ("open", "looking") and (found := re.fullmatch(r"UID (SEARCH|FETCH|STORE) (.+)", command)):
            return {"SEARCH": self._search, "FETCH": self._fetch, "STORE": self._store}[found[1]](found[2])
        return f"BAD {command.split(' ')[0]} is not known now"

    def _search(self, asked: str) -> str:
        mails = self.box.mails
        if asked == "UNSEEN":
            numbers = self.box.unread
        elif found := re.fullmatch(r"UID (\d+):\*", asked):  # the last one is always in such a range
            numbers = [number for number in mails if number >= int(found[1]) or number == max(mails)]
        else:
            return "BAD search"
        self._say(f"* SEARCH {' '.join(map(str, numbers))}".rstrip())
        return "OK done"

    def _fetch(self, asked: str) -> str:
        found = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", asked)
        if not found:
            return "BAD fetch"
        number, most = int(found[1]), int(found[2])
        if mail := self.box.mails.get(number):
            content = mail.raw[:most]
            self.box.fetched.append(number)
            self.box.largest = max(self.box.largest, len(content))
            self.wfile.write(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n")
        return "OK done"

    def _store(self, asked: str) -> str:
        found = re.fullmatch(r"([\d,]+) \+FLAGS\.SILENT \(\\Seen\)", asked)
        if not found or self.state != "open":
            return "BAD store"
        for number in map(int, found[1].split(",")):
            if mail := self.box.mails.get(number):
                mail.seen = True
        return "OK done"


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke."""


@contextmanager
def open_mailbox() -> Iterator[MailboxServer]:
    """A mailbox on a free port."""
    box = MailboxServer()
    session = type("Session", (_Session,), {"box": box})
    with _Server(("127.0.0.1", 0), session) as server:
        box.port = server.socket.getsockname()[1]
        serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        serving.start()
        try:
            yield box
        finally:
            server.shutdown()
            serving.join()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port

"""Says what each raw mail of a folder is: a bounce and of which letter, an answer and its words, or something else.

    python -m benchmarks bounces FOLDER

FOLDER has mails as files *.eml, and `sent.json`, which tells of the letters that were sent: under each letter's number
an object with `token`, `address`, `message_id` and `verp`, or a list of those four. A list of objects that have a
`number` will do as well. Prints a line of JSON for each mail: `file`, `kind`, `delivery` (a number, or null if the
mail proves to be about no letter) and `answer` (a person's own words, or null).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import arguments
from bot.delivery.returned_letters import MailKind
from bot.platforms.email.received.classifying import judged, read
from bot.platforms.email.received.mail import compared, letters_named

SENT = "sent.json"
_ORDER = ("token", "address", "message_id", "verp")


def read_sent(folder: Path) -> Mapping[tuple[int, str], str]:
    """Return the addresses of the letters that a folder's sent.json tells of, by number and token."""
    stored: Any = json.loads((folder / SENT).read_text(encoding="utf-8"))
    rows = stored.items() if isinstance(stored, dict) else ((None, row) for row in stored)
    return dict(_letter(number, row) for number, row in rows)


def _letter(number: str | None, row: Any) -> tuple[tuple[int, str], str]:
    if not isinstance(row, dict):
        values = list(row)
        row = dict(zip(_ORDER if number is not None else ("number", *_ORDER), values, strict=False))
    plain = {name.lower().replace("-", "_").replace(" ", "_"): str(value) for name, value in row.items()}
    address = next(plain[name] for name in ("address", "to", "recipient", "email") if name in plain)
    named = letters_named(" ".join(plain.values()))
    known = number or plain.get("number") or plain.get("delivery") or plain.get("id") or str(named[0][0])
    return (int(known), (plain.get("token") or named[0][1]).casefold()), address


def results(folder: Path) -> Iterator[dict[str, object]]:
    """Yield what each mail of a folder is, in the order of the files' names."""
    sent = read_sent(folder)
    known = {compared(address) for address in sent.values()}
    for file in sorted(folder.glob("*.eml")):
        mail = read(file.read_bytes())
        kind, delivery = judged(mail, sent, known)
        yield {
            "file": file.name,
            "kind": kind.value,
            "delivery": delivery,
            "answer": mail.words if kind is MailKind.ANSWER else None,
        }


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    for result in results(parser.parse_args().folder):
        print(json.dumps(result, ensure_ascii=False))

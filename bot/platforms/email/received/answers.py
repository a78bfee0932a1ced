"""Removes from an answer what its writer did not write: the quoted letter, lines that introduce it, and signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.platforms.email.received.words import TABLES, begins, listed, says, simplified

_LABELS = {label: head for head, labels in listed(TABLES["labels"]).items() for label in labels}


def own_words(text: str, *, signed: bool = False) -> str:
    """Return what the writer of an answer wrote, without quotes and signatures; '' if they wrote nothing.

    Words between and below quotes are included. With `signed`, the text below a signature is included too.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if (line.strip() == "--" and not signed) or _begins_history(lines[at : at + 8]):
            break
        introduced = 0 if line.startswith(">") else _introduction(lines[at : at + 4])
        if introduced:
            at += introduced
            if not next(filter(None, lines[at:]), "").lstrip().startswith(">"):
                break  # the quote is not marked, so nothing after it can be told from it
            continue
        kept.append("" if line.lstrip().startswith(">") else line)
        at += 1
    while kept and (not kept[-1].strip() or begins(simplified(kept[-1]), "device")):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n ")


def signed_words(text: str, *, answers: bool) -> str:
    """Return what the writer of a mail wrote, their signature included.

    A mail that `answers` a letter may hold the letter, unmarked: from there on it is left out.
    """
    if answers:
        return own_words(text, signed=True)
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">")).strip()


def _begins_history(lines: Sequence[str]) -> bool:
    """Return whether a rule or the heads of a letter stand here, under which Outlook and others put it unmarked."""
    first = simplified(lines[0])
    if begins(first, "rule"):
        return True
    if len(first) > 9 and not first.strip("_"):
        return _begins_history([line for line in lines[1:] if line.strip()] or [""])
    found = [_label(line) for line in lines]
    return found[0] in ("from", "sent") and ({"from", "sent"} <= set(found) or {"from", "to", "subject"} <= set(found))


def _label(line: str) -> str:
    word, colon, _value = simplified(line).replace("*", "").partition(":")
    return _LABELS.get(word.strip(), "") if colon else ""


def _introduction(lines: Sequence[str]) -> int:
    """Return how many lines introduce a quote here, such as «On 3 May 2026, somebody wrote:»; 0 if none does."""
    joined = ""
    for count, line in enumerate(lines, start=1):
        if not line.strip():
            break
        joined = simplified(f"{joined} {line}")[:600]
        if joined.endswith(":"):
            fits = says(joined, "wrote") and says(joined, "dated") and (count == 1 or begins(joined, "opens"))
            return count if fits else 0
    return 0

"""Cuts from an answer what is not its writer's: the quoted letter, lines that introduce it, and signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.platforms.email.received.words import simplified

_LABELS = {
    **dict.fromkeys(("from", "de", "von", "da", "desde", "van", "fra"), "from"),
    **dict.fromkeys(
        ("sent", "envoye", "gesendet", "enviado", "enviado el", "inviato", "date", "datum", "data", "fecha"), "sent"
    ),
    **dict.fromkeys(("to", "a", "an", "para", "per"), "to"),
    **dict.fromkeys(("subject", "objet", "betreff", "asunto", "oggetto", "assunto"), "subject"),
}
_RULE = re.compile(
    r"[-_=* ]{2,}(?:original|message (?:d'origine|original|transfere|initial)|ursprungliche|mensaje|messaggio|forwarded"
    r"|weitergeleitete|reply|reponse)"
)
_WROTE = re.compile(r"(?:wrote|a ecrit|ecrivait|ecrit|schrieb|geschrieben|escribio|ha scritto|scrisse|escreveu)\b")
_DATED = re.compile(r"\d{1,2}[:h.]\d\d|\b20\d\d\b|@")
_OPENS = re.compile(r"(?:on|le|am|el|il|em|den|op|la|al|>)\b")
_DEVICE = re.compile(
    r"(?:envoye (?:de|depuis|a partir)|sent (?:from|with)|von mein\w* |gesendet (?:von|mit)|enviado (?:desde|con)"
    r"|inviato (?:da|con)|get outlook|telecharger outlook|obtenir outlook|holen sie sich outlook|outlook fur)"
)


def own_words(text: str) -> str:
    """Return what the writer of an answer wrote, also between and under quotes, '' if nothing."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.strip() == "--" or _begins_history(lines[at : at + 8]):
            break
        introduced = 0 if line.startswith(">") else _introduction(lines[at : at + 4])
        if introduced:
            rest = [later for later in lines[at + introduced :] if later]
            if not (rest and rest[0].lstrip().startswith(">")):
                break  # the quote is not marked, so nothing after it can be told from it
            at += introduced
            continue
        kept.append("" if line.lstrip().startswith(">") else line)
        at += 1
    while kept and (not kept[-1].strip() or _DEVICE.match(simplified(kept[-1]))):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n ")


def _begins_history(lines: Sequence[str]) -> bool:
    """Return whether a rule or the heads of a letter stand here, under which Outlook and others put it unmarked."""
    first = simplified(lines[0])
    if _RULE.match(first) or (len(first) > 9 and not first.strip("_")):
        return bool(_RULE.match(first)) or _begins_history([line for line in lines[1:] if line.strip()] or [""])
    if _label(lines[0]) not in ("from", "sent"):
        return False
    found = {_label(line) for line in lines}
    return {"from", "sent"} <= found or {"from", "to", "subject"} <= found


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
            fits = _WROTE.search(joined) and _DATED.search(joined) and (count == 1 or _OPENS.match(joined))
            return count if fits else 0
    return 0

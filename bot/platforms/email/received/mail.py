"""Reads a raw mail within bounds: its headers, its own text, the report in it, and the letters that it names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from functools import cached_property

from bot.platforms.email.received.answers import own_words
from bot.platforms.email.received.words import PATTERNS, simplified
from bot.platforms.untrusted import storable

LONGEST = 8_000_000
"""How many bytes of a mail are worth fetching: no more are looked at, however large it is."""
_HEADS, _BODY, _HEAD, _TEXT = 600_000, 1_000_000, 3_000, 60_000
_ENCODED, _LINES = re.compile(rb"[A-Za-z0-9+/]{40,100}={0,2}"), 20
"""A line of an encoded file, and how many of these in a row are kept."""
_TYPE = re.compile(rb"content-type:\s{0,9}(text/|message/)?", re.IGNORECASE)
_NESTED, _PARTS = 60, 1_000
"""How many containers and how many parts a mail may have; one with more is read as if it had no parts."""
_LETTER = re.compile(r"(?:\+|\bd\.)([0-9]{1,15})(?:[-.]([\w-]{1,100}))?(?:\.[\w-]{1,40})?@")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=]{1,64}@[^\s<>()\[\]\"',;:=@]{1,255}")
ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "X-RCPT-To")
_REPORTS = ("delivery-status", "feedback-report", "disposition-notification")
_TAG = re.compile(r"<(?:(!--)|([!?/]?)([a-zA-Z][a-zA-Z0-9]{0,20})?[^<>]*>)")
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "hr", "table", "h1", "h2", "h3", "ul", "pre", "blockquote"))
_UNSEEN = {"!--": re.compile("-->")} | {
    name: re.compile(f"</{name}[^<>]*>", re.IGNORECASE) for name in ("script", "style", "title")
}
"""What ends the parts of a page that nobody sees, by what begins them."""
_LONG_KIND = re.compile(
    rb"^(content-[a-z-]{1,30}:(?:[^\n]|\n[ \t]){3000})(?:[^\n]|\n[ \t])*", re.IGNORECASE | re.MULTILINE
)
"""A head about a part with so many parameters that to read them takes long."""
_RECEIVED = re.compile(rb"^received:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


class Mail:
    """A received mail. However large or deeply nested it is, only its first `LONGEST` bytes are read.

    `cut` is True if some of it was left out, so that it may say more than what was read.
    """

    def __init__(self, raw: bytes) -> None:
        heads, _blank, body = raw[:LONGEST].replace(b"\r\n", b"\n").partition(b"\n\n")
        body = _without_files(heads, body)
        self.cut = len(raw) >= LONGEST or len(body) > _BODY
        bounded = _RECEIVED.sub(b"", heads[:_HEADS] + b"\n")[:_HEADS].rstrip() + b"\n\n" + body[:_BODY]
        bounded = _LONG_KIND.sub(rb"\1", bounded)
        small = bounded.lower()
        deep = small.count(b"multipart/") + small.count(b"message/") > _NESTED or bounded.count(b"\n--") > _PARTS
        self.message: Message = (BytesHeaderParser if deep else BytesParser)().parsebytes(bounded)
        self.parts: Sequence[Message] = list(_own_parts(self.message))

    def head(self, name: str) -> str:
        """Return the decoded value of the header `name`; '' if there is none."""
        return _decoded(self.message.get(name, ""))

    def heads(self, *names: str) -> str:
        """Return the decoded values of all headers with these names, one on each line."""
        return "\n".join(_decoded(value) for name in names for value in self.message.get_all(name, []))

    @property
    def sender(self) -> tuple[str, str]:
        """Return the name and the address of the mail's author, as the mail gives them, in small letters."""
        head = self.head("From").casefold()
        address = next(iter(_ADDRESS.findall(head)[-1:]), "")
        return head.replace(address, ""), address

    @cached_property
    def subject(self) -> str:
        """The subject, simplified."""
        return simplified(self.head("Subject"))

    @property
    def came_to(self) -> Sequence[tuple[int, str]]:
        """Return the letters in the address that the mail was sent to, as `letters_named` does."""
        return letters_named(self.heads(*ENVELOPE))

    @property
    def report(self) -> str:
        """Return what kind of report the mail is (RFC 6522), such as «delivery-status»; '' for none."""
        said = str(self.message.get_param("report-type") or "").lower()
        kinds = (said, *(part.get_content_subtype() for part in self.parts))
        return next((kind for kind in kinds if kind in _REPORTS), "")

    @cached_property
    def text(self) -> str:
        """The text of the mail itself; if there is only HTML, its text, with quotes marked by «>»."""
        return self._texts("text/plain") or self._texts("text/html")

    @cached_property
    def notice(self) -> str:
        """What the mail says before the copy of a letter that it returns."""
        return PATTERNS["copy"].split(self.text, 1)[0]

    @cached_property
    def words(self) -> str:
        """What the mail's writer wrote, without quotes and signatures."""
        return own_words(self.text)

    @property
    def page(self) -> str:
        """Return the text of the mail's HTML if the mail also has a plain text; otherwise ''."""
        return self._texts("text/html") if self._texts("text/plain") else ""

    def _texts(self, kind: str) -> str:
        parts = (part for part in self.parts if part.get_content_type() == kind and not part.get_filename())
        return "\n".join(map(_text, parts)).strip()

    @property
    def attachments(self) -> Sequence[str]:
        """Return the names of the attached files; an attached mail mostly has none, and gets one."""
        named = ((part.get_filename() or "", part.is_multipart()) for part in self.parts)
        return tuple(_decoded(name) or "mail.eml" for name, is_mail in named if name or is_mail)

    @cached_property
    def recipients(self) -> Sequence[dict[str, str]]:
        """The fields of a delivery report (RFC 3464), by their names in small letters, for each recipient."""
        kinds = ("message/delivery-status", "message/global-delivery-status")
        part = next((part for part in self.parts if part.get_content_type() in kinds), None)
        blocks = [] if part is None else _inner(part)
        if part is not None and len(blocks) < 2:  # encoded, or without the empty line between
            text = str(part) if blocks else _text(part)
            blocks = [
                BytesHeaderParser().parsebytes(each.encode())
                for each in re.split(r"\r?\n\s*?\n", text, maxsplit=_PARTS)
            ]
        fields = ({name.lower(): _decoded(value) for name, value in block.items()} for block in blocks)
        return [block for block in fields if {"final-recipient", "original-recipient", "action", "status"} & set(block)]

    @property
    def everything(self) -> str:
        """Return all text of the mail, including the returned letter, in which a bounce names the letter."""
        found: list[str] = []
        for _count, part in zip(range(_NESTED), self.message.walk(), strict=False):
            found += [f"{name}: {_decoded(value)}" for name, value in part.items() if name.lower() != "received"]
            found += [] if part.is_multipart() else [_text(part)]
        return "\n".join(found)


def letters_named(text: str) -> Sequence[tuple[int, str]]:
    """Return the number and the token of each letter that a text names, in order.

    The token is in small letters, '' if there is none.
    """
    return [(int(number), token.casefold()) for number, token in _LETTER.findall(re.sub(r"=\r?\n", "", text))]


def addresses_in(text: str) -> Sequence[str]:
    """Return the e-mail addresses in a text, in the form of `compared`."""
    return [compared(found) for found in _ADDRESS.findall(text)]


def compared(address: str) -> str:
    """Return an address in a form in which two can be compared: in small letters, with its domain in ASCII."""
    local, _at, domain = address.strip(" .").casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def _inner(message: Message) -> Sequence[Message]:
    inner = message.get_payload()
    return [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else []


def _own_parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail, without containers, and without the parts of attached mails."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in _inner(message):
            yield from _own_parts(part)
    else:
        yield message


def _decoded(value: object) -> str:
    """Return the value of a head as text on one line; what names no known encoding is read as well as it can be.

    Characters that no database takes are replaced, which encoded words may hold.
    """
    if isinstance(value, Header):  # it has letters that no head may have, as many programs send them
        words = "".join(_read(raw, None) for raw, _charset in decode_header(value))
    else:
        words = str(value)[:_HEAD].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        with suppress(ValueError):
            pieces: Sequence[tuple[bytes | str, str | None]] = decode_header(words)
            words = "".join(_read(text, charset) if isinstance(text, bytes) else text for text, charset in pieces)
    stored: str = storable(" ".join(words.split())[:_HEAD])
    return stored


def _without_files(heads: bytes, body: bytes) -> bytes:
    """Return the body of a mail without most of each file, so that words below large photos are read too."""
    kept, encoded = [], 0
    kind = _TYPE.search(heads)
    for line in body.split(b"\n"):
        kind = _TYPE.match(line) or kind
        encoded = encoded + 1 if kind and not kind[1] and _ENCODED.fullmatch(line) else 0
        if encoded <= _LINES:
            kept.append(line)
    return b"\n".join(kept)


def _text(part: Message) -> str:
    """Return the beginning of the text of a part; '' if the part is no text."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or part.get_content_maintype() not in ("text", "message"):
        return ""
    words = _read(content, part.get_content_charset())
    words = _page_text(words) if part.get_content_subtype() == "html" else words
    stored: str = storable(words[:_TEXT])
    return re.sub("[\xa0\u202f]", " ", stored.replace("\r\n", "\n").replace("\u200b", ""))


def _read(content: bytes, charset: str | None) -> str:
    """Return bytes as text. Mails call UTF-8 and Windows letters by wrong names: what reads as UTF-8 is UTF-8."""
    named = (charset or "").lower()
    seven_bits = named.startswith(("utf-7", "unicode-1-1-utf-7", "iso-2022", "hz", "utf-16", "utf_7", "utf7"))
    latin = named in ("", "iso-8859-1", "us-ascii", "latin1", "latin-1")  # the letters of Windows are meant
    for encoding in (named, "utf-8-sig") if seven_bits else ("utf-8-sig", "cp1252" if latin else named, "cp1252"):
        try:
            return content.decode(encoding)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _page_text(page: str) -> str:
    """Return the beginning of the text of HTML, its quotes marked with «>»; <div> ends no empty line.

    Each letter is read once: what is unseen, but has no end, is not sought again, and is seen.
    """
    pieces: list[str] = []
    ends = dict(_UNSEEN)
    quoted = at = begun = size = 0
    while size < _TEXT and (tag := _TAG.search(page, at)):
        pieces.append(html.unescape(page[at : tag.start()]))
        at, begun, size = tag.end(), begun or len(pieces[-1].strip()), size + len(pieces[-1]) + 1
        name = (tag[1] or tag[3] or "").lower()
        if name in ends and not tag[2] and (end := ends.pop(name).search(page, at)):
            at, ends[name] = end.end(), _UNSEEN[name]
        quoted = max(0, quoted + (-1 if tag[2] else 1) * (name == "blockquote"))
        if name in _BREAKS and (name != "div" or quoted or begun):
            begun = 0
            pieces.append("\0> " if quoted else "\0")
    pieces.append(html.unescape(page[at : at + max(0, _TEXT - size)]))
    return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\0"))

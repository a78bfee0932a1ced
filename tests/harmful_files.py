"""Files that a person may send, small and made so that reading them never ends, or takes all memory there is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def workbook(
    rows: bytes = b"",
    *,
    strings: bytes = b"",
    formats: bytes = b"",
    sheets: int = 1,
    prologue: bytes = b"",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """An XLSX file of these rows, as XML; `prologue` stands before the sheet's first element."""
    target = io.BytesIO()
    named = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, sheets + 1))
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KINDS}.sharedStrings+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/></Types>',
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
            ),
        }.items():
            archive.writestr(name, content)
        styles = b"<numFmts/><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
        styles += b"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>%s</cellXfs>" % (formats or b"<xf/>")
        archive.writestr("xl/styles.xml", f"{_HEAD}<styleSheet {_MAIN}>".encode() + styles + b"</styleSheet>")
        archive.writestr("xl/sharedStrings.xml", f"{_HEAD}<sst {_MAIN}>".encode() + strings + b"</sst>")
        sheet = f"<worksheet {_MAIN}><sheetData>".encode() + rows + b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", _HEAD.encode() + prologue + sheet)
    return target.getvalue()


def _relations(*to: tuple[str, str]) -> str:
    told = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(to, 1)
    )
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{told}</Relationships>'


def _lying() -> bytes:
    """A workbook whose directory says that its sheet is a hundred bytes long."""
    data = bytearray(workbook(b"<row/>" * 100_000))
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def _bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{entities}]>'.encode()


WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    "a row far away": lambda: workbook(b'<row r="99999999999"><c t="str"><v>x</v></c></row>'),
    "a cell far away": lambda: workbook(b'<row r="1"><c r="ZZZZZZZZ1" t="str"><v>x</v></c></row>'),
    "blank rows": lambda: workbook(b"<row/>" * 1_100_000),
    "cells in one row": lambda: workbook(b"<row>" + b"<c/>" * 1_600_000 + b"</row>"),
    "ten thousand columns": lambda: workbook((b"<row>" + b'<c t="b"><v>1</v></c>' * 10_000 + b"</row>") * 60),
    "shared strings": lambda: workbook(strings=b"<si><t>x</t></si>" * 800_000),
    "styles": lambda: workbook(formats=b"<xf/>" * 1_600_000),
    "attributes": lambda: workbook(b"<row " + b" ".join(b'a%d=""' % n for n in range(60_000)) + b"/>"),
    "one long text": lambda: workbook(b'<row><c t="str"><v>' + b"x" * 52_000_000 + b"</v></c></row>"),
    "a long comment": lambda: workbook(b"<!--" + b">" * 1_000_000 + b"-->"),
    "deep elements": lambda: workbook(b"<a>" * 100_000),
    "sheets": lambda: workbook(sheets=200_000),
    "entities in entities": lambda: workbook(b'<row><c t="str"><v>&e9;</v></c></row>', prologue=_bomb()),
    "a size that is not true": _lying,
    "packed otherwise": lambda: workbook(b"<row/>" * 100_000, compression=zipfile.ZIP_BZIP2),
    "a huge number": lambda: workbook(b"<row><c><v>" + b"9" * 1_000_000 + b"</v></c></row>"),
}
"""Workbooks of no more than a megabyte each, made when asked for."""


def _table(cell: str) -> bytes:
    return f"ref;given name;family name;country;note\nR-1;Zoé;Roux;FR;{cell}\n".encode()


TABLES: Mapping[str, Callable[[], bytes]] = {
    "a long first line": lambda: b"ref," + b"x" * 131_073,
    "a long cell": lambda: _table("x" * 131_073),
    "a long number that is none": lambda: _table("1" * 100_000 + "x"),
    "blank lines": lambda: b"\n" * 1_100_000,
    "columns": lambda: b";" * 1_900_000,
    "headings": lambda: b"aa;" * 600_000,
    "joiners": lambda: _table(";".join(["\u200d" * 131_000] * 4)),
    "marks over marks": lambda: _table(";".join(["a" + "\u0315\u0300" * 60_000] * 7)),
}
"""Tables as CSV, each below two megabytes."""


def _calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""]).encode()


def _session(*lines: str, zone: str = "Europe/Paris", number: int = 1) -> list[str]:
    times = [f"DTSTART;TZID={zone}:20270610T090000", f"DTEND;TZID={zone}:20270610T100000"]
    return ["BEGIN:VEVENT", f"UID:{number}", "SUMMARY:A", *times, *lines, "END:VEVENT"]


def _zone(*observances: str) -> list[str]:
    each = ["BEGIN:STANDARD", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100"]
    told = [line for said in observances for line in (*each, *said.split(), "END:STANDARD")]
    return ["BEGIN:VTIMEZONE", "TZID:Nowhere/At/All", *told, "END:VTIMEZONE"]


_OFTEN = "DTSTART:16010101T000000 RRULE:FREQ=SECONDLY"
_MANY = "DTSTART:00010101T000000 RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=1SU"

CALENDARS: Mapping[str, Callable[[], bytes]] = {
    "categories": lambda: _calendar(*_session("CATEGORIES:" + "x," * 900_000)),
    "lines of categories": lambda: _calendar(*_session(*["CATEGORIES:x"] * 120_000)),
    "categories of every session": lambda: _calendar(
        *(line for n in range(450) for line in _session("CATEGORIES:" + "ab," * 1_300, number=n))
    ),
    "sessions": lambda: _calendar(*["BEGIN:VEVENT", "END:VEVENT"] * 70_000),
    "alarms": lambda: _calendar(*_session(*["BEGIN:VALARM", "END:VALARM"] * 70_000)),
    "nesting": lambda: _calendar(*["BEGIN:VCALENDAR"] * 100_000),
    "a repetition by the second": lambda: _calendar(*_session("RRULE:FREQ=SECONDLY;COUNT=99999999")),
    "a zone that changes by the second": lambda: _calendar(*_zone(_OFTEN), *_session(zone="Nowhere/At/All")),
    "a zone of many rules": lambda: _calendar(
        *_zone(*[_MANY] * 4_000), *(line for n in range(450) for line in _session(zone="Nowhere/At/All", number=n))
    ),
    "a zone of many days": lambda: _calendar(
        *_zone("DTSTART:19720101T000000 " + "RDATE:20000101T000000,20010101T000000 " * 40_000),
        *_session(zone="Nowhere/At/All"),
    ),
    "a zone with a long name": lambda: _calendar(*_session(zone="/" + "a/" * 400_000)),
    "long words": lambda: _calendar(*_session("LOCATION:a" + "\u0315\u0300" * 400_000)),
}
"""Calendars, each below two megabytes."""

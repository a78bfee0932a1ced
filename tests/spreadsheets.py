"""Spreadsheets to send."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from openpyxl import Workbook


def xlsx(*rows: Sequence[object]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.worksheets[0].append(list(row))
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def ods(sheets: str, styles: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """Return a spreadsheet as LibreOffice saves it; `sheets` and `styles` are its XML, `parts` what else is in it."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f"<office:document-content{names}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        for name, part in (parts or {}).items():
            made.writestr(name, part, zipfile.ZIP_DEFLATED)
    return target.getvalue()

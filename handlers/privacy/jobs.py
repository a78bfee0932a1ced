"""What one's data become in another process: a page to read, and a file for programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.content.texts import Reader, _, plain
from bot.files.folder import Files
from bot.people.document import as_json
from handlers.privacy import data_page

_JSON = "application/json"


def make_files(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document as a page to read, and for programs, made in another process."""
    reader = Reader(*payload["reader"])
    page = data_page.draw(
        payload["document"], payload["beside"], reader, Files(Path(payload["folder"])), payload["gathering"]
    )
    name = plain(_("my-data"), reader)
    return {"files": ((f"{name}.html", page, "text/html"), (f"{name}.json", as_json(payload["document"]), _JSON))}

"""Reads a programme's file in another process, because this may take long."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from bot.config.modules import load_audiences
from bot.content.texts import Reader
from handlers import CAPABILITIES
from handlers.navigation.tables import to_correct
from handlers.programme.files.parsing import MOST_SESSIONS, ProgrammeRules, is_calendar
from handlers.programme.files.reading import read_programme


def read_file(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the file's sessions and mistakes, and for a table with mistakes a copy that marks them.

    Keys of `payload`: the file's `content` (base64), its `name`, the `rules`, and the sender's locale and zone
    (`reader`). Keys of the result: `programme`, `file` (the marked copy; None if there is none) and `sent`, copied from
    `payload`.
    """
    load_audiences(CAPABILITIES)  # another process may know none yet
    content = b64decode(payload["content"])
    programme = read_programme(content, payload["name"], ProgrammeRules(**payload["rules"]))
    file = None
    if not is_calendar(content):  # which nobody corrects by hand
        file = to_correct(content, programme.problems, Reader(*payload["reader"]), MOST_SESSIONS)
    return {"programme": programme, "file": file, "sent": payload["sent"]}

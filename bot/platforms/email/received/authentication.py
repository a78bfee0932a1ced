"""Reads what the mail server that received a mail says about its sender: SPF, DKIM and DMARC (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.platforms.email.received.mail import Mail

_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)")


def authentication(mail: Mail) -> Mapping[str, str]:
    """Return the results of the methods «spf», «dkim» and «dmarc» that the server named, such as «pass» or «fail».

    Only the server that added the topmost header is believed, because anybody can write such a header into a mail. If a
    mail has several signatures, one that passes is enough.
    """
    results: dict[str, str] = {}
    heads = [_COMMENT.sub("", head) for head in mail.heads("Authentication-Results").casefold().splitlines()]
    server = heads[0].partition(";")[0].strip() if heads else ""
    for head in heads:
        by, _semicolon, said = head.partition(";")
        if by.strip() == server:
            for method, result in _RESULT.findall(said):
                if results.get(method) != "pass":
                    results[method] = result
    return results

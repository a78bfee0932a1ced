"""Addresses of pages as organisers type them."""

from __future__ import annotations

import pytest

from bot.content.addresses import leads_somewhere


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://ofqj.org", True),
        ("https://www.ofqj.org/a?b=c#d", True),
        ("https://example.org:8443/", True),
        ("https://exa_mple.example.org", True),
        ("https://é.example.org/é", True),
        ("https://example.org./", True),
        ("https://127.0.0.1/", True),
        ("", False),
        ("https://", False),
        ("https://intranet/", False),
        ("http://example.org", False),
        (" https://example.org", False),
        ("https://example.org/a b", False),
        ("https://example.org/\u200b", False),
        ("https://[example.org/", False),
        ("https://[::1]/", False),
        ("https://example.org:port/", False),
        ("https://example..org/", False),
        (f"https://{'a' * 64}.org/", False),
    ],
)
def test_a_link_is_what_no_platform_would_choke_on(url: str, right: bool) -> None:
    assert leads_somewhere(url) is right

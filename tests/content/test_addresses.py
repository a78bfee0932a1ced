"""Addresses of pages as organisers type them."""

from __future__ import annotations

import pytest

from bot.content.addresses import leads_somewhere


@pytest.mark.parametrize(
    "url",
    [
        "https://ofqj.org",
        "https://www.ofqj.org/a?b=c#d",
        "https://example.org:8443/",
        "https://exa_mple.example.org",
        "https://é.example.org/é",
        "https://example.org./",
        "https://127.0.0.1/",
    ],
)
def test_a_link_may_lead_there(url: str) -> None:
    assert leads_somewhere(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https://intranet/",
        "http://example.org",
        " https://example.org",
        "https://example.org/a b",
        "https://example.org/\u200b",
        "https://[example.org/",
        "https://[::1]/",
        "https://example.org:port/",
        "https://example..org/",
        f"https://{'a' * 64}.org/",
    ],
)
def test_what_a_platform_would_choke_on_is_no_link(url: str) -> None:
    assert not leads_somewhere(url)

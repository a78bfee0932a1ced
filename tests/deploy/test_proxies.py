"""What deploy/machines has of proxies before several machines, read against what the program does there.

No proxy runs here.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.config.settings import LimitSettings, WebSettings
from bot.content.features import platforms
from bot.monitoring import health
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.platforms.web.faults import BODY
from bot.platforms.web.page_routes import BEAT

ROOT = Path(__file__).parents[2]
CADDY = (ROOT / "deploy/machines/Caddyfile").read_text("utf-8")
NGINX = (ROOT / "deploy/machines/nginx.conf").read_text("utf-8")
MANUAL = (ROOT / "docs/hebergement.md").read_text("utf-8")

each_proxy = pytest.mark.parametrize("text", [CADDY, NGINX], ids=["Caddy", "nginx"])


def value(text: str, name: str) -> str:
    """What the one line says that begins with this word."""
    [line] = re.findall(rf"^\s*{name} (.*?);?$", text, re.MULTILINE)
    return str(line)


def seconds(text: str, name: str) -> float:
    return float(value(text, name).removesuffix("s"))


@each_proxy
def test_three_machines_are_asked_where_they_listen_for_pages_and_webhook(text: str) -> None:
    addresses = re.findall(r"\b(10\.[0-9.]+):(\d+)", text)
    assert len({host for host, _port in addresses}) == 3
    assert {int(port) for _host, port in addresses} == {WebSettings().port}
    assert f"https://rencontres.example.org{WEBHOOK_PATH}" in MANUAL
    assert "rencontres.example.org" in text


def test_no_personal_link_is_logged() -> None:
    assert re.findall(r"^\s*(log|exclude)\b(.*)$", CADDY, re.MULTILINE) == [
        ("log", " {"),
        ("exclude", " http.log.error"),
    ]
    assert value(NGINX, re.escape("~*/(p|ecran)/")) == "0"
    assert value(NGINX, "access_log").endswith(" if=$rencontres_logged")
    assert value(NGINX, "error_log").endswith(" crit")


@each_proxy
def test_idle_connections_are_let_go_of_before_the_program_closes_them(text: str) -> None:
    name = "keepalive" if text is CADDY else "keepalive_timeout"
    assert 1 < seconds(text, name) < LimitSettings().headers
    assert f"idle for {LimitSettings().headers:g} s" in text


def test_what_people_may_send_is_passed_on() -> None:
    assert int(value(CADDY, "max_size").removesuffix("MB")) * 1000**2 == BODY
    assert BODY <= int(value(NGINX, "client_max_body_size").removesuffix("m")) * 1024**2 < BODY * 1.1


def test_caddy_asks_for_the_health_of_the_pages_alone() -> None:
    asked = urlsplit(value(CADDY, "health_uri"))
    assert asked.path == health.PATH
    assert parse_qs(asked.query) == {"part": ["web"]}
    assert "web" in platforms()
    assert seconds(CADDY, "health_timeout") > health._PATIENCE, "it says that the store is away before that"


def test_nginx_waits_for_the_next_beat_of_a_page_and_passes_the_name_on() -> None:
    assert seconds(NGINX, "proxy_read_timeout") > 2 * BEAT
    assert f"every {BEAT:g} s" in NGINX
    assert "proxy_set_header Host $host;" in NGINX

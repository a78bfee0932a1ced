"""`rencontres check`: a line for each thing a start needs."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli.checking import check
from bot.config import setting_store
from bot.database.opening import open_store
from bot.rehearsal.botapi import TOKEN, BotApi, TelegramGroup
from tests.shell import Shell, change

EXAMPLE = (
    *("--name", "Rencontres francophones de l’innovation sociale", "--zone", "Europe/Paris"),
    *("--starts", "2027-06-10", "--ends", "2027-06-12"),
)
ROOT = Path(__file__).parents[2]
SVG = 'xmlns="http://www.w3.org/2000/svg"'
WRONG = "123456789:BB-a-token-that-opens-nothing-at-all"


def telegram(configured: Path, api: BotApi, token: str = TOKEN, more: str = "") -> None:
    """Turn Telegram on in config.toml."""
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[telegram]\ntoken = "{token}"\napi_base = "{api.root}"\n{more}\n')


def test_an_empty_folder_is_told_what_it_lacks(shell: Shell, folder: Path) -> None:
    checked = shell("check")
    assert checked.exit_code == 1
    assert "failed  platforms     none is turned on -> set a token for Telegram or Discord" in checked.stdout
    assert "off     telegram      no token" in checked.stdout
    assert list(folder.iterdir()) == []  # nothing is made by looking


def test_a_configuration_under_another_name_is_told_how_to_be_found(shell: Shell, configured: Path) -> None:
    (configured / "config.toml").rename(configured / "config.toml.txt")
    found = (
        "warning configuration no config.toml, but config.toml.txt: it is not read -> mv config.toml.txt config.toml"
    )
    assert found in shell("check").stdout


def test_what_is_no_database_is_moved_away_as_told(shell: Shell, configured: Path) -> None:
    (configured / "rencontres.db").write_text("a text that is no database, and long enough to be read as one" * 20)
    told = "-> move rencontres.db away, then rencontres restore BACKUP; without a backup the next start makes a new one"
    assert told in shell("check").stdout
    (configured / "rencontres.db").rename(configured / "away.db")
    assert shell("check").exit_code == 0


def test_a_good_configuration_is_well(shell: Shell, configured: Path) -> None:
    checked = shell("check")
    assert checked.exit_code == 0
    assert [line.split()[:2] for line in checked.stdout.splitlines()] == [
        ["ok", "configuration"],
        ["ok", "locales"],
        ["ok", "database"],
        ["ok", "files"],
        ["ok", "themes"],
        ["off", "telegram"],
        ["off", "discord"],
        ["off", "email"],
        ["ok", "web"],
        ["ok", "clock"],
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[web]", "[wep]", "failed  configuration wep: unknown key, did you mean «web»? -> line 19: write [web]"),
        ('fr = "La cité.", ', "", "warning themes        civic has no description in fr"),
        ("telegram = [900]", "", "warning configuration no first organiser is named"),
        (
            "starts = 2027-06-09\nends = 2027-06-13",
            "starts = 2025-06-09\nends = 2025-06-11",
            "warning configuration the gathering ended on 2025-06-11 -> write the days of yours",
        ),
        (
            'port = 0\npublic_url = "https://rencontres.example.org"',
            'port = 8080\npublic_url = "https://localhost"',
            'under [web] write public_url = "http://localhost:8080"',
        ),
        ("https://rencontres", "http://rencontres", "failed  web           http://rencontres.example.org is not"),
        ("https://rencontres", "https://[::1", "failed  configuration web.public_url: this is not a web address"),
        ("https://rencontres", r"https://x\r\nSet-Cookie: a=b", "failed  configuration web.public_url: this is no"),
        (
            "[web]",
            '[storage]\nurl = "sqlite:///nowhere/r.db"\n[web]',
            "failed  database      nowhere/r.db cannot be created -> make nowhere a folder",
        ),
        (
            "[web]",
            '[storage]\nurl = "postgresql://bot:secret-word@127.0.0.1:1/r"\n[web]',
            "failed  database      postgresql://[hidden]@127.0.0.1:1/r cannot be used",
        ),
    ],
)
def test_what_is_wrong_is_named(shell: Shell, configured: Path, before: str, after: str, said: str) -> None:
    change(configured / "config.toml", before, after)
    checked = shell("check")
    assert said in checked.stdout
    assert checked.exit_code == int("failed" in said)


@pytest.mark.parametrize(
    ("drawing", "problem"),
    [
        (None, "cannot be read: No such file or directory -> correct its path"),
        ("<html/>", "is not a PNG, JPEG or SVG, or it is damaged -> use a PNG"),
        (f'<svg {SVG} width="0" height="0"/>', "cannot be drawn on slides and prints -> save it again"),
        (f'<svg {SVG}><text y="9">R</text></svg>', "contains text, which prints leave out -> convert it to paths"),
        (f'<svg {SVG}><path d="M0 0h9v9z"/></svg>', ""),
    ],
)
def test_a_logo_that_is_not_shown_everywhere_is_named(
    shell: Shell, configured: Path, drawing: str | None, problem: str
) -> None:
    change(configured / "config.toml", 'name = "Rencontres"', 'name = "Rencontres"\nlogo = "logo.svg"')
    if drawing:
        (configured / "logo.svg").write_text(drawing, encoding="utf-8")
    checked = shell("check")
    warnings = [line for line in checked.stdout.splitlines() if line.startswith("warning")]
    expected = f"warning configuration gathering.logo: {configured / 'logo.svg'} {problem}"
    assert (len(warnings), checked.exit_code) == (int(problem != ""), 0)
    assert all(line.startswith(expected) for line in warnings)


def test_days_that_nobody_wrote_are_told(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"
    said = "gathering.starts and gathering.ends missing: the days are 2027-06-10 to 2027-06-12, as in the example"
    config.write_text(re.sub(r"(?m)^(starts|ends) = \d{4}-\d\d-\d\d\n", "", config.read_text("utf-8")), "utf-8")
    assert f"warning configuration {said} -> write yours" in shell("check").stdout


def test_what_stands_as_in_the_example_is_told(shell: Shell, configured: Path) -> None:
    shell("init", "--force", *EXAMPLE, "--page", "https://r.example.org", "--token", "", "--organiser", "7")
    with (configured / "config.toml").open(encoding="utf-8") as file:
        text = file.read().replace("# guild_id =", "guild_id =")
    (configured / "config.toml").write_text(text, encoding="utf-8")
    said = [line for line in shell("check").stdout.splitlines() if "still has the example's value" in line]
    assert [line.split()[2] for line in said] == [
        "gathering.name", "gathering.starts", "gathering.ends", "discord.guild_id",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "token"),
    [("telegram", "@RencontresBot"), ("telegram", "12345678:AA BB"), ("discord", "123456789012345678")],
)
def test_a_token_that_is_not_whole_is_told_offline(shell: Shell, configured: Path, platform: str, token: str) -> None:
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[{platform}]\ntoken = "{token}"\n')
    checked = shell("check")
    assert f"failed  {platform:14}the token is incomplete" in checked.stdout
    assert token not in checked.output


def test_a_configuration_that_others_can_read_is_told(shell: Shell, configured: Path) -> None:
    (configured / "config.toml").chmod(0o644)
    assert "-> chmod 600 config.toml" in shell("check").stdout


def test_a_configuration_of_root_may_be_read_by_the_programs_own_group(
    shell: Shell, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured / "config.toml").chmod(0o640)
    assert "-> chmod 600 config.toml" in shell("check").stdout, "its owner's group may be everybody"
    monkeypatch.setattr(os, "geteuid", lambda: (configured / "config.toml").stat().st_uid + 1)
    assert "ok      configuration config.toml" in shell("check").stdout
    assert "other users of this machine can read it" not in shell("check").stdout
    (configured / "config.toml").chmod(0o644)
    assert "-> chmod 640 config.toml" in shell("check").stdout, "by chmod 600 it would lock itself out"
    monkeypatch.setattr(os, "getegid", lambda: (configured / "config.toml").stat().st_gid + 1)
    assert f"-> chown {os.geteuid()} config.toml; chmod 600 config.toml" in shell("check").stdout


def test_the_environment_can_name_the_configuration(
    shell: Shell, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured / "config.toml").rename(configured / "other.toml")
    monkeypatch.setenv("RENCONTRES_CONFIG", "other.toml")
    assert "ok      configuration other.toml" in shell("check").stdout
    assert "third.toml cannot be read" in shell("check", "--config", "third.toml").stdout


def test_the_database_is_looked_at_and_not_changed(shell: Shell, configured: Path) -> None:
    shell("config", "diff")  # makes it
    assert "ok      database      sqlite:///rencontres.db, up to date" in shell("check").stdout
    database = sqlite3.connect(configured / "rencontres.db")
    database.execute("INSERT INTO schema_version VALUES (900, '900_later.sql')")
    database.commit()
    newer = shell("check")
    assert newer.exit_code == 1
    assert "failed  database      the database was migrated by 900_later.sql" in newer.stdout
    database.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_on_this_machine_behind_another_port_is_told(shell: Shell, configured: Path, host: str) -> None:
    config = configured / "config.toml"
    text = config.read_text("utf-8").replace("https://rencontres.example.org", f"http://{host}:8765")
    config.write_text(text.replace("port = 0", "port = 8080"), encoding="utf-8")
    said = " ".join(shell("check").stdout.split())
    assert f"http://{host}:8765 leads to port 8765, and the program listens on 8080" in said
    assert "-> under [web] write port = 8765" in said


def test_another_telephone_than_people_read_is_told(shell: Shell, configured: Path) -> None:
    shell("config", "diff")  # makes the database
    config = configured / "config.toml"
    config.write_text(f'{config.read_text("utf-8")}\n[safety]\ntelephone = "+33 6 12 34 56 78"\n', encoding="utf-8")
    shell("config", "diff", "--apply")
    assert "telephone on call" not in shell("check").stdout
    config.write_text(config.read_text("utf-8").replace("56 78", "56 79"), encoding="utf-8")
    said = "people read +33 6 12 34 56 78, config.toml says +33 6 12 34 56 79"
    assert said in " ".join(shell("check").stdout.split())


def test_an_older_database_is_brought_up_to_date_by_the_next_start(shell: Shell, unstarted: Path) -> None:
    database = sqlite3.connect(unstarted / "rencontres.db")
    assert "sqlite:///rencontres.db, empty: the next start creates its tables\n" in shell("check").stdout
    assert database.execute("SELECT * FROM sqlite_schema").fetchall() == []
    database.close()
    assert shell("outbox").exit_code == 0
    database = sqlite3.connect(unstarted / "rencontres.db")
    [(version, name)] = database.execute("SELECT version, name FROM schema_version ORDER BY version DESC LIMIT 1")
    database.execute("DELETE FROM schema_version WHERE version = ?", (version,))
    database.commit()
    database.close()
    assert f"sqlite:///rencontres.db; the next start runs {name}\n" in shell("check").stdout


async def test_telegram_is_asked(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with BotApi() as api:
        forum = TelegramGroup(api, "Les groupes", forum=True)
        telegram(configured, api, more=f"forum_chat_id = {forum.chat.id}")
        assert await check(None)
    shown = capsys.readouterr().out
    assert "ok      telegram      the token belongs to @rencontres_bot" in shown
    assert "ok      telegram      updates arrive by polling" in shown
    assert "ok      telegram      the forum is «Les groupes», where the bot can make topics" in shown
    assert "ok      clock         correct according to 127.0.0.1" in shown
    assert TOKEN not in shown


async def test_a_wrong_token_is_told_and_never_shown(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with BotApi() as api:
        telegram(configured, api, token=WRONG)
        assert not await check(None)
    shown = capsys.readouterr()
    assert "failed  telegram      the token is refused -> copy it again from @BotFather" in shown.out
    assert WRONG not in shown.out + shown.err


async def test_a_group_without_topics_is_no_forum(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with BotApi() as api:
        group = TelegramGroup(api, "Les groupes")
        telegram(configured, api, more=f"forum_chat_id = {group.chat.id}")
        assert not await check(None)
    assert "failed  telegram      «Les groupes» has no topics" in capsys.readouterr().out


async def test_rights_that_lack_in_the_forum_are_named(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with BotApi() as api:
        forum = TelegramGroup(api, "Les groupes", forum=True)
        forum.chat.rights -= {"can_manage_topics", "can_pin_messages"}
        telegram(configured, api, more=f"forum_chat_id = {forum.chat.id}")
        assert not await check(None)
        forum.chat.rights.clear()
        assert not await check(None)
    shown = capsys.readouterr().out
    assert "in «Les groupes», the bot lacks the rights: Manage Topics, Pin Messages -> make it" in shown
    assert "in «Les groupes», the bot lacks the rights: Manage Topics, Invite Users via Link, Pin Messages" in shown


async def test_telegram_out_of_reach_is_told(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with BotApi() as api:
        telegram(configured, api)
    assert not await check(None)
    shown = capsys.readouterr().out
    assert f"failed  telegram      {api.root} does not answer" in shown
    assert "ok      clock         the gathering is in Europe/Paris; not checked" in shown
    assert TOKEN not in shown


async def test_a_clock_that_is_wrong_is_told(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(headers={"Date": "Tue, 01 Jan 2030 00:00:00 GMT"})

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[telegram]\ntoken = "{TOKEN}"\napi_base = "http://127.0.0.1:{runner.addresses[0][1]}"\n')
    assert not await check(None)
    await runner.cleanup()
    assert "behind 127.0.0.1 -> synchronise it" in capsys.readouterr().out


def test_a_database_that_others_may_read_is_not_well_until_the_next_start(shell: Shell, configured: Path) -> None:
    database = configured / "rencontres.db"
    assert shell("outbox").exit_code == 0
    (configured / "files").mkdir(mode=0o755)
    database.chmod(0o644)
    checked = shell("check")
    assert checked.exit_code == 1
    assert "failed  database      other users of this machine can read it -> chmod 700 " in checked.stdout
    assert database.stat().st_mode & 0o777 == 0o644  # looking changes nothing
    assert shell("outbox").exit_code == 0
    assert database.stat().st_mode & 0o777 == 0o600


def test_a_port_that_is_taken_is_found_before_the_start(shell: Shell, configured: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        change(configured / "config.toml", "port = 0", f"port = {port}")
        checked = shell("check")
        ran = shell("run")
    said = f"cannot listen on 127.0.0.1:{port}, another program is listening there"
    remedy = "stop it, or change web.port"
    assert f"failed  web           {said} -> {remedy}" in checked.stdout
    assert ran.exit_code == 1
    assert ran.stderr.splitlines()[-1].startswith(f"Error: web: {said}: {remedy}.")
    assert "Traceback" not in ran.stderr


async def test_only_this_gatherings_own_program_may_hold_its_port(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = "another"

    async def health(request: web.BaseRequest) -> web.Response:
        return web.json_response({"store": "answers", "ours": request.query["supposed"] == installed})

    runner = web.ServerRunner(web.Server(health))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    change(configured / "config.toml", "port = 0", f"port = {port}")
    assert not await check(None)  # before it ever ran here
    store = await open_store("sqlite:///rencontres.db")
    installation = await store.transact(setting_store.name_installation)
    await store.close()
    assert not await check(None)
    installed = installation
    assert await check(None)
    await runner.cleanup()
    lines = [line for line in capsys.readouterr().out.splitlines() if " web " in line]
    taken = f"failed  web           cannot listen on 127.0.0.1:{port}, another program is listening there"
    assert [line.startswith(taken) for line in lines] == [True, True, False]
    assert lines[2].endswith(f"served from 127.0.0.1:{port}, where it runs now")


@pytest.mark.parametrize(
    "secret", ["s3cret", "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "un-été-à-la-mer-2027", "with blank in it"]
)
def test_a_webhook_secret_that_can_be_guessed_is_refused(shell: Shell, configured: Path, secret: str) -> None:
    more = f'mode = "webhook"\nwebhook_url = "https://x.example/telegram/updates"\nwebhook_secret = "{secret}"'
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[telegram]\ntoken = "{TOKEN}"\n{more}\n')
    checked = shell("check")
    assert checked.exit_code == 1
    assert "telegram: webhook_secret must be hard to guess" in checked.stdout
    assert secret not in checked.stdout


def test_a_webhook_secret_that_stands_in_the_manual_is_refused(shell: Shell, configured: Path) -> None:
    manuals = [ROOT / "README.md", ROOT / "config.example.toml", *(ROOT / "docs").glob("*.md")]
    shown = [
        secret
        for manual in manuals
        for secret in re.findall(r'webhook_secret = "(.+?)"', manual.read_text(encoding="utf-8"))
    ]
    assert len(shown) >= 2
    before = (configured / "config.toml").read_text(encoding="utf-8")
    for secret in shown:
        more = f'mode = "webhook"\nwebhook_url = "https://x.example/telegram/updates"\nwebhook_secret = "{secret}"'
        (configured / "config.toml").write_text(f'{before}\n[telegram]\ntoken = "{TOKEN}"\n{more}\n', encoding="utf-8")
        checked = shell("check")
        assert checked.exit_code == 1
        assert "telegram: webhook_secret is still the example from the manual" in checked.stdout
        assert "secrets.token_urlsafe(32)" in checked.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "0:0:0:0:0:0:0:0", ""])
def test_a_server_on_every_address_is_warned_of(shell: Shell, configured: Path, host: str) -> None:
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[metrics]\nport = 9101\nhost = "{host}"\n')
    change(configured / "config.toml", "port = 0", f'port = 0\nhost = "{host}"')
    checked = shell("check")
    assert f"warning addresses     web.host = {host}: whoever reaches this machine reaches the port" in checked.stdout
    assert f"metrics.host = {host}: whoever reaches this machine can read the numbers" in checked.stdout


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 9101), ("::1", 9101), ("10.0.0.5", 9101), ("0.0.0.0", 0)])
def test_a_server_on_one_address_or_none_is_not(shell: Shell, configured: Path, host: str, port: int) -> None:
    with (configured / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[metrics]\nport = {port}\nhost = "{host}"\n')
    checked = shell("check")
    assert "ok      web" in checked.stdout
    assert "who reaches this machine" not in checked.stdout


@pytest.mark.parametrize(
    ("last_day", "state"), [("2099-12-31", "ok"), ("2020-12-31", "warning")], ids=["to come", "past"]
)
def test_whose_data_go_when_is_told_before_a_start(shell: Shell, configured: Path, last_day: str, state: str) -> None:
    config = configured / "config.toml"
    starts, ends = ("2098-06-10", "2098-06-12") if state == "ok" else ("2020-06-10", "2020-06-12")
    change(
        config,
        "starts = 2027-06-09\nends = 2027-06-13",
        f"retention_ends = {last_day}\nstarts = {starts}\nends = {ends}",
    )
    (configured / "people.csv").write_text("ref;prenom;nom;pays\nR-1;Zoé;Roy;FR\n", encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    [line] = [line for line in shell("check").stdout.splitlines() if " data " in line]
    assert line.startswith(f"{state:8}data          Taking part in the gathering: until ")
    assert "Everything about 1 person is erased." in line
    assert ("the team is warned for 14 days first" in line) == (state == "warning")

"""Settings of one installation: platforms, personal page, database, first organisers, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, SecretStr, create_model, model_validator

from bot.config.section import Section, Unfit

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
"""The characters and lengths that Telegram takes for a secret; 16 random letters are 96 bits, too many to guess."""
_DIFFERENT = 6
"""The fewest different characters in a secret. A random secret of 16 characters never has fewer."""
_PLACEHOLDERS = frozenset({"INSTEAD_OF_THIS_YOUR_OWN", "A_SA_PLACE_LE_TIEN"})
"""The words that docs/platforms.md and docs/hebergement.md show in place of a secret; everybody knows them."""
_MAKE_ONE = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def _readable(address: str) -> str:
    """Return an address, or '', if it begins with http and its parts can be parsed. Raises ValueError otherwise."""
    try:
        parts = urlsplit(address)
        whole = parts.port != -1 and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # `port` raises it, too, where it is no number
        whole = False
    if address and (not whole or " " in address or not address.isprintable()):
        raise ValueError("this is not a web address: write it like «https://rencontres.example.org»")
    return address


def _bare(token: SecretStr) -> SecretStr:
    """Return a token without the blanks and quotes around it, which come with it when it is copied."""
    return SecretStr(token.get_secret_value().strip("\"'“”«» \t\r\n"))


Token = Annotated[SecretStr, AfterValidator(_bare)]
Address = Annotated[str, AfterValidator(_readable)]


@dataclass(frozen=True, slots=True)
class SharedChannel:
    """A channel whose members can all read a message, so that one message, such as an announcement, reaches them all.

    `role` is the id of the role to mention in the message, '' for none.
    """

    platform: str
    chat: str
    role: str = ""


class TelegramSettings(Section):
    """The settings that say how to reach Telegram. Without a token, the program does not use Telegram."""

    token: Token = SecretStr("")
    api_base: Address = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: Address = ""
    webhook_secret: SecretStr = SecretStr("")
    forum_chat_id: int | None = None

    @model_validator(mode="after")
    def _webhook_complete(self) -> TelegramSettings:
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret.get_secret_value()):
            raise Unfit("mode = «webhook» needs webhook_url and webhook_secret too", (("mode",), "polling"))
        secret = self.webhook_secret.get_secret_value()
        if self.mode == "webhook" and secret in _PLACEHOLDERS:
            raise Unfit("webhook_secret is still the example from the manual, which anybody can read", remedy=_MAKE_ONE)
        if self.mode == "webhook" and not (_SECRET.fullmatch(secret) and len(set(secret)) >= _DIFFERENT):
            raise Unfit(
                "webhook_secret must be hard to guess, 16 to 256 of A-Z a-z 0-9 _ -: whoever has it can act as anybody",
                remedy=_MAKE_ONE,
            )
        return self


class DiscordSettings(Section):
    """The settings that say how to reach Discord. Without a token, the program does not use Discord.

    The ids are numbers that Discord shows.
    """

    token: Token = SecretStr("")
    guild_id: int | None = None
    welcome_channel_id: int | None = None
    groups_channel_id: int | None = None
    announcements_channel_id: int | None = None
    set_nickname: bool = True
    participant_role_id: int | None = None
    theme_roles: Mapping[str, int] = {}
    """Ids of Discord roles by label, which is a theme's key; people with a label get its role."""

    @property
    def welcome_link(self) -> str:
        """Return the address of the channel where people enter the code of their invitation; '' if none is set."""
        if not (self.guild_id and self.welcome_channel_id):
            return ""
        return f"https://discord.com/channels/{self.guild_id}/{self.welcome_channel_id}"

    def shared_channel(self, label: str | None) -> SharedChannel | None:
        """Return the channel for messages to everybody (`label` None), or to the people with a label (a theme's key).

        Returns None if there is no such channel, or if no Discord role is set by which people with the label are
        notified.
        """
        role = self.participant_role_id if label is None else self.theme_roles.get(label)
        if not (self.token and self.guild_id and self.announcements_channel_id) or (label is not None and role is None):
            return None
        return SharedChannel("discord", str(self.announcements_channel_id), str(role or ""))


PUSH_SERVICES = (
    "fcm.googleapis.com",  # Chrome, Edge on Android, Opera, Samsung Internet, Brave
    "*.push.services.mozilla.com",  # Firefox
    "*.push.apple.com",  # Safari
    "*.notify.windows.com",  # Edge
)
"""The hosts of the push services that browsers use."""


class WebSettings(Section):
    """The settings of web pages: where the server listens, and its public address.

    Without an address there are no pages. `push` lets pages notify people while they are closed. `push_services` are
    the hosts of push services; one that begins with «*.» stands for all hosts below it.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Address = ""
    push: bool = True
    push_services: tuple[str, ...] = PUSH_SERVICES

    @property
    def encrypted(self) -> bool:
        """Return whether the public address of the web pages begins with https."""
        return self.public_url.startswith("https:")

    @property
    def rings(self) -> bool:
        """Return whether web pages can notify people while they are closed.

        For this, `push` must be on and the public address must begin with https. Only in tests, whose push service runs
        on this machine, is http enough.
        """
        local = any("://" in service for service in self.push_services)
        return self.push and (self.encrypted or local)


_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-]+)*/?")


_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:]*)(:\d*)?")


def database_address(url: str) -> str:
    """Return the URL of a database unchanged, after checking that its parts cannot be confused.

    Raises ValueError if the password has characters with a meaning in URLs, so that the URL would be split at a wrong
    place. The error quotes nothing of the URL.
    """
    if url.startswith("sqlite:"):
        return url
    try:
        parts = urlsplit(url)
        parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        meant = False
    else:
        account, _at, hosts = parts.netloc.rpartition("@")
        meant = "@" not in account + parts.path and not parts.fragment
        meant = meant and all(_HOST.fullmatch(host) for host in hosts.split(","))
    if not meant:
        raise ValueError(
            "it cannot be read: write it like postgresql://user:password@host/database, and in the password %40 for @,"
            " %2F for /, %3A for :, %3F for ?, %23 for #, %25 for %"
        )
    return url


def _folder_or_bucket(files: str) -> str:
    if "://" in files and not _BUCKET.fullmatch(files):
        raise ValueError(f"{files!r} is neither a folder nor a bucket: write that like «s3://bucket/prefix»")
    return files


class StorageSettings(Section):
    """The settings that say where things are stored: the URL of the database, and the folder or bucket for files.

    `erasures` is the folder in which erasures are logged, needed only with PostgreSQL. `backup_days` says for how many
    days backups are kept, 0 if there are none; participants are told this number.
    """

    url: Annotated[str, Field(pattern=r"^(sqlite:///.|postgres(ql)?://)"), AfterValidator(database_address)] = (
        "sqlite:///rencontres.db"
    )
    files: Annotated[str, AfterValidator(_folder_or_bucket)] = ""
    erasures: str = ""
    backup_days: Annotated[int, Field(ge=0)] = 14

    @model_validator(mode="after")
    def _erasures_have_a_place(self) -> StorageSettings:
        if self.bucket and not (self.erasures or self.url.startswith("sqlite:")):
            raise Unfit(
                "with PostgreSQL and files in a bucket, set «erasures» too: the folder on this machine in which the bot"
                " notes who was erased",
                (("erasures",), "erasures"),
            )
        return self

    @property
    def bucket(self) -> str | None:
        """Return the address of the bucket for photos and documents, «s3://bucket/prefix»; None if a folder is used."""
        return self.files if self.files.startswith("s3://") else None

    @property
    def folder(self) -> Path:
        """Return the folder for photos and documents, even if a bucket is used instead.

        It is the setting `files`; if that is a bucket or empty, it is «files» beside the SQLite file or in the current
        folder.
        """
        if self.files and not self.bucket:
            return Path(self.files)
        if self.url.startswith("sqlite:///"):
            return Path(self.url.removeprefix("sqlite:///")).absolute().parent / "files"
        return Path("files")


def _sendable(value: str) -> str:
    """Return a setting that is sent in the head of each request, without the spaces and line ends around it.

    Raises ValueError where it cannot be sent. The value is not in the error: it may be a secret.
    """
    value = value.strip()
    if not (value.isascii() and value.isprintable()):
        raise Unfit("it contains a character that is not printable ASCII", remedy="copy it again, without line breaks")
    return value


def _sendable_secret(secret: SecretStr) -> SecretStr:
    return SecretStr(_sendable(secret.get_secret_value()))


class S3Settings(Section):
    """The settings of the bucket for files: its server's address ('' for Amazon's), its region, and the credentials.

    Without credentials, the program looks for them where Amazon's own programs do.
    """

    endpoint: Address = ""
    region: Annotated[str, AfterValidator(_sendable)] = ""
    access_key: Annotated[SecretStr, AfterValidator(_sendable_secret)] = SecretStr("")
    secret_key: Annotated[SecretStr, AfterValidator(_sendable_secret)] = SecretStr("")


_ONE_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,252}\.[^\s@<>,;:\"()\[\]\\.]{2,63}")


def one_mailbox(address: str) -> str:
    """Return an e-mail address, or '', without spaces around it. Raises ValueError for anything but one address."""
    address = address.strip()
    if address and not (_ONE_ADDRESS.fullmatch(address) and address.isprintable() and ".." not in address):
        raise ValueError("this is not an e-mail address: write it like «team@example.org»")
    return address


Mailbox = Annotated[str, AfterValidator(one_mailbox)]


_SERVER = re.compile(r"(?:[a-z]{1,9}://)?([^/:\s]+)(?::(\d{1,5}))?/?")
"""Matches a server's name, also within an address («smtp://…») or with its port behind it."""


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


# «from» is a word of Python, so no class can declare it by itself.
if TYPE_CHECKING:
    _From = Section
else:
    _From = create_model("_From", __base__=Section, **{"from": (Mailbox, "")})


class EmailSettings(_From):
    """The settings of the server that sends the program's e-mails. Without a server, the program sends no e-mails.

    `security` is how the connection is encrypted: «starttls» (port 587) or «tls» (port 465); «none» is only for a
    server on this machine. `port` 0 is the usual port. `from` is the sender's address; answers go to `reply_to`, if it
    is set. `per_hour` is how many e-mails an hour the server accepts; 0 for any number.

    `mailbox` is the IMAP server of the mailbox to which returned e-mails and answers come; without it, the program
    reads no e-mails. `mailbox_folder` is the folder that is read. Without a login of its own, the mailbox has the same
    login as the server.
    """

    server: str = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Token = SecretStr("")
    reply_to: Mailbox = ""
    per_hour: Annotated[int, Field(ge=0)] = 0
    mailbox: str = ""
    mailbox_port: Annotated[int, Field(ge=0, le=65535)] = 0
    mailbox_security: Literal["tls", "starttls", "none"] = "tls"
    mailbox_user: str = ""
    mailbox_password: Token = SecretStr("")
    mailbox_folder: Annotated[str, Field(min_length=1, pattern=r"^[ -~]+$")] = "INBOX"

    @model_validator(mode="after")
    def _complete(self) -> EmailSettings:
        for name, port in (("server", "port"), ("mailbox", "mailbox_port")):
            parted = _SERVER.fullmatch(getattr(self, name))
            if parted and parted[1] != parted[0]:
                fixes = [((port,), int(parted[2]))] if parted[2] else []
                raise Unfit(f"{name} is a server's name alone", ((name,), parted[1]), *fixes)
        if self.server and not self.sender:
            raise Unfit("letters need an address that they are from", (("from",), "team@example.org"))
        if self.server and self.security == "none" and not _loopback(self.server):
            raise Unfit(
                "security = «none» is only for a server on this machine: others would read what letters say",
                (("security",), "starttls"),
            )
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise Unfit("a login needs both: user and password", remedy="set both, or neither")
        if self.mailbox and self.mailbox_security == "none" and not _loopback(self.mailbox):
            raise Unfit(
                "mailbox_security = «none» is only for a server on this machine: others would read what comes back",
                (("mailbox_security",), "tls"),
            )
        if self.mailbox and not all(self.mailbox_login):
            raise Unfit("the mailbox needs a login", remedy="set mailbox_user and mailbox_password")
        return self

    @property
    def sender(self) -> str:
        """Return the address from which e-mails are sent."""
        address: str = getattr(self, "from")
        return address

    @property
    def usual_port(self) -> int:
        """Return the port of the e-mail server: `port`, or if that is 0 the usual port for this encryption."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]

    @property
    def mailbox_login(self) -> tuple[str, str]:
        """Return the user and the password of the mailbox; if none are set, the ones of the e-mail server."""
        if self.mailbox_user:
            return self.mailbox_user, self.mailbox_password.get_secret_value()
        return self.user, self.password.get_secret_value()

    @property
    def domain(self) -> str:
        """Return the domain of the address from which e-mails are sent."""
        return self.sender.rpartition("@")[2]


class MetricsSettings(Section):
    """The settings of the address at which a monitoring system reads the program's figures; `port` 0 for none."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0


_Number = Annotated[int, Field(gt=0)]  # one below 0 is a group's on Telegram


class OrganiserSettings(Section):
    """The settings that name the first organisers by their account ids.

    The first organisers can make other people organisers in chat.
    """

    telegram: tuple[_Number, ...] = ()
    discord: tuple[_Number, ...] = ()

    def includes(self, platform: str, native_id: str) -> bool:
        """Return whether the configuration names an account as a first organiser's.

        `native_id` is the id of the account on the platform.
        """
        return native_id.isdecimal() and int(native_id) in vars(self).get(platform, ())


class LimitSettings(Section):
    """Limits on what one person may use, so that others are not affected. Organisers may use ten times as much.

    `ideas` is how many ideas a person may give, including withdrawn ideas. `idea_files` and `idea_megabytes` limit the
    files of these ideas. `questions` (to the team) and `notices` (messages to others about what the person does) are
    per hour. `call_again` is for how many minutes a person who withdrew a call for a facilitator cannot call again.
    `versions` is how many versions of its text for one phase a group may have to choose from. `presses` is how much a
    person may send at a time (presses, texts, forms), and then again every four minutes; cries for help beyond that.

    `requests`, `streams` (live pages) and `sessions` are the most at the same time. `bodies` (large forms whose files
    are in memory) and `connections` (0: what the system allows) are the most at the same time for all people together.
    `headers` is the seconds within which the head of a request must arrive.
    """

    ideas: Annotated[int, Field(ge=1)] = 200
    idea_files: Annotated[int, Field(ge=1)] = 300
    idea_megabytes: Annotated[int, Field(ge=10)] = 200
    questions: Annotated[int, Field(ge=1)] = 10
    notices: Annotated[int, Field(ge=1)] = 20
    call_again: Annotated[int, Field(ge=0, le=60)] = 2
    versions: Annotated[int, Field(ge=1)] = 12
    presses: Annotated[int, Field(ge=10)] = 120
    requests: Annotated[int, Field(ge=1)] = 100
    streams: Annotated[int, Field(ge=1)] = 5
    sessions: Annotated[int, Field(ge=1)] = 10
    bodies: Annotated[int, Field(ge=1)] = 2
    headers: Annotated[float, Field(gt=0, le=600)] = 20
    connections: Annotated[int, Field(ge=0)] = 0

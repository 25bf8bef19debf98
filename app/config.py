"""All settings of a server, read once from the environment into one typed value. Nothing else reads the environment.

Durations are in seconds unless the name says otherwise. `docs/settings.md` lists the variables for people who run a server.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.connectors.guard import Host, Network, read_host

Entry = TypeVar("Entry")
_PREFIX = "CROSSDESK_"
_HOUR = 3600
_MEBIBYTE = 1024 * 1024
_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class BadSetting(ValueError):
    """A setting in the environment cannot be used. The message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server needs to know before it starts."""

    host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = "sqlite:///var/crossdesk.sqlite3"
    secret_key: str = ""  # signs the cookie; empty only in tests that never serve
    public_url: str = ""  # the address people use, when it is not host and port; https:// makes cookies secure
    smtp_url: str = ""  # smtp://user:password@host:port; empty: no e-mail
    clock_file: Path | None = None
    seals_file: Path | None = None  # signed statements of how far the history had come; None only in tests that never serve
    seal_key_file: Path | None = None  # what signs them
    seal_interval: int = 900  # between two seals
    trials_folder: Path = Path("var/trials")  # where drafts are tried; all processes of a server share it
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")  # the company's time zone: what pages show
    currency: str = "CNY"
    processes: int = 1  # server processes on the port; more than one needs PostgreSQL
    page_threads: int = 16  # requests that Flask handles at once in a process
    streams: int = 2_000  # open event streams in all
    streams_per_person: int = 8  # more than six tabs of one browser; the next stream is refused
    ping_seconds: float = 8  # between two pings of an event stream
    session_idle: int = 2 * _HOUR  # signed out after this long without a request
    session_lifetime: int = 12 * _HOUR  # signed out after this long in any case
    sign_in_limit: str = "5 per 15 minutes"  # wrong passwords for one name from one address
    dmn_schemas: Path = Path(__file__).parent / "static" / "dist" / "schemas"  # where the build of the front end puts them
    attachment_bytes: int = 10 * _MEBIBYTE  # of a file on a case
    attachments_per_case: int = 100  # with those of the cases that it calls
    connector_hosts: frozenset[Host] = frozenset()  # that connectors may call; none: they call nobody
    connector_networks: tuple[Network, ...] = ()  # whose addresses they may connect to, besides public ones
    connector_secrets: Path | None = None  # the file of the secrets that they send
    connector_seconds: int = 10  # of patience with a server
    connector_bytes: int = _MEBIBYTE  # of an answer
    connector_threads: int = 4  # calls that go on at once in a process
    sample_cases: int = 150  # of the sample company's past, played when it is founded
    sample_language: str = "en"  # in which its people wrote
    debug_assets: bool = False  # read the manifest of the front end on each request: for work on the front end

    @property
    def is_secure(self) -> bool:
        """Whether people reach the server by https, so that cookies may be limited to it."""
        return self.public_url.startswith("https://")

    @property
    def url(self) -> URL:
        """The database's URL, parsed."""
        return make_url(self.database_url)

    @property
    def is_loopback(self) -> bool:
        """Whether the server listens on this machine alone."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone. Names other than `localhost` are not looked up: no."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def from_environment(environment: Mapping[str, str], folder: Path = Path("var")) -> Settings:
    """The settings from `CROSSDESK_…` variables. `folder` is where the data and the generated secret key are kept."""
    given = {name.removeprefix(_PREFIX): value for name, value in environment.items() if name.startswith(_PREFIX) and value.strip()}
    plain = Settings()
    clock_file = given.get("CLOCK_FILE")
    database_url = _database(given.get("DATABASE_URL") or f"sqlite:///{folder / 'crossdesk.sqlite3'}")
    processes = _number(given, "PROCESSES", plain.processes, most=64)
    if processes > 1 and make_url(database_url).get_backend_name() == "sqlite":
        raise BadSetting(
            f"{_PREFIX}PROCESSES: more than one server process needs PostgreSQL ({_PREFIX}DATABASE_URL); SQLite has one writer"
        )
    return Settings(
        host=given.get("HOST", plain.host),
        port=_number(given, "PORT", plain.port, most=65_535),
        database_url=database_url,
        secret_key=given.get("SECRET_KEY") or _kept_secret(folder / "secret-key"),
        public_url=_matching(given, "PUBLIC_URL", plain.public_url, _ADDRESS, "an address such as https://crossdesk.example").rstrip("/"),
        smtp_url=given.get("SMTP_URL", plain.smtp_url),
        clock_file=Path(clock_file) if clock_file else None,
        seals_file=Path(given["SEALS_FILE"]) if "SEALS_FILE" in given else _beside(make_url(database_url), folder, "seals"),
        seal_key_file=Path(given.get("SEAL_KEY_FILE", folder / "seal-key")),
        trials_folder=Path(given.get("TRIALS_FOLDER") or _beside(make_url(database_url), folder, "trials")),
        seal_interval=_number(given, "SEAL_INTERVAL", plain.seal_interval, most=24 * _HOUR),
        zone=_zone(given.get("TIME_ZONE", str(plain.zone))),
        currency=_matching(given, "CURRENCY", plain.currency, _CURRENCY, "a code of three letters such as CNY"),
        processes=processes,
        page_threads=_number(given, "PAGE_THREADS", plain.page_threads, most=512),
        streams=_number(given, "STREAMS", plain.streams, most=100_000),
        streams_per_person=_number(given, "STREAMS_PER_PERSON", plain.streams_per_person, most=1_000),
        session_idle=_number(given, "SESSION_IDLE", plain.session_idle, most=30 * 24 * _HOUR),
        session_lifetime=_number(given, "SESSION_LIFETIME", plain.session_lifetime, most=30 * 24 * _HOUR),
        attachment_bytes=_number(given, "ATTACHMENT_BYTES", plain.attachment_bytes, most=100 * _MEBIBYTE),
        attachments_per_case=_number(given, "ATTACHMENTS_PER_CASE", plain.attachments_per_case, most=1_000),
        connector_hosts=frozenset(_each(given, "CONNECTOR_HOSTS", read_host, "hosts such as api.example.com, http://erp.example.com:8080")),
        connector_networks=tuple(_each(given, "CONNECTOR_NETWORKS", ipaddress.ip_network, "networks such as 10.20.0.0/16")),
        connector_secrets=Path(given["CONNECTOR_SECRETS"]) if "CONNECTOR_SECRETS" in given else None,
        connector_seconds=_number(given, "CONNECTOR_SECONDS", plain.connector_seconds, most=60),
        connector_bytes=_number(given, "CONNECTOR_BYTES", plain.connector_bytes, most=64 * _MEBIBYTE),
        connector_threads=_number(given, "CONNECTOR_THREADS", plain.connector_threads, most=64),
        sample_cases=_number(given, "SAMPLE_CASES", plain.sample_cases, most=2_000, least=0),
        sample_language="zh" if given.get("SAMPLE_LANGUAGE", environment.get("LANG", "")).startswith("zh") else "en",
        debug_assets=given.get("DEBUG_ASSETS", "") == "1",
    )


def _beside(url: URL, folder: Path, what: str) -> Path:
    """Each database has seals and trials of its own: the seals of another would say that its whole history was removed."""
    name = re.sub(
        r"[^\w.-]+", "-", Path(url.database or "memory").stem if url.get_backend_name() == "sqlite" else f"{url.host}-{url.database}"
    )
    return folder / f"{name}.{what}"


def _each(given: Mapping[str, str], name: str, read: Callable[[str], Entry], wanted: str) -> list[Entry]:
    """The entries of a list with commas."""
    try:
        return [read(it.strip()) for it in given.get(name, "").split(",") if it.strip()]
    except ValueError:
        raise BadSetting(f"{_PREFIX}{name}: {given[name]!r} is not a list of {wanted}") from None


def _number(given: Mapping[str, str], name: str, default: int, *, most: int, least: int = 1) -> int:
    text = given.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise BadSetting(f"{_PREFIX}{name}: {text!r} is not a whole number") from None
    if not least <= value <= most:
        raise BadSetting(f"{_PREFIX}{name}: {value} is not between {least} and {most}")
    return value


def _matching(given: Mapping[str, str], name: str, default: str, pattern: re.Pattern[str], wanted: str) -> str:
    text = given.get(name, default)
    if text != default and not pattern.fullmatch(text):
        raise BadSetting(f"{_PREFIX}{name}: {text!r} is not {wanted}")
    return text


def _database(text: str) -> str:
    """The URL of a database of one of the two kinds. A password in it is not repeated in the message."""
    wanted = "write sqlite:///PATH, or postgresql+psycopg://USER@HOST/NAME"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadSetting(f"{_PREFIX}DATABASE_URL is not the URL of a database: {wanted}") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise BadSetting(f"{_PREFIX}DATABASE_URL: {url.get_backend_name()} is not supported: {wanted}")
    if url.get_backend_name() == "sqlite" and (not url.database or url.database == ":memory:"):
        raise BadSetting(f"{_PREFIX}DATABASE_URL: SQLite needs a file: {wanted}")
    return text


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadSetting(f"{_PREFIX}TIME_ZONE: there is no time zone {name!r}") from None


def _kept_secret(path: Path) -> str:
    """The key made when the first server of this folder started; readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "x", encoding="ascii", opener=_private) as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:  # another process was faster
            pass
    return path.read_text(encoding="ascii").strip()


def _private(name: str, flags: int) -> int:
    import os  # noqa: PLC0415 - only here, so that nothing above can read the environment

    return os.open(name, flags, 0o600)

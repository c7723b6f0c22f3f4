"""Settings from the environment and `.env`. An error names the setting and the values that it takes."""

from __future__ import annotations

import ipaddress
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.bounds import DEFAULT_BOUNDS, Bounds
from bot.env_file import EnvFileError, read_env_file
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.parsing.xml_split import MAX_ITEMS
from bot.reading.limits import DEFAULT_READING_MIB, LEAST_MIB
from bot.text.web_addresses import is_web_address
from storage.engine.database import database_url, sqlite_url
from storage.tables.due_times import LONGEST_WAIT_FOR_FILES

PREFIX = "EARMARK_"
TEST_PREFIX = "EARMARK_TEST_"
MOST_KEPT = 1_000_000
# Two large bodies and what is read of them must fit into memory.
MOST_FEED_MIB = 64
LONGEST_INTERVAL_S = 365 * 86_400.0
MOST_MIB = 1024 * 1024
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("text", "json")
# They may hold a password, or are one.
SECRET = ("DATABASE_URL", "DISCORD_API_URL", "SUMMARY_URL", "SUMMARY_KEY")
UNLIMITED = "unlimited"
MOST_TOKENS = 10**12


TOKEN_MISSING = "DISCORD_TOKEN is not set: put the bot's token into the environment or .env."  # noqa: S105
TOKEN_GARBLED = (
    "DISCORD_TOKEN has a blank, a line break or the like inside: copy it again from the developer portal."  # noqa: S105
)
TOKEN_REFUSED = "Discord refused the token: copy it again from the developer portal into DISCORD_TOKEN."  # noqa: S105
MODEL_MISSING = (
    "EARMARK_SUMMARY_URL names a server, but EARMARK_SUMMARY_MODEL no model: name one that the server has."
)


class ConfigError(Exception):
    """A setting is invalid; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can choose.

    `nonce_window_s`: for how long Discord can be relied on to remember a nonce.
    """

    discord_token: str | None = field(repr=False)
    database_url: str = field(repr=False)
    data_dir: Path
    discord_api_url: str | None = field(repr=False)
    poll_interval_s: float
    allow_private_feeds: AllowedAddresses
    reading_mib: int
    bounds: Bounds
    left_mb: int
    nonce_window_s: float
    wait_for_files_s: float
    summary_url: str | None = field(repr=False)
    summary_model: str | None
    summary_key: str | None = field(repr=False)
    summary_tokens: int | None
    log_level: str
    log_format: str


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read the settings; the environment takes precedence over `.env`. Raises ConfigError."""
    path = Path(".env") if dotenv is None else dotenv
    try:
        values = read_env_file(path)
    except EnvFileError as error:
        raise ConfigError(f"{path} can't be read: {error}.") from error
    # Compose files and .env templates leave empty what is not set.
    for name, value in (os.environ if environ is None else environ).items():
        if value.strip() or name not in values:
            values[name] = value
    unknown = sorted(
        name
        for name in values
        if name.startswith(PREFIX)
        and not name.startswith(TEST_PREFIX)
        and name.removeprefix(PREFIX) not in _READERS
    )
    if unknown:
        known = ", ".join(PREFIX + name for name in _READERS)
        raise ConfigError(f"{unknown[0]} is no setting of Earmark; the settings are DISCORD_TOKEN, {known}.")
    data_dir = _read(values, "DATA_DIR")
    if _read(values, "SUMMARY_URL") and not _read(values, "SUMMARY_MODEL"):
        raise ConfigError(MODEL_MISSING)
    return Settings(
        discord_token=_token(values.get("DISCORD_TOKEN", "").strip()),
        database_url=_read(values, "DATABASE_URL") or sqlite_url(data_dir / "earmark.db"),
        data_dir=data_dir,
        discord_api_url=_read(values, "DISCORD_API_URL"),
        poll_interval_s=_read(values, "POLL_INTERVAL"),
        allow_private_feeds=_read(values, "ALLOW_PRIVATE_FEEDS"),
        reading_mib=_read(values, "READING_MB"),
        bounds=Bounds(
            feed_mib=_read(values, "MAX_FEED_MB"),
            episodes=_read(values, "MAX_EPISODES"),
            podcast_text_mb=_read(values, "PODCAST_TEXT_MB"),
            guild_podcasts=_read(values, "GUILD_PODCASTS"),
            guild_text_mb=_read(values, "GUILD_TEXT_MB"),
        ),
        left_mb=_read(values, "LEFT_MB"),
        nonce_window_s=_read(values, "NONCE_WINDOW"),
        wait_for_files_s=_read(values, "WAIT_FOR_FILES"),
        summary_url=_read(values, "SUMMARY_URL"),
        summary_model=_read(values, "SUMMARY_MODEL"),
        summary_key=_read(values, "SUMMARY_KEY"),
        summary_tokens=_read(values, "SUMMARY_TOKENS_PER_MONTH"),
        log_level=_read(values, "LOG_LEVEL"),
        log_format=_read(values, "LOG_FORMAT"),
    )


def _token(text: str) -> str | None:
    # aiohttp would refuse to send it, with a traceback that shows it.
    if re.fullmatch(r"[!-~]*", text) is None:
        raise ConfigError(TOKEN_GARBLED)
    return text or None


def _read(values: Mapping[str, str], name: str) -> Any:
    default, expected, reader = _READERS[name]
    text = values.get(PREFIX + name, "").strip() or default
    try:
        return reader(text)
    except ValueError as error:
        shown = "what it holds" if name in SECRET else repr(text)
        raise ConfigError(f"{PREFIX}{name} can't be {shown}: expected {expected}.") from error


def _data_dir(text: str) -> Path:
    if "\0" in text:
        raise ValueError(text)
    try:
        folder = Path(text).expanduser().absolute()
    except RuntimeError as error:  # "~nobody" has no home
        raise ValueError(text) from error
    # SQLite takes no name that is not UTF-8; the folder in which the program was started may have one.
    str(folder).encode()
    return folder


def _database_url(text: str) -> str | None:
    return database_url(text) if text else None


def _api_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if not is_web_address(text) or parts.query or parts.fragment:
        raise ValueError(text)
    if not re.search(r"/v\d+/?$", parts.path):
        raise ValueError(text)
    return text.rstrip("/")


def _interval(text: str) -> float:
    seconds = float(text)
    if not seconds >= 1:
        raise ValueError(text)
    # A longer one would overflow the date of the next poll.
    return min(seconds, LONGEST_INTERVAL_S)


def _window(text: str) -> float:
    seconds = float(text)
    if not seconds >= 0:
        raise ValueError(text)
    return min(seconds, LONGEST_INTERVAL_S)


def _wait_for_files(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= LONGEST_WAIT_FOR_FILES.total_seconds():
        raise ValueError(text)
    return seconds


def _model_url(text: str) -> str | None:
    if text and not is_web_address(text):
        raise ValueError(text)
    return text or None


def _model_key(text: str) -> str | None:
    # Like the token: aiohttp would refuse to send it.
    if re.fullmatch(r"[!-~]*", text) is None:
        raise ValueError(text)
    return text or None


def _tokens_per_month(text: str) -> int | None:
    if text.lower() == UNLIMITED:
        return None
    number = text.replace(",", "").replace("_", "")
    if not (number.isascii() and number.isdecimal()) or int(number) > MOST_TOKENS:
        raise ValueError(text)
    return int(number)


def _whole_number(default: int, least: int, most: int, of: str) -> tuple[str, str, Callable[[str], int]]:
    """A row of `_READERS`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return str(default), f"a whole number of {of} from {least} to {most}", read


def _one_of(choices: tuple[str, ...], fold: Callable[[str], str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if fold(text) not in choices:
            raise ValueError(text)
        return fold(text)

    return read


def _allowed(text: str) -> AllowedAddresses:
    if text == "1":
        return AllowedAddresses(everything=True)
    if text.lower() in ("none", "0"):
        return AllowedAddresses()
    networks, hosts = [], []
    for part in text.replace(",", " ").split():
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            host, colon, port = part.rpartition(":")
            if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise
            hosts.append((host.strip("[]").lower(), int(port)))
    return AllowedAddresses(networks=tuple(networks), hosts=tuple(hosts))


# Name: (default, what is expected, reader). `Settings` declares the types that the readers return.
_READERS: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "DATABASE_URL": (
        "",
        "sqlite+aiosqlite:///FILE, sqlite:///FILE, postgresql+asyncpg://USER:PASSWORD@HOST/NAME or postgresql://…",
        _database_url,
    ),
    "DATA_DIR": ("./data", "a folder that Earmark may write to, with a name in UTF-8", _data_dir),
    "DISCORD_API_URL": ("", "an API base with its version, such as http://host:port/api/v10", _api_url),
    "POLL_INTERVAL": ("600", "a number of seconds from 1 up", _interval),
    "ALLOW_PRIVATE_FEEDS": (
        "",
        "none, or networks and host:port separated by commas, or 1 for all",
        _allowed,
    ),
    "READING_MB": _whole_number(DEFAULT_READING_MIB, LEAST_MIB, MOST_MIB, "MiB"),
    "MAX_FEED_MB": _whole_number(DEFAULT_BOUNDS.feed_mib, 1, MOST_FEED_MIB, "MiB"),
    "MAX_EPISODES": _whole_number(DEFAULT_BOUNDS.episodes, 1, MAX_ITEMS, "episodes"),
    "PODCAST_TEXT_MB": _whole_number(DEFAULT_BOUNDS.podcast_text_mb, 1, MOST_KEPT, "MB"),
    "GUILD_PODCASTS": _whole_number(DEFAULT_BOUNDS.guild_podcasts, 1, MOST_KEPT, "podcasts"),
    "GUILD_TEXT_MB": _whole_number(DEFAULT_BOUNDS.guild_text_mb, 1, MOST_KEPT, "MB"),
    "LEFT_MB": _whole_number(40, 0, MOST_KEPT, "MB"),
    "NONCE_WINDOW": ("120", "a number of seconds from 0 up", _window),
    "WAIT_FOR_FILES": ("30", "a number of seconds from 0 to 300", _wait_for_files),
    "SUMMARY_URL": (
        "",
        "the address of a server with OpenAI's chat interface, such as http://localhost:11434",
        _model_url,
    ),
    "SUMMARY_MODEL": ("", "the name of a model", lambda text: text or None),
    "SUMMARY_KEY": ("", "a key without blanks", _model_key),
    "SUMMARY_TOKENS_PER_MONTH": (
        "2000000",
        f"a whole number of tokens, 0 for none, or {UNLIMITED}",
        _tokens_per_month,
    ),
    "LOG_LEVEL": ("INFO", "one of " + ", ".join(LOG_LEVELS), _one_of(LOG_LEVELS, str.upper)),
    "LOG_FORMAT": ("text", "one of " + ", ".join(LOG_FORMATS), _one_of(LOG_FORMATS, str.lower)),
}


def prepare_data_dir(settings: Settings) -> None:
    """Create the data folder and check that it is writable. Raises ConfigError."""
    folder = settings.data_dir
    try:
        # Feeds' addresses are stored with their keys: nobody else on the machine is to read them.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise ConfigError(
            f"The data folder {folder} can't be written to ({error.strerror}); "
            "fix its permissions or name another one in EARMARK_DATA_DIR."
        ) from error

"""Settings: what makes sense, what does not, and that nothing secret is repeated."""

from __future__ import annotations

import traceback
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from bot.bounds import Bounds
from bot.config import LONGEST_INTERVAL_S, ConfigError, Settings, load_settings, prepare_data_dir
from bot.feeds.http.address_guard import AllowedAddresses

TOKEN = "MTE.token.sesame"
NO_FILE = Path("/nonexistent/.env")


def load(**environ: str) -> Settings:
    return load_settings(environ, NO_FILE)


def refusal(**environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(**environ)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load()
    assert settings.discord_token is None
    assert settings.data_dir == Path.cwd() / "data"
    assert settings.database_url == f"sqlite+aiosqlite:///{Path.cwd() / 'data' / 'earmark.db'}"
    assert settings.discord_api_url is None
    assert settings.poll_interval_s == 600
    assert settings.allow_private_feeds == AllowedAddresses()
    assert (settings.log_level, settings.log_format) == ("INFO", "text")


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        ("DISCORD_TOKEN", f" {TOKEN}\n", "discord_token", TOKEN),
        ("DISCORD_TOKEN", "  ", "discord_token", None),
        ("EARMARK_DATABASE_URL", "sqlite:///a.db", "database_url", "sqlite+aiosqlite:///a.db"),
        ("EARMARK_DATABASE_URL", "sqlite+aiosqlite:////a.db", "database_url", "sqlite+aiosqlite:////a.db"),
        ("EARMARK_DATABASE_URL", "postgres://u:p@h/n", "database_url", "postgresql+asyncpg://u:p@h/n"),
        ("EARMARK_DATABASE_URL", "postgresql://u@h:1/n", "database_url", "postgresql+asyncpg://u@h:1/n"),
        ("EARMARK_DATA_DIR", "/srv/earmark", "data_dir", Path("/srv/earmark")),
        ("EARMARK_DATA_DIR", "~/earmark", "data_dir", Path("~/earmark").expanduser()),
        ("EARMARK_DISCORD_API_URL", "http://proxy:80/api/v10/", "discord_api_url", "http://proxy:80/api/v10"),
        ("EARMARK_DISCORD_API_URL", "https://h/v9", "discord_api_url", "https://h/v9"),
        ("EARMARK_DISCORD_API_URL", "", "discord_api_url", None),
        ("EARMARK_POLL_INTERVAL", "1", "poll_interval_s", 1.0),
        ("EARMARK_POLL_INTERVAL", "90.5", "poll_interval_s", 90.5),
        ("EARMARK_POLL_INTERVAL", "", "poll_interval_s", 600.0),
        ("EARMARK_POLL_INTERVAL", "2592001", "poll_interval_s", 2_592_001.0),
        ("EARMARK_POLL_INTERVAL", "9" * 300, "poll_interval_s", LONGEST_INTERVAL_S),
        ("EARMARK_POLL_INTERVAL", "inf", "poll_interval_s", LONGEST_INTERVAL_S),
        ("EARMARK_READING_MB", "", "reading_mib", 400),
        ("EARMARK_READING_MB", "64", "reading_mib", 64),
        ("EARMARK_GUILD_PODCASTS", "", "bounds", Bounds()),
        ("EARMARK_MAX_FEED_MB", "64", "bounds", Bounds(feed_mib=64)),
        ("EARMARK_MAX_EPISODES", "7", "bounds", Bounds(episodes=7)),
        ("EARMARK_PODCAST_TEXT_MB", "7", "bounds", Bounds(podcast_text_mb=7)),
        ("EARMARK_GUILD_PODCASTS", "7", "bounds", Bounds(guild_podcasts=7)),
        ("EARMARK_GUILD_TEXT_MB", "7", "bounds", Bounds(guild_text_mb=7)),
        ("EARMARK_LEFT_MB", "", "left_mb", 40),
        ("EARMARK_LEFT_MB", "0", "left_mb", 0),
        ("EARMARK_LEFT_MB", "2000", "left_mb", 2000),
        ("EARMARK_WAIT_FOR_FILES", "", "wait_for_files_s", 30.0),
        ("EARMARK_WAIT_FOR_FILES", "0", "wait_for_files_s", 0.0),
        ("EARMARK_WAIT_FOR_FILES", "0.5", "wait_for_files_s", 0.5),
        ("EARMARK_WAIT_FOR_FILES", "300", "wait_for_files_s", 300.0),
        ("EARMARK_NONCE_WINDOW", "", "nonce_window_s", 120.0),
        ("EARMARK_NONCE_WINDOW", "0", "nonce_window_s", 0.0),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "", "allow_private_feeds", AllowedAddresses()),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "none", "allow_private_feeds", AllowedAddresses()),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "None", "allow_private_feeds", AllowedAddresses()),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "0", "allow_private_feeds", AllowedAddresses()),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "1", "allow_private_feeds", AllowedAddresses(everything=True)),
        (
            "EARMARK_ALLOW_PRIVATE_FEEDS",
            "10.0.0.0/8, fd00::/8 192.168.1.7/24,Nas.local:8000 [::1]:80",
            "allow_private_feeds",
            AllowedAddresses(
                networks=(ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("192.168.1.0/24")),
                hosts=(("nas.local", 8000), ("::1", 80)),
            ),
        ),
        ("EARMARK_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("EARMARK_LOG_FORMAT", "JSON", "log_format", "json"),
    ],
)
def test_good_values(name: str, text: str, attribute: str, value: Any) -> None:
    assert getattr(load(**{name: text}), attribute) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EARMARK_DATABASE_URL", "earmark.db"),
        ("EARMARK_DATABASE_URL", "mysql://h/n"),
        ("EARMARK_DATABASE_URL", "sqlite://"),
        ("EARMARK_DATABASE_URL", "sqlite:///:memory:"),
        ("EARMARK_DATABASE_URL", "postgresql://h"),
        ("EARMARK_DATABASE_URL", "postgresql+psycopg2://h/n"),
        ("EARMARK_DATABASE_URL", "postgresql://h:port/n"),
        ("EARMARK_DATA_DIR", "a\0b"),
        ("EARMARK_DATA_DIR", "a\udcff"),
        ("EARMARK_DATA_DIR", "~nobody-of-this-name/data"),
        ("EARMARK_DISCORD_API_URL", "discord.com/api/v10"),
        ("EARMARK_DISCORD_API_URL", "ftp://h/api/v10"),
        ("EARMARK_DISCORD_API_URL", "http://h/api"),
        ("EARMARK_DISCORD_API_URL", "http://h/api/v"),
        ("EARMARK_DISCORD_API_URL", "http://h/v10/api"),
        ("EARMARK_DISCORD_API_URL", "http://h/api?/v10"),
        ("EARMARK_DISCORD_API_URL", "http://h/api/v10?key=x"),
        ("EARMARK_DISCORD_API_URL", "http://h:70000/api/v10"),
        ("EARMARK_DISCORD_API_URL", "http://[::1/api/v10"),
        ("EARMARK_POLL_INTERVAL", "0"),
        ("EARMARK_READING_MB", "63"),
        ("EARMARK_MAX_FEED_MB", "65"),
        ("EARMARK_MAX_EPISODES", "0"),
        ("EARMARK_MAX_EPISODES", "10001"),
        ("EARMARK_GUILD_PODCASTS", "many"),
        ("EARMARK_LEFT_MB", "-1"),
        ("EARMARK_LEFT_MB", "1.5"),
        ("EARMARK_LEFT_MB", "²"),
        ("EARMARK_LEFT_MB", "1000001"),
        ("EARMARK_READING_MB", "1e3"),
        ("EARMARK_READING_MB", "99999999999"),
        ("EARMARK_WAIT_FOR_FILES", "-1"),
        ("EARMARK_WAIT_FOR_FILES", "301"),
        ("EARMARK_WAIT_FOR_FILES", "nan"),
        ("EARMARK_WAIT_FOR_FILES", "soon"),
        ("EARMARK_NONCE_WINDOW", "-1"),
        ("EARMARK_NONCE_WINDOW", "nan"),
        ("EARMARK_POLL_INTERVAL", "-600"),
        ("EARMARK_POLL_INTERVAL", "10m"),
        ("EARMARK_POLL_INTERVAL", "nan"),
        ("EARMARK_POLL_INTERVAL", "-inf"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "yes"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "nas.local"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "nas.local:0"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "nas.local:65536"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", ":80"),
        ("EARMARK_ALLOW_PRIVATE_FEEDS", "10.0.0.0/33"),
        ("EARMARK_LOG_LEVEL", "loud"),
        ("EARMARK_LOG_FORMAT", "xml"),
    ],
)
def test_bad_values_are_named_with_what_is_expected(name: str, text: str) -> None:
    message = refusal(**{name: text})
    assert message.startswith(f"{name} can't be ")
    assert "expected" in message


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    message = refusal(EARMARK_POLL_INTERVALL="60", EARMARK_LOG_LEVEL="loud")
    assert "EARMARK_POLL_INTERVALL is no setting" in message
    assert "EARMARK_POLL_INTERVAL," in message


def test_an_unknown_name_is_refused_although_it_is_empty() -> None:
    assert "EARMARK_TOKEN" in refusal(EARMARK_TOKEN="")


def test_names_for_tests_and_of_others_are_ignored() -> None:
    assert load(EARMARK_TEST_POSTGRES="postgresql://h/n", EARMARKS="x", POLL_INTERVAL="x") == load()


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# comment\nEARMARK_LOG_LEVEL=DEBUG\nexport EARMARK_POLL_INTERVAL='60'\n"
        "EARMARK_DATA_DIR=/srv/$HOME\nDISCORD_TOKEN=\n"
    )
    settings = load_settings({"EARMARK_POLL_INTERVAL": "30"}, path)
    assert (settings.log_level, settings.poll_interval_s) == ("DEBUG", 30)
    assert settings.data_dir == Path("/srv/$HOME")
    assert (settings.discord_token, settings.log_format) == (None, "text")


def test_an_empty_environment_value_hides_nothing_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(f"DISCORD_TOKEN={TOKEN}\n")
    assert load_settings({"DISCORD_TOKEN": ""}, path).discord_token == TOKEN


def test_the_process_environment_and_folder_are_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARMARK_LOG_LEVEL", "WARNING")
    (tmp_path / ".env").write_text("EARMARK_LOG_FORMAT=json\n")
    settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("WARNING", "json")
    assert settings.data_dir == tmp_path / "data"


def test_a_byte_order_mark_before_the_first_name_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfDISCORD_TOKEN=" + TOKEN.encode() + b"\r\nEARMARK_LOG_LEVEL=DEBUG\r\n")
    settings = load_settings({}, path)
    assert (settings.discord_token, settings.log_level) == (TOKEN, "DEBUG")


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("EARMARK_LOGLEVEL=DEBUG\n")
    with pytest.raises(ConfigError, match="EARMARK_LOGLEVEL is no setting"):
        load_settings({}, path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"DISCORD_TOKEN=\xff\xfe\xfa")
    with pytest.raises(ConfigError, match=r"\.env can't be read: line 1 is not in UTF-8\."):
        load_settings({}, path)


def test_a_folder_whose_name_means_something_in_addresses_stays_what_it_is() -> None:
    from sqlalchemy.engine import make_url

    settings = load(EARMARK_DATA_DIR="/srv/50% #1?a=b")
    assert make_url(settings.database_url).database == "/srv/50% #1?a=b/earmark.db"


@pytest.mark.parametrize(
    "text", ["ses\name", "ses ame", "ses\tame", "Bot sesame", "sesamé", "ses\0ame", "\u200bsesame"]
)
def test_a_token_that_no_token_can_be_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^DISCORD_TOKEN has a blank, a line break or the like") as caught:
        load(DISCORD_TOKEN=text)
    assert "ses" not in str(caught.value)


def test_blanks_around_the_token_are_no_part_of_it() -> None:
    assert load(DISCORD_TOKEN=f" {TOKEN}\n").discord_token == TOKEN


def test_secrets_are_not_shown() -> None:
    settings = load(DISCORD_TOKEN=TOKEN, EARMARK_DATABASE_URL="postgresql://ada:sesame@h/n")
    assert "sesame" not in repr(settings)
    assert "sesame" not in str(settings)


@pytest.mark.parametrize(
    "environ",
    [
        {"EARMARK_DATABASE_URL": "postgresql://ada:sesame@h:x/n"},
        {"EARMARK_DATABASE_URL": "pg ada:sesame@h"},
        {"EARMARK_DATABASE_URL": "mysql://ada:sesame@h/n"},
        {"EARMARK_DISCORD_API_URL": "http://ada:sesame@proxy:99999/api/v10"},
        {"EARMARK_DISCORD_API_URL": "http://ada:sesame@proxy/api"},
        {"EARMARK_LOG_LEVEL": "loud", "DISCORD_TOKEN": TOKEN},
        {"EARMARK_TYPO": "sesame"},
    ],
)
def test_errors_hold_no_secrets(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(**environ)
    assert "sesame" not in "".join(traceback.format_exception_only(caught.value))


def test_the_data_folder_is_made(tmp_path: Path) -> None:
    settings = load(EARMARK_DATA_DIR=str(tmp_path / "a" / "b"))
    prepare_data_dir(settings)
    prepare_data_dir(settings)
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_data_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"EARMARK_DATA_DIR\.$") as caught:
        prepare_data_dir(load(EARMARK_DATA_DIR=str(tmp_path / "file" / "data")))
    assert str(tmp_path / "file" / "data") in str(caught.value)

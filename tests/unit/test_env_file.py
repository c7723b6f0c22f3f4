"""What is read of `.env`, and which line is told where one can't be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.env_file import EnvFileError, read_env_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_no_file_sets_nothing(file: Path) -> None:
    assert read_env_file(file) == {}


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"", {}),
        (b"A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        (b"A=1\rB=2", {"A": "1", "B": "2"}),
        (b"\xef\xbb\xbfA=1", {"A": "1"}),
        (b"# A=1\n\n  B = 2  # two\n", {"B": "2"}),
        (b"export A='x y'\nB=\"it's\"\nC=\n", {"A": "x y", "B": "it's", "C": ""}),
        (b"A=postgresql://ada:$x#y@h/n", {"A": "postgresql://ada:$x#y@h/n"}),
        ("A=ä".encode(), {"A": "ä"}),
    ],
)
def test_names_and_values(file: Path, body: bytes, values: dict[str, str]) -> None:
    file.write_bytes(body)
    assert read_env_file(file) == values


@pytest.mark.parametrize(
    ("body", "line", "why"),
    [
        (b"sesame", 1, "has no “=”"),
        (b"A=1\n\n# two\nexport B", 4, "has no “=”"),
        (b"A=1\n\n\nMY SESAME=1\n", 4, "is no NAME=VALUE"),
        (b"=sesame", 1, "is no NAME=VALUE"),
        (b"A: sesame", 1, "is no NAME=VALUE"),
        (b'A=1\nB="sesame\nC=2\n', 2, "is no NAME=VALUE"),
        (b'A="sesame\nB=2"\n', 1, "has a line break"),
        (b"A='it''s'", 1, "is no NAME=VALUE"),
        (b"A=1\nB=ses\0ame", 2, "has a line break or a control character"),
        (b"A=1\r\n\r\nB=sesame\xff", 3, "is not in UTF-8"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(file: Path, body: bytes, line: int, why: str) -> None:
    file.write_bytes(body)
    with pytest.raises(EnvFileError, match=rf"^line {line} {why}") as caught:
        read_env_file(file)
    # It may hold a password.
    assert "sesame" not in str(caught.value).lower()


def test_what_is_no_file_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(EnvFileError, match="Is a directory"):
        read_env_file(file)
    file.rmdir()
    file.symlink_to("elsewhere")
    with pytest.raises(EnvFileError, match="leads to no file"):
        read_env_file(file)


@given(st.binary(max_size=60) | st.text("Aa=' \"\\#\n\r\t$\u2028\x00", max_size=60).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"
    file.write_bytes(body)
    try:
        values = read_env_file(file)
    except EnvFileError:
        return
    assert all(name and "\n" not in value for name, value in values.items())

"""Lets one process at a time write segments into a folder, so that no two do the same work."""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

LOCK_FILE = "indexing.lock"


class FolderLock:
    """A lock that ends with its process. It saves work and protects nothing: what was built twice is right, too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process has it."""
        return self._file is not None

    def take(self) -> bool:
        """Take it unless another process has it; whether it is held now. Raises OSError."""
        if self._file is not None or fcntl is None:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self._folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            # This file system has no locks.
            os.close(file)
            return True
        self._file = file
        return True

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

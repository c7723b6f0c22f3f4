"""Whom a process talks to, as Linux tells."""

from __future__ import annotations

import ipaddress
from pathlib import Path


def peers(pid: int) -> set[str] | None:
    """The addresses that a process has connections to just now; None where /proc does not tell."""
    proc = Path(f"/proc/{pid}")
    if not proc.is_dir():
        return None
    sockets = {str(link.readlink()) for link in (proc / "fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in (proc / "net" / table).read_text().splitlines()[1:]:
            _, _, remote, _, _, _, _, _, _, inode, *_ = line.split()
            if f"socket:[{inode}]" in sockets:
                found.add(_address(remote.partition(":")[0]))
    return found - {"0.0.0.0", "::"}


def _address(hexadecimal: str) -> str:
    """An address out of the kernel's words of four bytes, the lowest byte first."""
    words = [hexadecimal[place : place + 8] for place in range(0, len(hexadecimal), 8)]
    return str(ipaddress.ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words)))

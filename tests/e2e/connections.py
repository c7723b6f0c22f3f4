"""The peers that a process is connected to, as Linux lists them."""

from __future__ import annotations

import ipaddress
from pathlib import Path


def peers(pid: int) -> set[str] | None:
    """The addresses that a process is connected to right now; None where there is no /proc."""
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
    """An address from the kernel's 32-bit words in little-endian hexadecimal."""
    words = [hexadecimal[place : place + 8] for place in range(0, len(hexadecimal), 8)]
    return str(ipaddress.ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words)))

"""The members of a backup that differ each time: time, uptime, netstat, top."""

from __future__ import annotations

import hashlib
import time


def date(now: float) -> bytes:
    """Return what `date` would print, to the nanosecond."""
    return f"{time.ctime(now)} {now:.9f}\n".encode()


def uptime(now: float, booted: float) -> bytes:
    """Return what /proc/uptime would hold."""
    return f"{now - booted:.2f} {(now - booted) * 1.9:.2f}\n".encode()


def netstat(now: float) -> bytes:
    """Return a table of connections whose ports and counters change with time."""
    rows = [
        f"tcp {int.from_bytes(spot[:2]):6d} 0 192.0.2.10:443 203.0.113.{spot[2]}:"
        f"{1024 + int.from_bytes(spot[3:5]) % 60000} ESTABLISHED"
        for spot in (_spot("netstat", now, row) for row in range(12))
    ]
    return "\n".join(["Proto Recv-Q Send-Q Local Foreign State", *rows, ""]).encode()


def top(now: float) -> bytes:
    """Return a table of processes whose load changes with time."""
    rows = [
        f"{100 + row:5d} root {_spot('top', now, row)[0] / 2.56:5.1f} {name}"
        for row, name in enumerate(("l4d", "l7d", "sslproxy", "wui", "syslogd"))
    ]
    return "\n".join(["  PID USER  %CPU COMMAND", *rows, ""]).encode()


def _spot(word: str, now: float, row: int) -> bytes:
    return hashlib.sha256(f"{word} {now:.9f} {row}".encode()).digest()

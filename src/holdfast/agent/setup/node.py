"""What an apply set for a node as a whole: `/etc/holdfast/<id>/node.json`."""

from __future__ import annotations

import json
import os

from holdfast.agent.layout import Layout

CRON_D, CRONTAB = "cron.d", "crontab"


class Node:
    """Settings of a node under one inventory; `fault` says why they cannot be read."""

    def __init__(self, document: dict[str, object], fault: str = "") -> None:
        self.fault = fault
        self.inventory = document.get("inventory")
        self.nodes = document.get("nodes")
        self.slots = document.get("slots")
        self.cron = document.get("cron")
        self.spread = str(document.get("spread", ""))
        was = document.get("was")
        self.was = [str(former) for former in was] if isinstance(was, list) else []

    @property
    def mode(self) -> str:
        """Where its cron entries stand: `cron.d` unless it says `crontab`."""
        return CRONTAB if self.cron == CRONTAB else CRON_D


def path(layout: Layout) -> str:
    """Return where a node's settings lie."""
    return os.path.join(layout.etc, "node.json")


def load(layout: Layout) -> Node | None:
    """Return a node's settings; None when this inventory was never applied here."""
    try:
        with open(path(layout), encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        return Node({}, "node.json is missing") if os.path.isdir(layout.etc) else None
    except ValueError as error:
        return Node({}, "node.json is not JSON: %s" % error)
    if not isinstance(document, dict):
        return Node({}, "node.json is not a JSON object")
    return Node(document)


def locate(inventory: str, was: list[str]) -> Layout:
    """Return the layout that holds this inventory's things: its own id's, else a former one's."""
    layout = Layout.here(inventory)
    if os.path.isdir(layout.etc):
        return layout
    for former in was:
        older = Layout.here(former)
        if os.path.isdir(older.etc):
            return older
    return layout

"""Where everything lies on a node. Must not: touch the disk.

HOLDFAST_ROOT puts the whole tree under another directory: the lab and the tests use it.
"""

import os

PROTOCOL = 1


class Layout:
    """The paths of one inventory on one node, all below `root`."""

    def __init__(self, inventory: str, root: str = "/") -> None:
        self.inventory = inventory
        self.root = root

    @classmethod
    def here(cls, inventory: str) -> "Layout":
        """Return the layout of this process: HOLDFAST_ROOT, or the real root."""
        return cls(inventory, os.environ.get("HOLDFAST_ROOT") or "/")

    def under(self, path: str) -> str:
        """Return a path of the node, such as a storage's, below the root."""
        return os.path.join(self.root, path.lstrip("/"))

    @property
    def agents(self) -> str:
        """`<sha256>.pyz` files; an old one stays while a run uses it."""
        return self.under("/opt/holdfast/agents")

    @property
    def agent(self) -> str:
        """The symlink that cron and ssh call."""
        return self.under("/opt/holdfast/holdfast-agent")

    @property
    def etc(self) -> str:
        """What an apply writes: identity, definitions/, loadmasters/, secrets/, storages/."""
        return self.under("/etc/holdfast/" + self.inventory)

    @property
    def identity(self) -> str:
        """The private key of this node, 0600."""
        return os.path.join(self.etc, "identity")

    @property
    def definitions(self) -> str:
        """`<ID>.json`, canonical, 0640."""
        return os.path.join(self.etc, "definitions")

    @property
    def secrets(self) -> str:
        """`<name>` and `<name>.version`, 0600 in 0700."""
        return os.path.join(self.etc, "secrets")

    @property
    def storages(self) -> str:
        """`<name>.json`: kind, place and marker id of each storage."""
        return os.path.join(self.etc, "storages")

    @property
    def loadmasters(self) -> str:
        """`<name>.json`: where each LoadMaster is, how it proves itself, how to log in."""
        return os.path.join(self.etc, "loadmasters")

    @property
    def peers(self) -> str:
        """`<node>.json`: what another node may do here."""
        return os.path.join(self.etc, "peers")

    @property
    def known(self) -> str:
        """`<node>.json`: how another node is reached, and its pinned host key."""
        return os.path.join(self.etc, "known")

    @property
    def signers(self) -> str:
        """`<node>.json`: the keys of a node whose signatures are trusted here."""
        return os.path.join(self.etc, "signers")

    @property
    def cron_file(self) -> str:
        """The file of ours in /etc/cron.d; its name has no dot, or cron skips it."""
        return self.under("/etc/cron.d/holdfast-" + self.inventory)

    @property
    def var(self) -> str:
        """What the node writes about itself: applied/, runs/, served/."""
        return self.under("/var/lib/holdfast/" + self.inventory)

    @property
    def applied(self) -> str:
        """`<kind>.json`: what was last applied, by whom, from which commit."""
        return os.path.join(self.var, "applied")

    @property
    def runs(self) -> str:
        """`<ID>/<time>.json`: one file a run."""
        return os.path.join(self.var, "runs")

    @property
    def served(self) -> str:
        """`<ID>.json`: the last due instant that was served."""
        return os.path.join(self.var, "served")

    @property
    def underway(self) -> str:
        """A file a chain: what is being sent into it."""
        return os.path.join(self.var, "underway")

    @property
    def beneath(self) -> str:
        """`<digest>.json`: in which pool a snapshot is made for the reading of an image."""
        return os.path.join(self.var, "beneath")

    @property
    def cron_seen(self) -> str:
        """When cron last fired an entry of our file."""
        return os.path.join(self.var, "cron-seen.json")

    @property
    def tickets(self) -> str:
        """`<shown>.json`: what other nodes may deliver here, each once."""
        return os.path.join(self.var, "tickets")

    @property
    def queue(self) -> str:
        """Tickets of all inventories on this node, and the dispatcher's lock."""
        return self.under("/var/lib/holdfast/queue")

    @property
    def run(self) -> str:
        """Locks: apply.lock, and one a source."""
        return self.under("/run/holdfast")

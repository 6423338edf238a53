"""Node: a host reached over SSH, or a directory tree on this machine that plays one."""

from typing import Annotated, Literal

from pydantic import Field

from holdfast.model.hostkey import HostKey
from holdfast.model.location import Host, LocalPath, User
from holdfast.model.scalar import Bool, Name, whole
from holdfast.model.secret import KeyRef, SecretRef
from holdfast.model.storage import Storage
from holdfast.model.strict import Strict


class Ssh(Strict):
    """How the control side logs in; the host key is pinned, never learned."""

    host_key: Annotated[HostKey, Field(description="public host key, as ssh-keyscan prints it")]
    user: User = "root"
    port: Annotated[int, whole(1, 65_535)] = 22
    identity: Annotated[KeyRef, Field(description="key that may change things")] = SecretRef(
        "agent", ""
    )
    read_identity: Annotated[
        KeyRef | None, Field(description="key that may only read: for plan and drift")
    ] = None


class Node(Strict):
    """A compute node, a backup node, a connector, or several of these."""

    transport: Literal["ssh", "local"] = "ssh"
    address: Annotated[Host | None, Field(description="host name or IP address")] = None
    ssh: Ssh | None = None
    via: Annotated[Name | None, Field(description="node to jump over")] = None
    root: Annotated[
        LocalPath | None,
        Field(description="tree of a local node, relative to the inventory's parent folder"),
    ] = None
    datacenter: Name | None = None
    retired: Annotated[Bool, Field(description="take everything of ours off it")] = False
    cron: Annotated[
        Literal["cron.d", "crontab"], Field(description="crontab where there is no /etc/cron.d")
    ] = "cron.d"
    slots: Annotated[
        Annotated[int, whole(1, 64)], Field(description="jobs at a time; the rest wait")
    ] = 2
    storages: dict[Name, Storage] = Field(default_factory=dict)

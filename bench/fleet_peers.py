"""The peers' side of a fleet: the same ten cron entries put on every host, checked each time.

Each is tuned as its manual advises: held connections and pipelining for Ansible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.command import Command
from bench.hosts import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.hosts import Host

PARALLEL = 16
ENTRY = (
    "{number} 2 * * * root /opt/holdfast/holdfast-agent run bench d{number}@{host}:{number} --due"
)
TEMPLATE = f"""\
{{% for number in range(1, 11) %}}
{ENTRY.format(number="{{ number }}", host="{{ HOST }}")}
{{% endfor %}}
"""

ANSIBLE = """\
[defaults]
inventory = hosts.ini
forks = {forks}
gathering = explicit
interpreter_python = /usr/bin/python3
private_key_file = {folder}/client_key
local_tmp = {home}/tmp
home = {home}
[ssh_connection]
pipelining = True
control_path_dir = {folder}/masters
ssh_args = -o ControlMaster=auto -o ControlPersist=900 -o UserKnownHostsFile={folder}/known_hosts
"""
PLAYBOOK = """\
- hosts: all
  tasks:
  - template: {src: cron.j2, dest: /etc/cron.d/ansible, mode: "0644"}
"""

DEPLOY = """\
from pyinfra.operations import files

files.template(name="cron", src="cron.j2", dest="/etc/cron.d/pyinfra", mode="644")
"""

SSH = """\
Host *
  User root
  IdentityFile {folder}/client_key
  UserKnownHostsFile {folder}/known_hosts
  BatchMode yes
"""
SCRIPT = """\
set -eu
cd /etc/cron.d
cat >.xargs.new <<'END'
{entries}
END
if cmp -s .xargs.new xargs; then rm .xargs.new; else mv .xargs.new xargs; fi
"""


def ansible(programs: Path, folder: Path, hosts: Sequence[Host]) -> Command:
    """Return `ansible-playbook` with one template a host."""
    folder.mkdir(parents=True)
    settings = ANSIBLE.format(forks=PARALLEL, folder=FOLDER, home=folder / "home")
    (folder / "ansible.cfg").write_text(settings)
    inventory = "".join(f"{host.name} ansible_host={host.address}\n" for host in hosts)
    (folder / "hosts.ini").write_text(inventory)
    (folder / "cron.j2").write_text(TEMPLATE.replace("HOST", "inventory_hostname"))
    (folder / "playbook.yml").write_text(PLAYBOOK)
    argv = (str(programs / "ansible-playbook"), "playbook.yml")
    path = f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"
    return Command(argv, folder, says="failed=0", environment={"PATH": path})


def pyinfra(programs: Path, folder: Path, hosts: Sequence[Host]) -> Command:
    """Return `pyinfra` with one template a host."""
    folder.mkdir(parents=True)
    ssh = {
        "ssh_user": "root",
        "ssh_key": str(FOLDER / "client_key"),
        "ssh_known_hosts_file": str(FOLDER / "known_hosts"),
    }
    named = [(host.name, {**ssh, "ssh_hostname": host.address}) for host in hosts]
    (folder / "inventory.py").write_text(f"hosts = {named!r}\n")
    (folder / "cron.j2").write_text(TEMPLATE.replace("HOST", "host.name"))
    (folder / "deploy.py").write_text(DEPLOY)
    return Command((str(programs / "pyinfra"), "-y", "inventory.py", "deploy.py"), folder)


def xargs(folder: Path, hosts: Sequence[Host]) -> Command:
    """Return a bare `ssh` a host, so many at once, with a script that compares and replaces."""
    folder.mkdir(parents=True)
    (folder / "ssh_config").write_text(SSH.format(folder=FOLDER))
    for host in hosts:
        entries = (ENTRY.format(number=number, host=host.name) for number in range(1, 11))
        (folder / f"{host.address}.sh").write_text(SCRIPT.format(entries="\n".join(entries)))
    (folder / "hosts.txt").write_text("".join(f"{host.address}\n" for host in hosts))
    each = "exec ssh -F ssh_config {} sh -s <{}.sh"
    argv = ("xargs", "-a", "hosts.txt", "-P", str(PARALLEL), "-I{}", "sh", "-c", each)
    return Command(argv, folder)

"""What a fresh simulated device is configured to do: some of everything, nothing random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.certificates import (
    Certificates,
    elliptic_certificate,
    rsa_certificate,
)
from holdfast.lab.loadmaster.configuration import Configuration, Record, Table

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.user import User

_SERVICES = (("Intranet", "443"), ("Intranet redirect", "80"), ("Mail", "443"), ("LDAPS", "636"))
RSA, ELLIPTIC, INTERMEDIATE = "intranet", "mail-ec", "Lab-Issuing-CA"
_DAYS = 400


def configuration(hostname: str, users: list[User]) -> Configuration:
    """Return a configuration with services, GEO, single sign-on and an own backup schedule."""
    made = Configuration()
    made.parameters |= {
        "hostname": hostname,
        "admincert": RSA,
        "backuphost": "192.0.2.80",
        "backupuser": "lmbackup",
        "backuppath": "/srv/lm",
        "snmpcommunity": "lab-community",
    }
    made.users |= {user.name: user for user in users}
    made.tables[Table.INTERFACE] |= {"0": interface("eth0", "192.0.2.10/24")}
    for number, (nickname, port) in enumerate(_SERVICES, start=1):
        made.tables[Table.SERVICE][str(number)] = service(number, "192.0.2.100", port, nickname)
    made.tables[Table.FQDN]["www.example.net."] = fqdn("www.example.net.")
    made.tables[Table.CLUSTER]["198.51.100.10"] = cluster("198.51.100.10", "site-b")
    made.tables[Table.DOMAIN]["EXAMPLE.NET"] = domain(1, "EXAMPLE.NET")
    return made


def certificates() -> Certificates:
    """Return one RSA and one elliptic certificate, and an intermediate."""
    return Certificates(
        {RSA: rsa_certificate(RSA, _DAYS), ELLIPTIC: elliptic_certificate(ELLIPTIC, _DAYS)},
        {INTERMEDIATE: rsa_certificate(INTERMEDIATE, _DAYS)},
    )


def interface(name: str, address: str) -> Record:
    """Return a network interface."""
    return {"Interface": name, "IPAddress": address, "Mtu": "1500", "InterfaceType": "Port"}


def service(index: int, address: str, port: str, nickname: str, protocol: str = "tcp") -> Record:
    """Return a virtual service as `showvs` shows it, with some of its hundred fields."""
    return {
        "Status": "Down",
        "Index": str(index),
        "VSAddress": address,
        "VSPort": port,
        "Layer": "7",
        "NickName": nickname,
        "Enable": "Y",
        "SSLReverse": "N",
        "Transparent": "N",
        "SubnetOriginating": "Y",
        "Idletime": "660",
        "ForceL7": "Y",
        "ErrorCode": "0",
        "CheckUse1.1": "N",
        "VStype": "http",
        "Protocol": protocol,
        "Schedule": "rr",
        "CheckType": "tcp",
        "PersistTimeout": "0",
        "CheckPort": "0",
        "MasterVS": "0",
        "MasterVSID": "0",
        "NumberOfRSs": "0",
    }


def fqdn(name: str) -> Record:
    """Return a GEO name."""
    return {
        "Status": "Up",
        "FullyQualifiedDomainName": name,
        "SelectionCriteria": "rr",
        "FailTime": "0",
        "failover": "N",
        "LocalTTL": "10",
    }


def cluster(address: str, name: str) -> Record:
    """Return a GEO cluster."""
    return {"IPAddress": address, "Name": name, "Type": "default", "Checker": "icmp"}


def domain(identifier: int, name: str) -> Record:
    """Return a single sign-on domain."""
    return {
        "Id": str(identifier),
        "Name": name,
        "auth_type": "LDAP-StartTLS",
        "logon_fmt": "Principalname",
        "max_failed_auths": "3",
        "sess_tout_idle_priv": "900",
    }

"""The parameters that the simulator knows, with ranges and defaults."""

from __future__ import annotations

from holdfast.lab.loadmaster.parameter import (
    Access,
    Choice,
    Exact,
    Flag,
    Names,
    Parameter,
    Secret,
    SecretFile,
    Text,
    Whole,
)

FLAG, TEXT, SECRET = Flag(), Text(), Secret()
PORT = Whole(3, 65530)

# The device's own schedule. `backupsecure` is a leftover that says nothing of sftp.
BACKUP = (
    Parameter("backupenable", FLAG, "no"),
    Parameter("backupday", Whole(0, 7), "0"),
    Parameter("backuphour", Whole(0, 23), "0"),
    Parameter("backupminute", Whole(0, 59), "0"),
    Parameter("backuphost", TEXT),
    Parameter("backupmethod", Choice(("wput", "scp", "sftp")), "wput"),
    Parameter("backupsecure", FLAG, "yes"),
    Parameter("backupuser", TEXT),
    Parameter("backuppassword", SECRET),
    Parameter("backupident", SecretFile(), access=Access.POST),
    Parameter("backuppath", TEXT),
    Parameter("backupnetstat", FLAG, "yes"),
    Parameter("backuptop", FLAG, "no"),
)

# What the device says of itself; the values come from its state.
FACTS = tuple(
    Parameter(tag, kind, access=Access.READ)
    for tag, kind in (
        ("version", Exact()),
        ("serialnumber", TEXT),
        ("boottime", TEXT),
        ("activetime", TEXT),
        ("hastatus", TEXT),
    )
)

SETTINGS = (
    Parameter("hostname", TEXT, "lb100"),
    Parameter("hamode", Whole(0, 4), "0"),
    Parameter("haprefered", Whole(0, 2), "0"),
    Parameter("hatimeout", Whole(1, 5), "3"),
    Parameter("enableapi", FLAG, "yes"),
    Parameter("apiport", PORT),
    Parameter("wuiport", PORT, "443"),
    Parameter("sessioncontrol", FLAG, "no"),
    Parameter("sessionbasicauth", FLAG, "no"),
    Parameter("sessionmaxfailattempts", Whole(1, 999), "3"),
    Parameter("sessionidletime", Whole(60, 86400), "600"),
    Parameter("adminclientaccess", Whole(0, 6), "0"),
    Parameter("admincert", TEXT),
    Parameter("localcert", TEXT),
    Parameter("MinPassword", Whole(8, 16), "8"),
    Parameter("WUITLSProtocols", Whole(0, 31), "7"),
    Parameter("nameserver", Names(), "192.0.2.53,198.51.100.53"),
    Parameter("searchlist", Names()),
    Parameter("dfltgw", TEXT, "192.0.2.1"),
    Parameter("ntphost", TEXT),
    Parameter("timezone", TEXT, "UTC"),
    Parameter("sshaccess", FLAG, "yes"),
    Parameter("sshport", PORT, "22"),
    Parameter("SSHPreAuth", TEXT),
    Parameter("WUIPreauth", TEXT),
    Parameter("syslogemergency", TEXT),
    Parameter("syslogerror", TEXT),
    Parameter("snmpenable", FLAG, "no"),
    Parameter("snmpcommunity", SECRET),
    Parameter("emailenable", FLAG, "no"),
    Parameter("emailserver", TEXT),
    Parameter("emailpassword", SECRET),
    Parameter("geoenable", FLAG, "yes"),
    Parameter("nonlocalrs", FLAG, "no"),
    Parameter("onlydefaultroutes", FLAG, "no"),
    Parameter("sslrenegotiate", FLAG, "yes"),
    Parameter("tethering", FLAG, "no"),
    Parameter("irqbalance", FLAG, "no"),
    Parameter("finalpersist", FLAG, "no"),
    Parameter("slowstart", Whole(0, 600), "0"),
    Parameter("conntimeout", Whole(0, 86400), "660"),
)

ALL = (*FACTS, *SETTINGS, *BACKUP)
PARAMETERS = {parameter.tag.lower(): parameter for parameter in ALL}

"""What the vendor's SDK is asked to do, run by the Python that has it; prints JSON.

Called with the name of a function below; the device and its login stand in the environment.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from python_kemptech_api import LoadMaster

FOLDER = os.environ["LM_FOLDER"]
WORD = "Pass1234"


def connect() -> Any:
    return LoadMaster(
        "127.0.0.1", os.environ["LM_USER"], os.environ["LM_WORD"], int(os.environ["LM_PORT"])
    )


def parameters(lm: Any) -> dict[str, Any]:
    lm["backuphour"] = "4"
    everything = lm.get_all_parameters()
    return {
        "backuphour": lm["backuphour"],
        "backupmethod": lm.get_parameter("backupmethod"),
        "version": lm.get_parameter("version"),
        "short": lm.version,
        "minpassword": everything["minpassword"],
        "backuppassword": everything["backuppassword"],
    }


def licence(lm: Any) -> dict[str, Any]:
    whole = lm.get_license_info()["Response"]["Success"]["Data"]
    return {"licence": lm.license, "as object": lm.license_as_object.licensetype, "360": whole}


def certificates(lm: Any) -> list[str]:
    return [certificate.certname for certificate in lm.get_certificates()]


def backup(lm: Any) -> dict[str, Any]:
    path = lm.backup(FOLDER)
    lm["hostname"] = "changed"
    service = lm.get_virtual_services()[0]
    service.delete()
    counts = [len(lm.get_virtual_services())]
    lm.restore_backup(2, path)
    counts.append(len(lm.get_virtual_services()))
    names = [lm["hostname"]]
    lm.restore_backup(1, path)
    names.append(lm["hostname"])
    return {"path": path, "services": counts, "names": names}


def certificate_backup(lm: Any) -> dict[str, Any]:
    path = lm.backup_cert(WORD, location=FOLDER)
    for certificate in ("mail-ec",):
        lm._get("/delcert", {"cert": certificate})  # noqa: SLF001  # it has no other call
    left = lm._get("/readcert", {"cert": "intranet"})  # noqa: SLF001
    lm.restore_cert(WORD, path, restore_type="full")
    return {"path": path, "left": left, "back": lm._get("/readcert", {"cert": "mail-ec"})}  # noqa: SLF001


def refusals(lm: Any) -> dict[str, Any]:
    told = {}
    for name, ask in {
        "range": lambda: lm.set_parameter("backuphour", "99"),
        "archive": lambda: lm.restore_backup(2, __file__),
        "backup": lambda: lm.backup(FOLDER),
    }.items():
        try:
            ask()
        except Exception as error:  # noqa: BLE001  # whatever the SDK raises is the result
            told[name] = [type(error).__name__, str(error)]
    return told


def enable(lm: Any) -> Any:
    return lm.enable_api()


def flood(lm: Any) -> str:
    lm._retry_count = 0  # noqa: SLF001  # else it sleeps and tries again
    try:
        for _ in range(40):
            lm.get_parameter("hostname")
    except Exception as error:  # noqa: BLE001  # whatever the SDK raises is the result
        return type(error).__name__
    return "no limit"


def main() -> None:
    json.dump(globals()[sys.argv[1]](connect()), sys.stdout)


if __name__ == "__main__":
    main()

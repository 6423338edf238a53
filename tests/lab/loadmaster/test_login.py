from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lab.loadmaster.raw import WORD, WRONG

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Answer, Raw

WRONG_KEY = "x" * 44
ACCENTED = "přílišžluťoučký"


def by_document(raw: Raw, **credentials: str) -> Answer:
    body = json.dumps({"cmd": "get", "param": "hostname", **credentials}).encode()
    return raw.send("POST", "/accessv2", body)


def by_url(raw: Raw, key: str, headers: dict[str, str] | None = None) -> Answer:
    return raw.send("GET", f"/access/get?param=hostname&apikey={key}", headers=headers)


def test_all_four_ways_in(raw: Raw) -> None:
    assert raw.get("get", param="hostname").status == 200
    assert by_url(raw, raw.api_key).status == 200
    assert by_document(raw, apikey=raw.api_key).status == 200
    assert by_document(raw, apiuser=raw.user, apipass=raw.password).status == 200


def test_a_key_outranks_a_user(raw: Raw) -> None:
    good = {"apiuser": raw.user, "apipass": raw.password}
    assert by_document(raw, apikey=WRONG_KEY, **good).status == 401
    assert by_document(raw, apikey=raw.api_key, apiuser="nobody", apipass="").status == 200
    assert by_url(raw, WRONG_KEY, raw.basic()).status == 401


def test_refusal_is_a_page_in_one_api_and_json_in_the_other(raw: Raw) -> None:
    page = replace(raw, password=WRONG).get("getall")
    assert (page.status, page.headers["Content-Type"]) == (401, "text/html")
    assert page.headers["WWW-Authenticate"].startswith("Basic ")
    document = replace(raw, api_key=WRONG_KEY).call("getall")
    assert (document.status, document.json["code"], document.json["status"]) == (401, 401, "fail")


@pytest.mark.parametrize("header", ["", "Basic", "Basic ###", "Bearer x", "Basic /w=="])
def test_a_broken_header_is_no_login(raw: Raw, header: str) -> None:
    answer = raw.send("GET", "/access/getall", headers={"Authorization": header})
    assert answer.status == 401


def test_basic_is_utf_8(raw: Raw) -> None:
    raw.get("useraddlocal", user="žofie", password=ACCENTED)
    assert replace(raw, user="žofie", password=ACCENTED).get("getall").status == 200
    latin = base64.b64encode("žofie:x".encode("iso-8859-2")).decode()
    answer = raw.send("GET", "/access/getall", headers={"Authorization": f"Basic {latin}"})
    assert answer.status == 401


def test_a_missing_permission_is_403_and_names_no_secret(raw: Raw) -> None:
    raw.get("useraddlocal", user="reader", password=WORD)
    reader = replace(raw, user="reader", password=WORD)
    assert reader.get("getall").status == 200
    refused = reader.get("backup")
    assert refused.verdict == (403, "403", "fail")
    assert refused.error == "Permission denied"
    raw.get("usersetperms", user="reader", perms="backup")
    assert reader.get("backup").status == 200
    assert reader.get("backupcert", password=WORD).status == 403
    assert reader.get("set", param="hostname", value="x").status == 403
    assert reader.get("set", param="backuphour", value="4").status == 200


def test_root_is_all_but_user_management(raw: Raw) -> None:
    raw.get("useraddlocal", user="admin", password=WORD)
    raw.get("usersetperms", user="admin", perms="root")
    admin = replace(raw, user="admin", password=WORD)
    assert admin.get("backup").status == 200
    assert admin.get("set", param="hostname", value="x").status == 200
    assert admin.get("useraddlocal", user="other", password=WORD).status == 403
    assert raw.get("usershow", user="admin").data.findtext("User/Perms") == "root"


def test_repeated_failures_block_the_user_even_with_the_right_password(
    raw: Raw, device: Device
) -> None:
    wrong = replace(raw, password=WRONG)
    assert [wrong.get("getall").status for _ in range(3)] == [401] * 3
    assert raw.get("getall").status == 401
    assert raw.call("getall").status == 200, "keys are not blocked"
    device.lockout.unblock()
    assert raw.get("getall").status == 200


def test_a_success_in_between_forgets_the_failures(raw: Raw) -> None:
    wrong = replace(raw, password=WRONG)
    for client in (wrong, wrong, raw, wrong, wrong, raw):
        assert client.get("getall").status == (401 if client is wrong else 200)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.loadmaster.raw import WORD, WRONG

if TYPE_CHECKING:
    from lab.loadmaster.raw import Raw


def keys(raw: Raw) -> list[str]:
    return [key.text or "" for key in raw.get("listapikeys").data.findall("apikeys/key")]


def test_one_key_is_an_array_too(raw: Raw) -> None:
    assert raw.call("listapikeys").json["apikeys"] == [raw.api_key]
    assert keys(raw) == [raw.api_key]
    assert len(raw.api_key) == 44
    assert raw.api_key.isalnum()


def test_a_new_key_is_found_by_difference_and_works(raw: Raw) -> None:
    listed = raw.call("addapikey").json["apikeys"]
    (new,) = set(listed) - {raw.api_key}
    assert replace(raw, api_key=new).call("get", param="version").status == 200


def test_the_17th_key_pushes_the_oldest_out(raw: Raw) -> None:
    for _ in range(15):
        raw.get("addapikey")
    before = keys(raw)
    assert len(before) == 16
    assert raw.get("addapikey").status == 200
    after = keys(raw)
    assert after[:15] == before[1:]
    assert raw.call("get", param="version").status == 401


def test_a_deleted_key_is_dead(raw: Raw) -> None:
    assert raw.get("delapikey", key=raw.api_key).status == 200
    assert raw.call("get", param="version").status == 401
    assert raw.get("delapikey", key=raw.api_key).status == 422
    assert raw.call("listapikeys").status == 401


def test_keys_belong_to_their_user(raw: Raw) -> None:
    raw.get("useraddlocal", user="other", password=WORD)
    other = replace(raw, user="other", password=WORD)
    (key,) = keys_of(other)
    assert replace(raw, api_key=key).call("backup").status == 403
    assert other.get("delapikey", key=raw.api_key, user=raw.user).status == 403
    assert raw.get("delapikey", key=key, user="other").status == 200


def keys_of(raw: Raw) -> list[str]:
    raw.get("addapikey")
    return keys(raw)


def test_the_built_in_user_changes_its_password(raw: Raw) -> None:
    assert raw.get("usersetsyspassword", currpassword=WRONG, password=WORD).status == 422
    changed = raw.get("usersetsyspassword", currpassword=raw.password, password=WORD)
    assert changed.status == 200
    assert raw.get("getall").status == 401
    assert replace(raw, password=WORD).get("getall").status == 200
    assert raw.call("getall").status == 200, "keys live on"

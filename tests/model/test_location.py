from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.location import dataset, host, https, path, user
from holdfast.model.wrong import Wrong


@pytest.mark.parametrize("text", ["bkp01", "bkp01.example.net", "10.0.0.5", "fd00::5", "a_b.c."])
def test_a_host_is_a_name_or_an_address(text: str) -> None:
    assert host(text) == text


@pytest.mark.parametrize(
    "text", ["", "-oProxyCommand=id", "n1:22", "root@n1", "a b", "a/b", "$(id)", "a" * 254, "a..b"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="is not an address"):
        host(text)


@settings(max_examples=40)
@given(st.text(max_size=30))
def test_no_host_or_user_needs_quotes_or_looks_like_an_option(text: str) -> None:
    for parse in (host, user):
        try:
            parsed = parse(text)
        except Wrong:
            continue
        assert shlex.quote(parsed) == parsed
        assert not parsed.startswith("-")


@pytest.mark.parametrize(
    "text",
    ["", "/", "//", "a", "./a", "/a/", "/a//b", "/a/../b", "/a/.", "//a", "/a\nb", "/a\0", "~/a"],
)
def test_a_path_is_plain_and_absolute(text: str) -> None:
    with pytest.raises(Wrong):
        path(text)


def test_a_path_may_hold_what_a_mount_point_may() -> None:
    assert path("/mnt/My Backups/100%") == "/mnt/My Backups/100%"


@pytest.mark.parametrize("text", ["zones", "zones/holdfast", "tank/a.b:c_d-e"])
def test_a_dataset_is_named_as_zfs_does(text: str) -> None:
    assert dataset(text) == text


@pytest.mark.parametrize(
    "text", ["", "/zones", "zones/", "a//b", "a@b", "a#b", "-a", "1a", "a b", "a/..", "a" * 151]
)
def test_what_is_no_dataset_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        dataset(text)


def test_an_appliance_is_reached_by_https_alone() -> None:
    assert https("https://10.0.0.5:443/") == "https://10.0.0.5:443"
    assert https("https://[fd00::5]:8443") == "https://[fd00::5]:8443"


@pytest.mark.parametrize(
    "text",
    [
        "http://a",
        "a",
        "https://",
        "https://a:0",
        "https://a:x",
        "https://a/access",
        "https://a?b=c",
    ],
)
def test_what_is_no_address_of_an_appliance_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        https(text)


def test_a_password_in_an_address_is_not_repeated() -> None:
    for text in ("https://u:hunter2@a", "https://u:hunter2@a:port", "http://hunter2@["):
        with pytest.raises(Wrong) as caught:
            https(text)
        assert "hunter2" not in f"{caught.value.what} {caught.value.hint}"

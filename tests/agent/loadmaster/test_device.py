"""What is asked of a device, in each way to reach it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from holdfast.agent.loadmaster.errors import Rejected

if TYPE_CHECKING:
    from agent.loadmaster.connector import Connector
    from holdfast.lab.loadmaster.estate import Site

    Known = tuple[Connector, Site]

pytestmark = pytest.mark.slow

WORD = "Pass1234"


def test_a_parameter_is_read_and_set(known: Known) -> None:
    connector, site = known
    with connector.session("lm-1") as device:
        assert device.get("hostname") == "lm-1"
        assert device.get("BackupMethod") == "wput"
        device.set("backuphour", "4")
        device.set("backuppath", "/ž ü/" + "x" * 1500)
        assert device.get("backuphour") == "4"
    assert site.device.value("backuphour") == "4"
    assert site.device.value("backuppath") == "/ž ü/" + "x" * 1500


def test_all_parameters_are_alike_in_both_apis(known: Known) -> None:
    connector, site = known
    site.device.configuration.set("hostname", "büro")
    with connector.session("lm-1") as device:
        found = device.all()
    assert found["minpassword"] == "8"
    assert found["nameserver"] == "192.0.2.53,198.51.100.53"
    assert (found["backupenable"], found["backupnetstat"]) == ("no", "yes")
    assert found["hostname"] == "büro"
    assert set(found["backuppassword"]) == {"*"}
    assert "searchlist" not in found, "what is unset is not there"


def test_a_refusal_comes_in_the_words_of_the_device(known: Known) -> None:
    connector, site = known
    with connector.session("lm-1") as device:
        with pytest.raises(Rejected) as refusal:
            device.set("backuphour", "99")
        with pytest.raises(Rejected):
            device.get("nonsense")
    assert "lm-1: refuses set (422) (it says: Unknown parameter value)" in str(refusal.value)
    assert [call.command for call in site.device.calls.listed()].count("set") == 1


def test_a_backup_comes_down_and_goes_up_again(known: Known) -> None:
    connector, site = known
    site.device.switches.padding = 300_000
    with connector.session("lm-1") as device:
        with device.download("backup") as blocks:
            pieces = list(blocks)
        device.set("hostname", "other")
        archive = b"".join(pieces)
        pieces = [archive[at : at + 1001] for at in range(0, len(archive), 1001)]
        device.upload("restore", {"type": "1"}, pieces, len(archive))
    assert len(gzip.decompress(archive)) > 300_000
    assert site.device.value("hostname") == "lm-1"


def test_certificates_come_down_and_go_up_again(known: Known) -> None:
    connector, site = known
    with connector.session("lm-1") as device:
        with device.download("backupcert", password=WORD) as blocks:
            blob = b"".join(blocks)
        site.device.certificates.services.clear()
        arguments = {"password": WORD, "type": "full"}
        device.upload("restorecert", arguments, iter([blob]), len(blob))
    assert site.device.certificates.services


def test_no_secret_stands_in_a_url_where_the_json_api_is(connector: Connector, site: Site) -> None:
    with connector.session(connector.know(site)) as device:
        device.get("version")
    assert {call.interface for call in site.device.calls.listed()} == {"v2"}

"""What is told of a device that does not answer after its base was restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import QUICK
from holdfast.agent.acts import shelf
from holdfast.agent.loadmaster.parts import parse
from holdfast.agent.reinstating.delivery import Delivery, Outcome, Times
from holdfast.agent.reinstating.order import Keys, Order
from holdfast.agent.reinstating.shipment import Shipment
from holdfast.agent.setup.survey import Survey
from holdfast.agent.sources import loadmaster

if TYPE_CHECKING:
    from agent.jobs.pulling import Pulling

pytestmark = pytest.mark.slow


def deliver(pulling: Pulling, parts: str = "all") -> Outcome:
    """Restore parts of the newest backup, looking three times whether the device comes back."""
    layout = pulling.desk.layout
    order = Order("lm-1", parse([parts]), frozenset(), Keys(None, None, None))
    backup = f"lm-1/{pulling.manifests()[-1]['backup']}"
    found = shelf.find(Survey(layout), "nas", backup)
    delivery = Delivery(layout, order, Shipment(found, order.keys), Times(QUICK, (0.0,) * 3))
    with loadmaster.opened(layout, "lm-1") as device:
        seen = device.facts
    delivery.prove()
    return delivery.send(seen)


def test_a_device_that_answers_as_before_leaves_nothing_to_say(pulling: Pulling) -> None:
    assert deliver(pulling) == Outcome("lm-1", "")


def test_keys_from_before_are_gone_with_a_base_that_had_others(pulling: Pulling) -> None:
    site = pulling.site
    user = pulling.device.configuration.users[site.user]
    user.keys.clear()
    key = user.add_key()
    pulling.connector.secret("lm-1.api_key", key)
    outcome = deliver(pulling)
    assert outcome.answered == ""
    assert "it does not answer as before: lm-1: rejects the login" in outcome.told
    assert pulling.device.configuration.users[site.user].keys == [site.api_key]


def test_certificates_may_be_the_device_s_own_so_it_is_looked_at_afterwards(
    pulling: Pulling,
) -> None:
    pulling.know(certificates=True)
    pulling.connector.secret("lm-1.certificates.passphrase", "Passphrase7")
    assert pulling.run().status == "success"
    device = pulling.device
    taken = device.certificates.restore

    def also_its_own(*arguments: object) -> object:
        device.change_certificate(365)
        return taken(*arguments)

    device.certificates.restore = also_its_own
    outcome = deliver(pulling, "certificates")
    assert outcome.answered == ""
    assert "serves another certificate" in outcome.told

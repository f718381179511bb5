"""Forms on visitors' phones never hold the gate: scans go on while one after the other is filled in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.integration.test_phone_forms import SCANS, PhoneGate
from tests.parts.phones import Phone
from tests.parts.site import Site
from tests.parts.warm import Nursery
from tests.unit.forms.library import library


def test_twenty_scans_go_on_while_forms_are_filled_in_on_phones(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = library("domestic")
    with Site(tmp_path_factory.mktemp("phones"), nursery=nursery) as site:
        kiosk, stop = PhoneGate(site, tmp_path_factory.mktemp("p")), Event()

        def fill_in() -> int:
            done = 0
            while not stop.is_set():
                assert Phone(kiosk.proxy).fill_in(kiosk.link(), form).code
                done += 1
            return done

        try:
            with ThreadPoolExecutor(1) as pool:
                typing = pool.submit(fill_in)
                waits = sorted(kiosk.scan(number) for number in range(1, SCANS + 1))
                stop.set()
                forms = typing.result(60)
        finally:
            kiosk.proxy.close()
        print(f"\n{SCANS} scans during {forms} forms on phones: median {waits[SCANS // 2]} ms, longest {waits[-1]} ms")
        assert forms >= 1
        assert waits[-2] <= 300, waits  # one of twenty may meet a pause of a shared machine

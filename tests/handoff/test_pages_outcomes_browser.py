"""Everything that a professional can do on their page, on a phone of 360 px: found by name, big enough, accessible."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect

from bot.handoff.links import LIFE_SECONDS, Link, sign
from bot.handoff.safe import Safe
from bot.store import Database, utcnow
from tests.handoff.conftest import opened
from tests.handoff.test_pages_browser import accessible, address, browser

__all__ = ["address", "browser"]
pytestmark = pytest.mark.browser
PICTURES = os.environ.get("FIRSTSTEP_TEST_PICTURES")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def look(page: Page, name: str) -> None:
    accessible(page)
    small = page.evaluate(
        "[...document.querySelectorAll('a.button, button, select, textarea, .choice, input:not([type=hidden], "
        "[type=radio])')].filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == [], name
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def link(database: Database, conversation: str = "c1", **changes: object) -> str:
    lead = opened(database, conversation, utcnow(), **changes)  # type: ignore[arg-type]
    return f"/handoff/{sign(Link(lead.lead_id, lead.professional.id, 1))}"


def report(page: Page, outcome: str, note: str = "", when: str = "") -> None:
    page.get_by_label(outcome).check()
    if note:
        page.get_by_label("Note").fill(note)
    if when:
        page.get_by_label("Time that you set, or when you try again").fill(when)
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()


def test_claim_call_text_and_every_outcome(phone: Page, store: Database, address: str) -> None:
    phone.goto(address + link(store, safe=Safe(True, True, True)))
    expect(phone.get_by_text("0188")).to_have_count(0)
    look(phone, "offered")
    phone.get_by_role("button", name="I have it").click()
    expect(phone.get_by_role("link", name="Call", exact=True)).to_have_attribute("href", "tel:+15035550188")
    expect(phone.get_by_role("link", name="Text", exact=True)).to_have_attribute("href", "sms:+15035550188")
    look(phone, "claimed")
    so_far = phone.locator("ol")
    report(phone, "No answer", when="2036-12-01T09:00")
    expect(phone.get_by_text("Try again Monday, Dec 1 at 9 am.")).to_be_visible()
    report(phone, "I left a message", note="with nobody in particular")
    expect(so_far).to_contain_text("with nobody in particular")
    report(phone, "I reached them", note="wants evenings")
    expect(so_far).to_contain_text("Reached")
    report(phone, "We set a time", when="2036-12-02T15:30")
    expect(phone.get_by_text("Time set: Tuesday, Dec 2 at 3:30 pm.")).to_be_visible()
    look(phone, "scheduled")
    with phone.expect_download() as got:
        phone.get_by_role("link", name="Calendar file").click()
    assert "BEGIN:VEVENT" in Path(got.value.path()).read_text(encoding="utf-8")
    report(phone, "We set a time")
    expect(phone.get_by_role("alert")).to_contain_text("give a day and time that is still to come")
    look(phone, "problem")
    report(phone, "We are finished")
    expect(phone.get_by_role("heading")).to_contain_text("not open to you any more")
    look(phone, "finished")


def test_decline_with_a_reason(phone: Page, store: Database, address: str) -> None:
    phone.goto(address + link(store))
    phone.get_by_label("Reason").select_option(label="I have no time for it now")
    phone.get_by_role("button", name="I cannot take it").click()
    expect(phone.get_by_role("heading")).to_have_text("Thank you")
    look(phone, "declined")


def test_links_that_open_nothing_say_what_to_do(phone: Page, store: Database, address: str) -> None:
    path = link(store)
    with time_machine.travel(utcnow().timestamp() - LIFE_SECONDS - 60):
        old = link(store, "c2", contact="old@example.org")
    lead = opened(store, "c3", utcnow(), contact="third@example.org")
    somebody_elses = f"/handoff/{sign(Link(lead.lead_id, 'nobody', 1))}"
    for name, address_of in (("expired", old), ("foreign", somebody_elses)):
        answer = phone.goto(address + address_of)
        assert answer is not None
        assert answer.status == 410
        expect(phone.locator("main")).to_contain_text("sign in to the staff console, or ask your office for a new link")
        expect(phone.locator("main")).not_to_contain_text("Jordan")
        look(phone, name)
    answer = phone.goto(f"{address}{path[:-3]}abc")
    assert answer is not None
    assert answer.status == 404
    expect(phone.locator("main")).to_contain_text("open it from the e-mail again")
    look(phone, "forged")

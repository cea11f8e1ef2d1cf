"""The professional's page in a real browser: a narrow phone, WCAG 2.2 AA, by keyboard alone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from bot.handoff.links import Link, sign
from bot.handoff.pages import routes
from bot.store import Database, utcnow
from tests.browser.fixtures import browser
from tests.channels.support import serving
from tests.handoff.conftest import opened

__all__ = ["browser"]
pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def address(store: Database) -> Iterator[str]:
    with serving(Starlette(routes=routes(store))) as url:
        yield url


def accessible(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
        assert results.violations_count == 0, results.generate_report()
    page.emulate_media(color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def press_on(page: Page, name: str) -> None:
    """Tab to the button of that name, and press it."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_the_whole_way_on_a_narrow_phone_by_keyboard(browser: Browser, store: Database, address: str) -> None:
    lead_id = opened(store, now=utcnow(), wish="evenings, please").lead_id
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=True)
    page = context.new_page()
    page.goto(f"{address}/handoff/{sign(Link(lead_id, 'dana', 1))}")
    accessible(page)
    press_on(page, "I have it")
    expect(page.get_by_role("link", name="Call", exact=True)).to_have_attribute("href", "tel:+15035550188")
    accessible(page)
    page.get_by_label("We set a time").focus()
    page.keyboard.press("Space")
    page.get_by_label("Time that you set").fill("2036-12-01T15:30")
    page.get_by_label("Where, if you set a time").select_option("phone")
    press_on(page, "Save")
    expect(page.get_by_text("Time set: Monday, Dec 1 at 3:30 pm.")).to_be_visible()
    accessible(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Calendar file").click()
    assert got.value.suggested_filename == "appointment.ics"
    page.goto(f"{address}/handoff/forged")
    accessible(page)
    context.close()

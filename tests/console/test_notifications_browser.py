"""The browser's own notifications: asked for by a button, shown once a message, the fact and the link only."""

import pytest
from playwright.sync_api import Browser, expect

from bot.store import Database, utcnow
from tests.console import scene
from tests.console.test_browser import accessible, address, sign_in

__all__ = ["address"]
pytestmark = pytest.mark.browser
WITNESS = """
window.shown = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { this.permission = "granted"; return "granted"; }
  constructor(text, options) { window.shown.push([text, options]); window.lastShown = this; }
};
"""


def test_a_notification_is_asked_for_shown_once_and_opens_the_request(
    browser: Browser, address: str, database: Database
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(20_000)
    context.add_init_script(WITNESS)
    page = context.new_page()
    with page.expect_response(lambda answer: "/console/news" in answer.url):
        sign_in(page, address, "lead_worker")
    page.goto(f"{address}/console/figures")
    accessible(page)
    with page.expect_response(lambda answer: "/console/news" in answer.url):
        page.goto(f"{address}/console/leads")
    allow = page.get_by_role("button", name="Notify me in this browser")
    allow.click()
    expect(allow).to_be_hidden()
    lead = scene.lead_of(database, scene.start(database), utcnow())
    expect(page.get_by_role("status", name="News")).to_contain_text("is waiting", timeout=20_000)
    with page.expect_response(lambda answer: "/console/news?after=" in answer.url):
        pass  # one more look at the news brings nothing anew
    ((text, options),) = page.evaluate("window.shown")
    assert "is waiting" in text
    assert options["tag"].startswith("first-step-")
    assert not [word for word in ("Jordan", "0188", "97103") if word in text + str(options)]
    page.evaluate("window.lastShown.onclick()")
    expect(page).to_have_url(f"{address}/console/leads/{lead}")
    context.close()

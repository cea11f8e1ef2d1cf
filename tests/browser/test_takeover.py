"""A visitor in the widget and a person in the console, side by side in a real browser, on one front."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.console import users
from bot.conversations import silence
from bot.conversations.models import Takeover
from bot.conversations.silence import Patience
from bot.store import utcnow
from tests.browser.test_widget import open_chat, said, violations
from tests.channels.support import Stage
from tests.console import scene
from tests.console.conftest import CHEAP
from tests.console.test_browser import accessible, sign_in

pytestmark = pytest.mark.browser
SOON = 20_000
"""Milliseconds: the console asks every two seconds."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=SOON)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def office(browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """The browser of staff, on a small phone."""
    monkeypatch.setattr(users, "_hasher", CHEAP)
    scene.add_staff(stage.database)
    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.set_default_timeout(SOON)
    yield context
    context.close()


def opened_by_staff(office: BrowserContext, stage: Stage) -> Page:
    """The transcript of the one conversation."""
    staff = office.new_page()
    sign_in(staff, stage.url, "responder")
    staff.locator(".card h3 a").first.click()
    return staff


def latest(staff: Page) -> Locator:
    return staff.locator(".turns > li").last


def type_in(page: Page, text: str) -> None:
    box = page.get_by_label("Your question")
    box.fill(text)
    box.press("Enter")


def test_side_by_side(page: Page, office: BrowserContext, stage: Stage) -> None:
    open_chat(page, stage)
    type_in(page, "is there a person?")
    expect(said(page, "You said: is there a person?")).to_be_visible()
    staff = opened_by_staff(office, stage)
    asked: list[str] = []
    staff.on("request", lambda request: asked.append(request.url))
    accessible(staff)

    name = staff.get_by_label("Your name, as the visitor will see it")
    name.fill("Dana")
    name.press("Enter")
    expect(staff.get_by_text("You do, as Dana.")).to_be_visible()
    accessible(staff)
    expect(said(page, "You are now with Dana, a person at")).to_be_visible()
    expect(page.get_by_text("You are with Dana, a person", exact=True)).to_be_visible()

    box = staff.get_by_label("Write to the visitor")
    box.focus()
    staff.keyboard.type("Hi, I am here. What is on your mind?")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    expect(latest(staff)).to_contain_text("Dana, staff")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    expect(said(page, "Dana, staff")).to_be_visible()
    expect(said(page, "What is on your mind?")).to_be_visible()

    type_in(page, "my job, mostly")
    expect(staff.get_by_role("status", name="New messages")).to_contain_text("Visitor: my job, mostly")
    expect(latest(staff)).to_contain_text("my job, mostly")
    expect(page.get_by_label("The assistant is writing")).to_have_count(0)
    expect(said(page, "You said: my job, mostly")).to_have_count(0)
    assert violations(page) == []
    accessible(staff)

    staff.get_by_role("button", name="Hand back to the assistant").click()
    expect(staff.get_by_text("The assistant does.")).to_be_visible()
    expect(said(page, "Dana has left this chat.")).to_be_visible()
    expect(page.get_by_text("Automated assistant", exact=True)).to_be_visible()
    type_in(page, "thanks")
    expect(said(page, "You said: thanks")).to_be_visible()
    page.reload()
    expect(said(page, "Dana, staff")).to_be_visible()
    assert {url.split("/console")[0] for url in asked} == {stage.url}


def test_a_check_is_marked_for_staff_and_an_emergency_is_answered(
    page: Page, office: BrowserContext, stage: Stage
) -> None:
    open_chat(page, stage)
    type_in(page, "hello")
    expect(said(page, "You said: hello")).to_be_visible()
    staff = opened_by_staff(office, stage)
    staff.get_by_label("Your name").fill("Dana")
    staff.get_by_role("button", name="Take over").click()
    expect(said(page, "You are now with Dana")).to_be_visible()
    stage.engine.safety = "check"
    type_in(page, "what is the point of anything")
    expect(latest(staff)).to_contain_text("Check")
    expect(latest(staff)).to_contain_text("988")
    accessible(staff)
    stage.engine.status = 503
    type_in(page, "i want to kill myself tonight")
    expect(said(page, "Call or text 988 now")).to_be_visible()
    expect(staff.locator(".turn.danger-edge").last).to_contain_text("Emergency")
    expect(staff.get_by_text("You do, as Dana.")).to_be_visible()


def test_what_staff_wrote_is_kept_when_the_network_is_gone(page: Page, office: BrowserContext, stage: Stage) -> None:
    open_chat(page, stage)
    type_in(page, "hello")
    expect(said(page, "You said: hello")).to_be_visible()
    staff = opened_by_staff(office, stage)
    staff.get_by_label("Your name").fill("Dana")
    staff.get_by_role("button", name="Take over").click()
    box = staff.get_by_label("Write to the visitor")
    box.fill("One moment please")
    office.set_offline(True)
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_role("alert")).to_contain_text("Not sent: no connection")
    expect(box).to_have_value("One moment please")
    office.set_offline(False)
    staff.get_by_role("button", name="Send").click()
    expect(said(page, "One moment please")).to_be_visible()
    box.fill("a" * 2001)
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_role("alert")).to_contain_text("too long: 2001 characters")


def test_who_waits_chooses_in_the_widget_and_staff_see_it(page: Page, office: BrowserContext, stage: Stage) -> None:
    open_chat(page, stage)
    type_in(page, "hello")
    expect(said(page, "You said: hello")).to_be_visible()
    staff = opened_by_staff(office, stage)
    staff.get_by_label("Your name").fill("Dana")
    staff.get_by_role("button", name="Take over").click()
    expect(said(page, "You are now with Dana")).to_be_visible()
    with stage.database.write() as session:
        taken = session.query(Takeover).one()
        now = utcnow()
        moments = Patience(now - taken.waiting_since, now - taken.waiting_since)
        assert silence.step(session, taken.conversation_id, now, moments, now) == "asked"
    page.get_by_role("button", name="Back to the assistant").click()
    expect(said(page, "You are back with the automated assistant.")).to_be_visible()
    expect(staff.get_by_role("alert")).to_contain_text("The assistant answers again.")
    expect(staff.get_by_role("button", name="Send")).to_be_disabled()
    staff.get_by_role("link", name="Load the page again.").click()
    expect(staff.get_by_role("button", name="Take over")).to_be_visible()


def test_everything_works_without_script(browser: Browser, page: Page, office: BrowserContext, stage: Stage) -> None:
    open_chat(page, stage)
    type_in(page, "hello")
    expect(said(page, "You said: hello")).to_be_visible()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    staff = context.new_page()
    sign_in(staff, stage.url, "admin")
    staff.locator(".card h3 a").first.click()
    staff.get_by_label("Your name").fill("Alex")
    staff.get_by_role("button", name="Take over").click()
    staff.get_by_label("Write to the visitor").fill("Hi there")
    staff.get_by_role("button", name="Send").click()
    expect(latest(staff)).to_contain_text("Hi there")
    expect(said(page, "Hi there")).to_be_visible()
    staff.get_by_role("button", name="Hand back to the assistant").click()
    expect(staff.get_by_text("The assistant does.")).to_be_visible()
    context.close()

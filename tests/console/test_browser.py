"""The console in a real browser, over a real socket: an administrator's way, and WCAG 2.2 AA on each page."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from bot.console.app import routes
from bot.handoff import outbox as box
from bot.store import Database, utcnow
from tests.channels.support import serving
from tests.console import scene

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.browser


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    """The console, served by uvicorn on a free port."""
    with serving(Starlette(routes=routes(database))) as url:
        yield url


def accessible(page: Page) -> None:
    """No rule is broken in light or dark, and nothing is wider than the screen."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
        assert results.violations_count == 0, f"{page.url} in {scheme}\n{results.generate_report()}"
    page.emulate_media(color_scheme="light")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, f"{page.url} scrolls sideways by {wider} px"


def sign_in(page: Page, address: str, role: str) -> None:
    page.goto(f"{address}/console/")
    page.get_by_label("E-mail address").fill(scene.email(role))
    page.get_by_label("Password").fill(scene.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_the_way_of_an_administrator(browser: Browser, database: Database, address: str, width: int) -> None:
    chat = scene.cost_chat(database)
    scene.emergency_text(database)
    scene.lead_of(database, chat, utcnow())
    context = browser.new_context(viewport={"width": width, "height": 760})
    context.set_default_timeout(20_000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{address}/console/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    accessible(page)
    page.get_by_label("E-mail address").fill(scene.email("admin"))
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    accessible(page)

    sign_in(page, address, "admin")
    expect(page.get_by_role("heading", name="Emergencies of the last 7 days")).to_be_visible()
    accessible(page)

    page.get_by_label("Channel").select_option("web")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="Matching conversations, latest first")).to_be_visible()
    assert "channel=web" in page.url
    page.get_by_role("link", name="how mcuh is it with aetna").click()

    expect(page.get_by_text("Thank you, [name].")).to_be_visible()
    page.get_by_text("Understood as").first.click()
    expect(page.get_by_text("how much is it with aetna")).to_be_visible()
    page.get_by_text("Personal details are hidden").click()
    accessible(page)
    page.get_by_label("Why do you need to see").fill(scene.REASON)
    page.get_by_role("button", name="Show personal details").click()
    expect(page.get_by_text("Thank you, Jordan.")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="Leads", exact=True).click()
    expect(page.get_by_role("heading", name="Open leads")).to_be_visible()
    accessible(page)
    page.locator(".card h3 a").click()
    expect(page.get_by_role("heading", name="Consent")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_text(f"Reason: {scene.REASON}")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
    assert {url.split("/console")[0] for url in asked} == {address}


def test_everything_works_by_keyboard(page: Page, database: Database, address: str) -> None:
    scene.cost_chat(database)
    page.goto(f"{address}/console/")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(scene.email("reviewer"))
    page.keyboard.press("Tab")
    page.keyboard.type(scene.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_news_comes_to_an_open_page_and_given_up_messages_can_be_read(
    browser: Browser, address: str, database: Database
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, permissions=["notifications"])
    page = context.new_page()
    page.goto(f"{address}/console/leads")
    page.get_by_label("E-mail").fill(scene.email("admin"))
    page.get_by_label("Password").fill(scene.PASSWORD)
    with page.expect_response(lambda answer: "/console/news" in answer.url):
        page.get_by_role("button", name="Sign in").click()
    lead = scene.lead_of(database, scene.start(database), utcnow())
    told = page.get_by_role("status", name="News")
    expect(told).to_contain_text("is waiting", timeout=15_000)
    accessible(page)
    told.get_by_role("link", name="Open it").click()
    expect(page).to_have_url(f"{address}/console/leads/{lead}")
    (item,) = box.claim_due(database, "w", utcnow())
    with database.write() as session:
        box.mark_failed(session, item, "w", utcnow(), "OSError: refused", for_good=True)
    page.reload()
    page.get_by_role("link", name="1 message was given up").click()
    accessible(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("None. Every message")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_topic_is_corrected_by_keyboard_and_a_colleague_approves(
    browser: Browser, database: Database, address: str, width: int
) -> None:
    scene.cost_chat(database)
    context = browser.new_context(viewport={"width": width, "height": 760})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, address, "reviewer")
    page.locator(".card h3 a").first.click()
    link = page.get_by_role("link", name="Correct the topic of message 1", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    choice = page.get_by_label("What was this message about?")
    expect(choice).to_be_visible()
    accessible(page)
    choice.focus()
    page.keyboard.type("ask ins")
    expect(choice).to_have_value("ask_insurance")
    page.keyboard.press("Tab")
    page.keyboard.type("asks about a plan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Correction waiting for a colleague")).to_be_visible()
    page.get_by_role("link", name="Corrections", exact=True).click()
    expect(page.get_by_text("Yours: a colleague has to decide.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    accessible(page)
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, address, "admin")
    page.get_by_role("link", name="Corrections", exact=True).click()
    accessible(page)
    page.get_by_role("button", name="Approve ask insurance for: how mcuh is it").press("Enter")
    expect(page.get_by_text("No corrections waiting.")).to_be_visible()
    context.close()
    assert {url.split("/console")[0] for url in asked} == {address}

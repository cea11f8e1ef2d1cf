"""The widget in a real browser, against a real front."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.conversations import Conversation, Message, post_to_visitor
from tests.channels.support import Stage, serving

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPENED = "Hi. I am the automated assistant"


def open_chat(page: Page, stage: Stage) -> None:
    page.goto(stage.url)
    page.get_by_role("button", name="Questions? Ask here").click()
    expect(said(page, OPENED)).to_be_visible()


def said(page: Page, text: str, exact: bool = False) -> Locator:
    """Text in the visible conversation: the region that speaks to screen readers holds each reply for a moment too."""
    return page.locator("first-step-chat .log").get_by_text(text, exact=exact)


def violations(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{item['id']}: {[node['target'] for node in item['nodes']]}" for item in found]


def test_the_whole_way_by_keyboard(page: Page, stage: Stage) -> None:
    page.goto(stage.url)
    launcher = page.get_by_role("button", name="Questions? Ask here")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(launcher).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("dialog", name="Ask about our program")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(said(page, OPENED)).to_be_visible()
    page.keyboard.type("what does it cost")
    page.keyboard.press("Enter")
    expect(said(page, "You said: what does it cost")).to_be_visible()
    expect(said(page, "Sent", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(launcher).to_be_focused()


def test_every_control_is_reached_by_tab_and_there_is_no_trap(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.get_by_role("button", name="Close the chat").focus()
    reached = []
    for _ in range(15):
        reached.append(
            page.evaluate(
                "() => { const e = document.querySelector('first-step-chat').shadowRoot.activeElement;"
                " return e ? e.getAttribute('aria-label') || e.textContent || e.id : 'page'; }"
            )
        )
        page.keyboard.press("Tab")
    assert reached[:3] == ["Close the chat", "Conversation", "911"]
    assert [word for word in reached if word in ("text", "Send", "Leave quickly", "Erase this chat")] == [
        "text",
        "Send",
        "Leave quickly",
        "Erase this chat",
    ]


def test_a_choice_is_sent_as_its_payload_and_shown_as_its_title(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_role("button", name="Self-pay")).to_be_visible()
    expect(page.get_by_role("button", name="Ask for a call")).to_have_count(0)
    page.get_by_role("button", name="Self-pay").press("Enter")
    expect(said(page, "You said:")).to_be_visible()
    assert stage.engine.texts == ["/ask_cost", '/choose{"offer":"cash"}']


def test_reload_restores_the_chat_from_the_server_and_announces_nothing(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_role("button", name="Self-pay")).to_be_visible()
    page.get_by_label("Your question").fill("half a sent")
    page.reload()
    expect(said(page, "It depends on your plan.")).to_be_visible()
    expect(page.get_by_role("button", name="Self-pay")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("half a sent")
    assert page.locator("first-step-chat [aria-live=polite]").inner_text() == ""
    assert page.locator("first-step-chat .turn").count() == 3
    stored = page.evaluate("() => JSON.stringify(sessionStorage)")
    assert "depends" not in stored
    assert page.evaluate("() => localStorage.length") == 0


def test_each_reply_is_announced_once(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.wait_for_timeout(1700)
    page.evaluate(
        """() => {
          window.spoken = [];
          const region = document.querySelector('first-step-chat').shadowRoot.querySelector('[aria-live=polite]');
          new MutationObserver((changes) => changes.forEach((change) =>
            change.addedNodes.forEach((node) => window.spoken.push(node.textContent))))
            .observe(region, {childList: true});
        }"""
    )
    page.get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_role("button", name="Self-pay")).to_be_visible()
    page.wait_for_timeout(1500)
    spoken = page.evaluate("() => window.spoken")
    assert spoken == ["Assistant: It depends on your plan. Shall I show you? Choices: With insurance, Self-pay."]
    assert page.locator("first-step-chat [role=log]").get_attribute("aria-live") == "off"


def test_what_staff_pushes_appears_at_once_and_is_counted_when_closed(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.keyboard.press("Escape")
    with stage.database.write() as session:
        conversation = session.execute(select(Conversation)).scalar_one()
        post_to_visitor(session, conversation.id, "Dana has your request.", "x", "lead-1", author="staff")
    expect(page.get_by_role("button", name="Questions? Ask here (1 new)")).to_be_visible()
    page.get_by_role("button", name="Questions? Ask here (1 new)").click()
    expect(said(page, "Dana has your request.")).to_be_visible()
    expect(said(page, "Staff member")).to_be_visible()


def test_what_a_message_says_is_never_html_and_links_are_few(page: Page, stage: Stage) -> None:
    stage.engine.replies["hi"] = [
        {
            "text": '<img src=x onerror="window.hit=1"> javascript:alert(1) https://evil.example.com/a '
            "https://findtreatment.gov. Call 1-800-662-4357 or 988."
        }
    ]
    open_chat(page, stage)
    page.get_by_label("Your question").fill("hi")
    page.keyboard.press("Enter")
    reply = page.locator("first-step-chat .bubble", has_text="<img src=x")
    expect(reply).to_be_visible()
    links = reply.locator("a").evaluate_all("links => links.map((link) => link.href)")
    assert links == ["https://findtreatment.gov/", "tel:18006624357", "tel:988"]
    assert page.evaluate("() => window.hit") is None


def test_an_outage_shows_the_fixed_text_and_the_answer_when_it_comes(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    stage.engine.status = 503
    page.get_by_label("Your question").fill("when do you meet")
    page.keyboard.press("Enter")
    expect(said(page, "I cannot answer just now.")).to_be_visible()
    stage.engine.status = 200
    expect(said(page, "You said: when do you meet")).to_be_visible()


def test_without_network_the_message_is_kept_and_can_be_sent_again(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.context.set_offline(True)
    page.get_by_label("Your question").fill("hello")
    page.keyboard.press("Enter")
    expect(said(page, "Not sent.")).to_be_visible()
    assert violations(page) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(said(page, "You said: hello")).to_be_visible()
    assert stage.engine.texts == ["hello"]


def test_erasing_asks_first_and_leaves_nothing(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    page.get_by_label("Your question").fill("a secret")
    page.keyboard.press("Enter")
    expect(said(page, "You said: a secret")).to_be_visible()
    page.get_by_role("button", name="Erase this chat").click()
    page.get_by_role("button", name="Keep it").click()
    expect(said(page, "You said: a secret")).to_be_visible()
    page.get_by_role("button", name="Erase this chat").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_role("group").get_by_text("This chat has been erased.")).to_be_visible()
    expect(said(page, "a secret")).to_have_count(0)
    with stage.database.read() as session:
        assert session.execute(select(Message)).first() is None
    page.get_by_role("button", name="Start a new chat").click()
    expect(said(page, OPENED)).to_be_visible()


def test_leaving_quickly_goes_elsewhere_and_forgets(page: Page, stage: Stage) -> None:
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="weather", content_type="text/plain"))
    open_chat(page, stage)
    page.get_by_role("button", name="Leave quickly").click()
    page.wait_for_url("https://www.weather.gov/")
    page.goto(stage.url)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("() => sessionStorage.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (320, 640)])
def test_no_barrier_that_axe_knows(page: Page, stage: Stage, scheme: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(stage.url)
    expect(page.get_by_role("button", name="Questions? Ask here")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Questions? Ask here").click()
    page.get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_role("button", name="Self-pay")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Erase this chat").click()
    assert violations(page) == []


def test_targets_are_large_and_nothing_scrolls_sideways_at_320_pixels(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_chat(page, stage)
    small = page.locator("first-step-chat button:visible").evaluate_all(
        "nodes => nodes.filter((n) => n.offsetWidth < 44 || n.offsetHeight < 44).map((n) => n.textContent)"
    )
    assert small == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    log = page.locator("first-step-chat [role=log]")
    assert log.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_it_works_on_another_site_under_a_strict_policy(page: Page, stage: Stage) -> None:
    """One script line on a stranger's page whose styles are hostile and whose policy allows only what is needed."""
    html = (
        '<!doctype html><html lang="en"><head><title>Clinic</title></head><body>'
        f'<script src="{stage.url}/widget.js" async></script><h1>Clinic</h1></body></html>'
    )
    policy = f"default-src 'none'; script-src {stage.url}; connect-src {stage.url}"

    async def home(_request: object) -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    with serving(Starlette(routes=[Route("/", home)])) as other:
        page.goto(other)
        page.get_by_role("button", name="Questions? Ask here").click()
        expect(said(page, OPENED)).to_be_visible()
        page.get_by_label("Your question").fill("hello")
        page.keyboard.press("Enter")
        expect(said(page, "You said: hello")).to_be_visible()
        page.screenshot(path=str(Path(stage.config.data_dir) / "other.png"))


def test_without_javascript_the_numbers_are_there(browser: object, stage: Stage) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(stage.url)
    text = page.inner_text("body")
    for words in ("(503) 555-0140", "911", "988", "1-800-662-4357", "needs JavaScript"):
        assert words in text
    assert page.locator('a[href="tel:988"]').count() == 1
    assert page.locator('a[href="sms:988"]').count() == 1
    context.close()


def test_the_page_shows_the_programs_own_data(page: Page, stage: Stage) -> None:
    page.goto(stage.url)
    card = page.locator("li", has_text="Evening IOP").first
    assert re.sub(r"\s+", " ", card.inner_text()).startswith("Evening IOP Monday, Tuesday, Thursday 6 pm to 9 pm")
    page.get_by_role("button", name="Ask a question").click()
    expect(said(page, OPENED)).to_be_visible()
    assert json.loads(page.evaluate("() => Object.values(sessionStorage)[0]"))["open"] is True


def test_the_controls_follow_the_language_of_the_conversation(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    with stage.database.write() as session:
        conversation = session.execute(select(Conversation)).scalar_one()
        text = "¿Quiere que una persona de nuestro personal le llame y le hable en español?"
        post_to_visitor(session, conversation.id, text, text, "spanish")
    expect(said(page, text)).to_be_visible()
    for name in ("Enviar", "Salir rápido", "Borrar este chat", "Cerrar el chat"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_label("Su pregunta")).to_have_attribute("placeholder", "Escriba su pregunta")
    expect(page.locator("first-step-chat .root")).to_have_attribute("lang", "es")
    assert [node.get_attribute("lang") for node in page.locator("first-step-chat .bubble").all()] == ["en", "es"]
    assert violations(page) == []
    with stage.database.write() as session:
        text = "What would you like to know about our program?"
        post_to_visitor(session, conversation.id, text, text, "english")
    expect(page.get_by_role("button", name="Leave quickly")).to_be_visible()

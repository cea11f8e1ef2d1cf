"""The whole way in a real browser: a question, a hand-off, the professional's e-mail and link, the staff's console."""

from __future__ import annotations

import mailbox
import re
from email.message import Message

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.channels.support import until
from tests.processes.conftest import Product

pytest_plugins = ["tests.browser.fixtures"]
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]

PASSWORD = "a long and quiet evening"
ANSWER = 15_000  # milliseconds


def mails(product: Product) -> dict[str, Message]:
    """The e-mails in the local folder, by their keys there."""
    folder = product.data / "mail"
    return dict(mailbox.Maildir(folder, create=False).items()) if folder.exists() else {}


def body(mail: Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def say(page: Page, text: str, expected: str) -> None:
    """Type a message, and wait until the newest reply holds this text."""
    box = page.get_by_label("Your question")
    box.fill(text)
    box.press("Enter")
    expect(page.locator("first-step-chat [role=log]")).to_contain_text(expected, timeout=ANSWER)


def test_the_whole_way(shared: Product, browser: Browser, page: Page) -> None:
    product = shared
    until(product.is_ready, "the product")
    leads, old = product.leads(), mails(product)
    page.goto(product.url)
    page.get_by_role("button", name="Questions? Ask here").press("Enter")
    say(page, "how much does it cost and can I keep my job?", "you can keep your job")
    expect(page.locator("first-step-chat [role=log]")).to_contain_text("$185 a session")
    say(page, "can somebody call me please", "Who is this for")
    page.get_by_role("button", name="For me").click()
    expect(page.locator("first-step-chat [role=log]")).to_contain_text("first name", timeout=ANSWER)
    say(page, "wait, who is going to see this?", "42 CFR Part 2")
    say(page, "Maria", "How can we reach you")
    say(page, "503-555-0142", "good time")
    say(page, "weekdays after 5", "What is safe for you at that number")
    page.get_by_role("button", name="Call, no voicemail").click()
    expect(page.locator("first-step-chat [role=log]")).to_contain_text("ZIP code", timeout=ANSWER)
    say(page, "97103", "Here is what I will share")
    assert product.leads() == leads
    page.get_by_role("button", name="Yes, pass this on").click()
    expect(page.locator("first-step-chat [role=log]")).to_contain_text("Your code is", timeout=ANSWER)

    (code,) = re.findall(r"Your code is (\w+)\.", page.locator("first-step-chat [role=log]").inner_text())
    # Others use the product too, and a mail of theirs may come late.
    new = lambda: [key for key, mail in mails(product).items() if key not in old and code in str(mail["Subject"])]  # noqa: E731
    (key,) = until(new, "the mail")
    text = body(mails(product)[key])
    assert "Maria" not in text
    assert "0142" not in text
    found = re.search(r"https?://\S+/handoff/\S+", text)
    assert found is not None
    phone = browser.new_context(viewport={"width": 360, "height": 740})
    professional = phone.new_page()
    professional.goto(found.group())
    assert "Maria" not in professional.content()
    professional.get_by_role("button", name="I have it").click()
    expect(professional.get_by_text("Maria")).to_be_visible()
    expect(professional.get_by_role("link", name="(503) 555-0142")).to_be_visible()
    expect(professional.get_by_text("Leave no voicemail.")).to_be_visible()
    phone.close()

    # The visitor is told in the open chat, without a reload.
    expect(page.locator("first-step-chat [role=log]")).to_contain_text("has your request now", timeout=20_000)
    say(page, "has anybody got my request?", "has your request since")

    (lead,) = [lead for lead in product.leads() if lead["ref"] == code]
    assert lead["state"] == "claimed"
    product.command("users", "add", "staff@example.org", "--password-stdin", given=f"{PASSWORD}\n{PASSWORD}\n")
    office = browser.new_context(viewport={"width": 1280, "height": 800})
    staff = office.new_page()
    staff.goto(f"{product.url}/console")
    staff.get_by_label("E-mail address").fill("staff@example.org")
    staff.get_by_label("Password").fill(PASSWORD)
    staff.get_by_role("button", name="Sign in").click()
    staff.goto(f"{product.url}/console/conversations")
    staff.get_by_role("link", name="how much does it cost and can I keep my job?").first.click()
    expect(staff.locator("main")).to_contain_text("ask_cost")
    expect(staff.locator("main")).not_to_contain_text("555-0142")
    assert re.search(r"\d+\s?%|0\.\d\d", staff.locator("main").inner_text()), "no confidence is shown"
    staff.goto(f"{product.url}/console/leads")
    expect(staff.locator("main")).to_contain_text(lead["ref"])
    office.close()

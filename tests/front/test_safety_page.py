"""The published crisis protocol: for visitors, with every number, reachable from where they write."""

from bot.safety import resources
from tests.channels.support import WEB, Stage


def test_it_says_what_the_chat_does_and_whom_to_call(stage: Stage) -> None:
    page = WEB.get(f"{stage.url}/safety")
    assert page.status_code == 200
    for entry in resources().values():
        assert entry.name.replace("&", "&amp;") in page.text
        assert (entry.call or "") in page.text
        assert f"Checked {entry.checked.isoformat()}" in page.text
    assert "It can miss things" in page.text
    assert 'lang="es"' in page.text
    assert "<script" not in page.text


def test_the_page_and_the_widget_lead_to_it(stage: Stage) -> None:
    assert 'href="/safety"' in WEB.get(stage.url).text
    assert "}safety`" in WEB.get(f"{stage.url}/widget.js").text

"""Every page and verb, for every role: who is let in and who is not; forms of others; headers."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import users
from bot.console.app import routes
from bot.console.models import AuditEntry, Unmasking
from bot.store import Database, utcnow
from tests import stores
from tests.console import scene
from tests.console.conftest import CHEAP

Staff = Callable[[str], TestClient]
ROLES = ("reviewer", "responder", "lead_worker", "auditor", "admin")
ALLOWED = {
    "/console/conversations": {"reviewer", "responder", "admin"},
    "/console/conversations/{chat}": {"reviewer", "responder", "admin"},
    "/console/leads": {"lead_worker", "admin"},
    "/console/leads/{lead}": {"lead_worker", "admin"},
    "/console/audit": {"auditor", "admin"},
}
ALLOWED_POSTS = {
    "/console/conversations/{chat}/unmask": {"reviewer", "responder", "admin"},
    "/console/leads/{lead}/unmask": {"lead_worker", "admin"},
    "/console/leads/{lead}/withdraw": {"lead_worker", "admin"},
}


@pytest.fixture
def ids(database: Database) -> dict[str, str]:
    chat = scene.cost_chat(database)
    return {"chat": chat, "lead": scene.lead_of(database, chat, utcnow())}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_other(
    staff: Staff, database: Database, ids: dict[str, str], role: str
) -> None:
    client = staff(role)
    for path, allowed in ALLOWED.items():
        answer = client.get(path.format(**ids))
        assert answer.status_code == (200 if role in allowed else 403), path
        assert ("Jordan" in answer.text) is False
        if role not in allowed:
            assert ids["chat"] not in answer.text
    own = client.get("/console/").text
    for path, allowed in ALLOWED_POSTS.items():
        answer = scene.post(client, path.format(**ids), own, reason=scene.REASON)
        assert answer.status_code == (303 if role in allowed else 403), path
    with database.read() as session:
        unmasked = session.execute(select(Unmasking.kind)).scalars().all()
        denied = session.execute(select(AuditEntry).where(AuditEntry.action == "denied")).scalars().all()
    posts = {path: allowed for path, allowed in ALLOWED_POSTS.items() if role in allowed}
    assert len(unmasked) == sum(path.endswith("/unmask") for path in posts)
    every = len(ALLOWED) + len(ALLOWED_POSTS)
    assert len(denied) == every - len(posts) - sum(role in allowed for allowed in ALLOWED.values())
    assert {entry.role for entry in denied} <= {role}


def test_nobody_sees_anything_without_signing_in(visitor: TestClient, ids: dict[str, str]) -> None:
    for path in (*ALLOWED, "/console/"):
        answer = visitor.get(path.format(**ids), follow_redirects=False)
        assert answer.status_code == 303
        assert (
            answer.headers["location"].startswith("/console/login?next=%2Fconsole")
            or "next=/console" in (answer.headers["location"])
        )
    for path in (*ALLOWED_POSTS, "/console/logout"):
        answer = visitor.post(path.format(**ids), data={"reason": scene.REASON}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")


@pytest.mark.parametrize("forgery", ["missing", "wrong", "of another session", "from another site"])
def test_a_form_that_is_not_ours_changes_nothing(
    staff: Staff, database: Database, ids: dict[str, str], forgery: str
) -> None:
    client, other = staff("admin"), staff("admin")
    own, foreign = (scene.hidden(each.get("/console/leads").text, "csrf") for each in (client, other))
    csrf = {"missing": None, "wrong": "x" * 43, "of another session": foreign, "from another site": own}[forgery]
    headers = {"Sec-Fetch-Site": "cross-site"} if forgery == "from another site" else {}
    data = {"reason": scene.REASON, **({"csrf": csrf} if csrf else {})}
    for path in (*ALLOWED_POSTS, "/console/logout"):
        answer = client.post(path.format(**ids), data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, path
    with database.read() as session:
        assert session.execute(select(Unmasking)).first() is None
    assert client.get("/console/leads", follow_redirects=False).status_code == 200


def test_every_answer_carries_the_headers(staff: Staff, ids: dict[str, str]) -> None:
    client = staff("admin")
    for path in ("/console/leads", "/console/nothing-here", "/console/conversations/unknown", "/console/login"):
        headers = client.get(path, follow_redirects=False).headers
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'self'; script-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    style = client.get("/console/static/console.css")
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "no-cache"


def test_what_is_not_there_gets_a_page_that_says_so(staff: Staff, database: Database, ids: dict[str, str]) -> None:
    client = staff("admin")
    for path in ("/console/nothing-here", "/console/conversations/unknown", "/console/leads/unknown"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "<h1>" in answer.text
    assert client.put("/console/leads").status_code == 405
    own = client.get("/console/leads").text
    for path in ("/console/conversations/unknown/unmask", "/console/leads/unknown/unmask"):
        assert scene.post(client, path, own, reason=scene.REASON).status_code == 404


@pytest.mark.services
def test_the_pages_open_on_postgresql_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "_hasher", CHEAP)
    with stores.postgres() as database:
        scene.add_staff(database)
        chat = scene.cost_chat(database)
        ids = {"chat": chat, "lead": scene.lead_of(database, chat, utcnow())}
        client = TestClient(Starlette(routes=routes(database)))
        assert scene.sign_in(client, "admin", "not the password").status_code == 401
        assert scene.sign_in(client, "admin").status_code == 303
        for path in (
            *ALLOWED,
            "/console/conversations?low=1&safety=emergency&since=2026-01-01",
            "/console/leads?page=2",
        ):
            assert client.get(path.format(**ids)).status_code == 200, path
        own = client.get("/console/leads").text
        for path in (*ALLOWED_POSTS, "/console/logout"):
            assert scene.post(client, path.format(**ids), own, reason=scene.REASON).status_code == 303, path

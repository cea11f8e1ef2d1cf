"""Signing in, staying signed in, signing out, and what stands in the way of somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry, ConsoleSession, LoginAttempt
from bot.console.pages.sign_in import safe_next
from bot.console.sessions import COOKIE, IDLE, LONGEST
from bot.console.throttle import PER_ACCOUNT_AND_ADDRESS, WINDOW
from bot.console.users import disable_user, set_password
from bot.settings import settings
from bot.store import Database, utcnow
from tests.console.scene import PASSWORD, email, hidden, post, sign_in

Staff = Callable[[str], TestClient]


def actions(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [
            (row.action, row.email) for row in session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars()
        ]


def test_the_right_password_leads_to_the_page_that_was_asked_for(visitor: TestClient, database: Database) -> None:
    sent = visitor.get("/console/conversations?safety=check", follow_redirects=False)
    assert sent.status_code == 303
    page = visitor.get(sent.headers["location"])
    answer = sign_in(visitor, "reviewer", next_page=hidden(page.text, "next"))
    assert answer.headers["location"] == "/console/conversations?safety=check"
    assert visitor.get(answer.headers["location"]).status_code == 200
    assert actions(database)[0] == ("login", email("reviewer"))


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: TestClient) -> None:
    cookie = sign_in(visitor, "admin").headers.get_list("set-cookie")[0].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/console"))
    assert "secure" not in cookie


def test_over_https_the_cookie_never_leaves_it(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTSTEP_PUBLIC_URL", "https://chat.harbor.example")
    settings.cache_clear()
    page = TestClient(visitor.app, base_url="https://testserver").get("/console/login")
    assert "secure" in page.headers["set-cookie"].lower()
    assert "max-age" in page.headers["strict-transport-security"]


@pytest.mark.parametrize(("who", "password"), [("admin", "not the password"), ("stranger", PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_read_alike(
    visitor: TestClient, database: Database, who: str, password: str
) -> None:
    answer = sign_in(visitor, who, password)
    assert answer.status_code == 401
    assert "The e-mail address or the password is not right." in answer.text
    assert COOKIE not in visitor.cookies
    assert actions(database) == [("login_failed", email("admin") if who == "admin" else None)]


def test_guessing_is_slowed_down_and_the_wait_ends(visitor: TestClient, database: Database) -> None:
    start = utcnow()
    with time_machine.travel(start, tick=False):
        for _ in range(PER_ACCOUNT_AND_ADDRESS):
            assert sign_in(visitor, "admin", "not the password").status_code == 401
        refused = sign_in(visitor, "admin")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) <= WINDOW.total_seconds() + 1
        assert "Wait 15 minutes" in refused.text
        assert sign_in(visitor, "reviewer").status_code == 303
    with time_machine.travel(start + WINDOW + timedelta(seconds=2), tick=False):
        visitor.cookies.clear()
        assert sign_in(visitor, "admin").status_code == 303
    assert ("login_throttled", email("admin")) in actions(database)


def test_success_forgets_the_failures(visitor: TestClient, database: Database) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS - 1):
        sign_in(visitor, "admin", "not the password")
    assert sign_in(visitor, "admin").status_code == 303
    with database.read() as session:
        assert session.execute(select(LoginAttempt)).first() is None


def test_signing_in_from_another_site_or_without_the_form_is_refused(visitor: TestClient) -> None:
    page = visitor.get("/console/login")
    data = {"email": email("admin"), "password": PASSWORD, "form_token": hidden(page.text, "form_token")}
    foreign = visitor.post("/console/login", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    assert visitor.post("/console/login", data={**data, "form_token": "made up"}).status_code == 400
    visitor.cookies.clear()
    assert visitor.post("/console/login", data=data).status_code == 400


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(staff: Staff, database: Database) -> None:
    client = staff("admin")
    copy = client.cookies[COOKIE]
    answer = post(client, "/console/logout", client.get("/console/conversations").text)
    assert answer.headers["location"] == "/console/login"
    assert COOKIE not in client.cookies
    again = client.get("/console/conversations", headers={"Cookie": f"{COOKIE}={copy}"}, follow_redirects=False)
    assert again.status_code == 303
    assert actions(database)[-1] == ("logout", email("admin"))


def test_a_forged_or_unsigned_cookie_opens_nothing(staff: Staff, visitor: TestClient, database: Database) -> None:
    client = staff("admin")
    with database.read() as session:
        session_id = session.execute(select(ConsoleSession.id)).scalar_one()
    value = client.cookies[COOKIE]
    token = value.split(".")[0]
    altered = value[:-6] + ("A" if value[-6] != "A" else "B") + value[-5:]
    for forged in (token, session_id, altered, "x.y.z"):
        answer = visitor.get("/console/conversations", headers={"Cookie": f"{COOKIE}={forged}"}, follow_redirects=False)
        assert answer.status_code == 303, forged


def test_a_session_ends_when_unused_and_when_old(staff: Staff) -> None:
    start = utcnow()
    with time_machine.travel(start, tick=False) as clock:
        client = staff("admin")
        clock.move_to(start + IDLE - timedelta(minutes=1))
        assert client.get("/console/conversations", follow_redirects=False).status_code == 200
        clock.move_to(start + 2 * IDLE - timedelta(minutes=3))
        assert client.get("/console/conversations", follow_redirects=False).status_code == 200
        clock.move_to(start + 3 * IDLE)
        assert client.get("/console/conversations", follow_redirects=False).status_code == 303
    with time_machine.travel(start, tick=False) as clock:
        client = staff("admin")
        cookie = client.cookies[COOKIE]
        moment = start
        while moment < start + LONGEST - IDLE:
            moment += IDLE - timedelta(minutes=5)
            clock.move_to(moment)
            assert client.get("/console/audit", follow_redirects=False).status_code == 200
        clock.move_to(start + LONGEST + timedelta(seconds=1))
        late = client.get("/console/audit", headers={"Cookie": f"{COOKIE}={cookie}"}, follow_redirects=False)
        assert late.status_code == 303


@pytest.mark.parametrize("closing", ["disable", "password"])
def test_closing_an_account_or_changing_its_password_signs_it_out(
    staff: Staff, database: Database, closing: str
) -> None:
    client = staff("admin")
    with database.write() as session:
        if closing == "disable":
            disable_user(session, email("admin"))
        else:
            set_password(session, email("admin"), "another long password")
    assert client.get("/console/conversations", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/console/leads?state=all", "/console/leads?state=all"),
        ("https://elsewhere.example/console/", "/console/"),
        ("//elsewhere.example", "/console/"),
        ("/console/\\elsewhere.example", "/console/"),
        ("/console/leads\r\nSet-Cookie: a=b", "/console/"),
        ("/other", "/console/"),
        ("", "/console/"),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(wanted: str, goes_to: str) -> None:
    assert safe_next(wanted) == goes_to

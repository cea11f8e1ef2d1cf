import pytest
from sqlalchemy import select

from bot.console.models import ConsoleUser
from bot.console.users import UserError, add_user, by_email, disable_user, password_fits, set_password
from bot.store import Database
from tests.console.scene import PASSWORD


def test_an_account_is_stored_with_a_hash(database: Database) -> None:
    with database.write() as session:
        add_user(session, " Sam@Harbor.Example ", PASSWORD, "reviewer")
    with database.read() as session:
        user = by_email(session, "SAM@harbor.example")
        assert user is not None
        assert (user.email, user.role) == ("sam@harbor.example", "reviewer")
        assert user.password_hash.startswith("$argon2id$")
        assert password_fits(user, PASSWORD)
        assert not password_fits(user, PASSWORD + "x")


@pytest.mark.parametrize(
    ("email", "password", "role", "says"),
    [
        ("nobody", PASSWORD, "admin", "no e-mail address"),
        ("sam@harbor.example", "short", "admin", "at least 12"),
        ("sam@harbor.example", "aaaaaaaaaaaaaaa", "admin", "repeats itself"),
        ("sam@harbor.example", "x" * 300, "admin", "longer than 256"),
        ("sam@harbor.example", "Sam@Harbor.Example", "admin", "is the e-mail address"),
        ("sam@harbor.example", PASSWORD, "owner", "the roles are reviewer, responder, lead_worker, auditor, admin"),
        ("admin@harbor.example", PASSWORD, "admin", "has an account already"),
    ],
)
def test_what_cannot_be_an_account_is_told(database: Database, email: str, password: str, role: str, says: str) -> None:
    with pytest.raises(UserError, match=says), database.write() as session:
        add_user(session, email, password, role)
    with database.read() as session:
        assert len(session.execute(select(ConsoleUser)).scalars().all()) == 5


def test_one_letter_written_in_two_ways_is_one_password(database: Database) -> None:
    with database.write() as session:
        user = add_user(session, "sam@harbor.example", "caf\u00e9 by the river", "admin")
        assert password_fits(user, "cafe\u0301 by the river")


def test_a_closed_account_opens_nothing(database: Database) -> None:
    with database.write() as session:
        user = disable_user(session, "admin@harbor.example")
        assert not password_fits(user, PASSWORD)
    with pytest.raises(UserError, match="no account"), database.write() as session:
        disable_user(session, "nobody@harbor.example")


def test_a_new_password_replaces_the_old_one(database: Database) -> None:
    with database.write() as session:
        user = set_password(session, "admin@harbor.example", "another long password")
        assert password_fits(user, "another long password")
        assert not password_fits(user, PASSWORD)

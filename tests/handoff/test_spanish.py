"""The way to the lead in Spanish: what is agreed to, in which words, and what is told of it afterwards."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.handoff import Consent, Lead, OutboxItem, Safe, agreed_text, propose, status_for, texts_offer, withdraw
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.consent import contact_consent_for, disclosure_text
from bot.handoff.hours import clock, day_and_clock, office_hours
from bot.handoff.links import Link
from bot.handoff.phrases import into, listed
from bot.handoff.status import ago
from bot.handoff.summary import lines
from bot.program.profile import Profile
from bot.safety import language_of, resources
from bot.sms_text import GSM7, LIMIT
from bot.store import Database
from tests.handoff.conftest import MONDAY, draft, opened

ZONE = ZoneInfo("America/Los_Angeles")
SPANISH = {"locale": "es", "language": "es", "name": "Rosa", "zip": "97103", "best_time": "por la tarde"}


def told(database: Database) -> list[str]:
    with database.read() as session:
        items = session.execute(select(OutboxItem).where(OutboxItem.kind == box.VISITOR_MESSAGE)).scalars()
        return [str(item.payload["text"]) for item in items]


def link_to(database: Database) -> Link:
    with database.read() as session:
        lead = session.execute(select(Lead)).scalar_one()
        return Link(lead.id, lead.professional_id, lead.offer)


def test_the_disclosure_says_all_that_it_must_in_spanish(program: Profile) -> None:
    said = disclosure_text(program).into("es")
    for words in (said.web, " ".join(said.sms)):
        for element in (
            "asistente automatizado",
            program.provider.name,
            "solo una persona del programa",
            str(program.provider.who_pays_es),
            "FindTreatment.gov",
            resources()["helpline"].call or "missing",
            "seguro",
            "No le cuesta nada",
            "nada cambia",
            "retirar mi solicitud",
        ):
            assert element in words, element
    assert all(len(part) <= LIMIT and set(part) <= GSM7 for part in said.sms)


def test_who_pays_is_quoted_as_english_where_the_profile_has_no_spanish(program: Profile) -> None:
    provider = program.provider.model_copy(update={"who_pays_es": None})
    said = disclosure_text(program.model_copy(update={"provider": provider})).into("es")
    assert f'esto dice el programa, en inglés: "{provider.who_pays}"' in said.web


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_consent_has_every_element_in_spanish_and_is_kept_as_it_was_seen(store: Database, channel: str) -> None:
    given = draft(**SPANISH, channel=channel)
    with store.read() as session:
        proposal = propose(session, "c1", given, MONDAY)
    assert proposal.professional is not None
    assert "es" in proposal.professional.languages
    shown = proposal.say.web if channel == "web" else "\n".join(proposal.say.sms)
    for element in (
        "Rosa",
        "por la tarde",
        "97103",
        "mi hijo",
        "Idioma: ",
        "retirar",
        "42 CFR Part 2",
        "Puede decir que no",
    ):
        assert element in shown, element
    assert language_of(shown) == "es"
    opened(store, **SPANISH, channel=channel)
    with store.read() as session:
        rows = session.execute(select(Consent).order_by(Consent.kind)).scalars().all()
        assert [(row.version, row.locale) for row in rows] == [("contact-es-1", "es"), ("sharing-es-1", "es")]
        assert all(row.text in shown for row in rows)
        assert "el idioma que usted habla" in rows[1].shared
        assert "llamarle para hablar de opciones de tratamiento" in rows[1].purpose


def test_every_line_of_the_summary_can_be_left_out_the_language_too(store: Database) -> None:
    with store.read() as session:
        shown = propose(session, "c1", draft(**{**SPANISH, "language": "en"}), MONDAY).summary_lines
    assert not any(line.startswith("Idioma") for line in shown)
    assert "Nombre: Rosa" in shown


def test_the_professional_reads_english_and_that_the_call_is_to_be_in_spanish(store: Database) -> None:
    opened(store, **SPANISH)
    with store.read() as session:
        lead, person, _ = pro.lead_of(session, link_to(store))
        assert "es" in person.languages
        from bot.handoff.reading import draft_of

        listed_lines = [str(line) for line in lines(draft_of(lead), "en")]
    assert "Language: Spanish, please call back in Spanish" in listed_lines
    assert "Help is for: my son" in listed_lines


def test_who_speaks_no_spanish_is_said_to_speak_none(store: Database, program: Profile) -> None:
    from bot.handoff.proposals import proposal_for

    dana = next(person for person in program.professionals if "es" not in person.languages)
    assert proposal_for(program, dana, draft(**SPANISH), MONDAY).say.web.startswith(f"{dana.name} no habla español.")


def test_news_comes_in_the_language_that_was_agreed_in(store: Database) -> None:
    opened(store, **SPANISH)
    link = link_to(store)
    with store.write() as session:
        pro.claim(session, link, MONDAY)
    with store.write() as session:
        pro.report(session, link, "no_answer", None, MONDAY + timedelta(hours=2), MONDAY)
    with store.write() as session:
        pro.report(session, link, "scheduled", None, MONDAY + timedelta(days=1), MONDAY, "phone")
    claimed, missed, scheduled = told(store)
    assert "Buenas noticias" in claimed
    assert "hoy a las 2 pm" in missed
    assert "mañana a las 12 del mediodía, por teléfono" in scheduled
    assert all(language_of(text, "es") == "es" for text in (claimed, missed, scheduled))


def test_each_of_two_visitors_with_one_number_is_told_in_their_own_language(store: Database) -> None:
    opened(store, "mother", **{**SPANISH, "zip": "97201"})
    opened(store, "son", name="Leo", zip="97201")
    with store.write() as session:
        pro.claim(session, link_to(store), MONDAY)
    assert [language_of(text) for text in told(store)] == ["es", "en"]


def test_status_and_withdrawal_are_told_in_spanish(store: Database) -> None:
    ref = opened(store, **SPANISH).ref
    with store.write() as session:
        where = status_for(session, "c1", MONDAY).into("es").web
        copy = agreed_text(session, "c1", "https://chat.example.org").into("es").web
        gone = withdraw(session, "c1", MONDAY).say.into("es").web
        after = status_for(session, "c1", MONDAY).into("es").web
    assert f"Su clave es {ref}." in where
    assert "no ha contestado" in where
    assert "30 de noviembre de 2026, a las 12 del mediodía, en el chat (compartir sus datos)" in copy
    assert f"Retiré su solicitud {ref}" in gone
    assert "fue retirada hoy" in after
    with store.read() as session:
        lead = session.execute(select(Lead)).scalar_one()
        assert (lead.language, lead.contact) == ("en", None)


def test_the_question_about_texts_is_asked_and_kept_in_spanish(store: Database) -> None:
    opened(store, **SPANISH, safe=Safe(True, False, True))
    with store.read() as session:
        offer = texts_offer(session, "c1", None, "es")
    assert offer is not None
    assert offer.version == "texts-es-1"
    assert "¿Puede Example Harbor mandarle también noticias" in offer.shown("web")
    assert all(set(part) <= GSM7 and len(part) <= LIMIT for part in offer.say.sms)


@pytest.mark.parametrize(
    ("safe", "says"),
    [
        (
            Safe(),
            "también puede llamarle a ese teléfono. Pero no le deja mensajes de voz y no le manda mensajes de texto.",
        ),
        (
            Safe(True, True, True),
            "también puede llamarle, dejarle un mensaje de voz y mandarle mensajes de texto a ese",
        ),
        (
            Safe(False, False, True),
            "también puede mandarle mensajes de texto a ese teléfono. Pero no le llama y no le deja",
        ),
    ],
)
def test_the_consent_to_contact_names_what_is_safe_in_spanish(program: Profile, safe: Safe, says: str) -> None:
    text = contact_consent_for(program.professionals[0], "phone", safe, "es")
    assert text is not None
    assert says in text.web


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 30, 13, 5, tzinfo=ZONE), "hoy a la 1:05 pm"),
        (datetime(2026, 12, 1, 1, 0, tzinfo=ZONE), "mañana a la 1 am"),
        (datetime(2026, 12, 3, 15, 40, tzinfo=ZONE), "el jueves a las 3:40 pm"),
        (datetime(2026, 12, 14, 8, 30, tzinfo=ZONE), "el lunes 14 de diciembre a las 8:30 am"),
        (datetime(2026, 11, 29, 0, 0, tzinfo=ZONE), "ayer a las 12 de la noche"),
        (datetime(2026, 11, 23, 11, 0, tzinfo=ZONE), "el lunes 23 de noviembre a las 11 am"),
    ],
)
def test_a_moment_in_spanish(moment: datetime, words: str) -> None:
    assert day_and_clock(moment, ZONE, MONDAY).into("es") == words


def test_small_words_in_spanish() -> None:
    assert listed(["su nombre", "información"]).into("es") == "su nombre e información"
    assert listed(["su nombre", "su hora", "hielo"]).into("es-MX") == "su nombre, su hora y hielo"
    assert ago(MONDAY - timedelta(minutes=1), MONDAY).into("es") == "hace 1 minuto"
    assert ago(MONDAY - timedelta(hours=5), MONDAY).into("es") == "hace 5 horas"
    assert clock(MONDAY, ZONE).into("es") == "las 12 del mediodía"
    assert into("as it is", "es") == "as it is"


def test_the_office_hours_are_told_in_spanish_with_the_days_that_differ(program: Profile) -> None:
    now = datetime(2026, 11, 23, 20, tzinfo=ZoneInfo("UTC"))
    told = office_hours(program, now)
    assert told.startswith("Mon to")
    spanish = told.into("es")
    assert spanish.startswith("lunes a miércoles de las 8:30 am a las 5:30 pm; jueves de las 8:30 am a las 7 pm")
    assert "sábado de las 9 am a las 12 del mediodía" in spanish
    assert spanish.endswith("; cerrado el jueves 26 de noviembre")
    closed = program.model_copy(update={"provider": program.provider.model_copy(update={"office_hours": {}})})
    assert office_hours(closed, now).into("es") == ""

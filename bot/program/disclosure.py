"""Who operates the assistant and who pays for it: said at the start, when asked, and before contact details."""

from sqlalchemy.orm import Session

from bot.program.transfer import current_program


def disclosure(session: Session) -> str:
    """Sentences for a visitor: automated, run by whom, paid by whom, free, other choices, whom to ask about data.

    Raises NoProgramError when no program has been imported.
    """
    provider = current_program(session).provider
    contact = provider.privacy_contact
    ending = "" if provider.legal_name.endswith(".") else "."
    return " ".join(
        [
            f"I am an automated assistant. I am not a person. {provider.name} runs me.",
            f"Its legal name is {provider.legal_name}{ending}",
            provider.who_pays,
            "I cost you nothing. You can say no, and nothing else changes.",
            f"Your contact details go only to {provider.name}. They go there only if you agree.",
            "You have other choices too. FindTreatment.gov lists them.",
            f"For questions about your data, write to {contact.name}. The address is {contact.email}.",
        ]
    )

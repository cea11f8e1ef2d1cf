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
            f"I am an automated assistant, not a person. {provider.name} runs me.",
            f"Its legal name is {provider.legal_name}{ending}",
            provider.who_pays,
            "I cost you nothing, and saying no changes nothing.",
            f"Contact details go only to {provider.name}, and only if you agree.",
            "You have other choices too: FindTreatment.gov lists them.",
            f"Questions about your data: {contact.name}, {contact.email}.",
        ]
    )

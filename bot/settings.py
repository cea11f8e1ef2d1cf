"""Settings of every process: environment variables, all with a working default, and an optional .env file.

Nothing here opens a connection or a file at import; `settings()` reads once and is shared in the process.
"""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(ValueError):
    """A setting has a value that cannot work; the message names the variable and says what to write."""


def _without_trailing_slash(url: str) -> str:
    return url.rstrip("/")


Url = Annotated[str, AfterValidator(_without_trailing_slash)]


class Settings(BaseSettings):
    """All settings; the variable's name is the field's, in capitals, behind FIRSTSTEP_."""

    model_config = SettingsConfigDict(env_prefix="FIRSTSTEP_", env_file=".env", extra="ignore")

    port: int = Field(8000, ge=1, le=65535, description="Port of the front, the only public process.")
    host: str = Field("127.0.0.1", description="Address that the front listens on; a TLS proxy stands before it.")
    public_url: Url = Field("", description="Address that visitors and professionals use; links are made with it.")
    data_dir: Path = Field(Path("var"), description="Folder for the SQLite store, the secret key and local mail.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: a SQLite file in the data folder.")
    redis_url: str = Field("", description="Redis for the engine's lock store; empty: locks in memory.")
    secret_key: str = Field(
        "", description="Secret behind encryption and signatures; empty: made and kept on first start."
    )

    engine_url: Url = Field("http://127.0.0.1:5005", description="Where the front reaches the engine.")
    actions_url: Url = Field("http://127.0.0.1:5055", description="Where the engine reaches the custom actions.")
    engine_timeout: float = Field(8.0, gt=0, le=14, description="Seconds before a visitor gets the fixed text.")

    program_file: Path = Field(Path("examples/program.yml"), description="Profile loaded when the store holds none.")
    allowed_origins: str = Field("", description="Origins that may embed the widget, comma-separated; empty: any.")

    twilio_account_sid: str = Field("", description="Twilio account; empty: the SMS webhook answers 503.")
    twilio_auth_token: str = Field("", description="Twilio's primary auth token: signatures and the REST API.")
    twilio_api_url: Url = Field("https://api.twilio.com", description="Base address of Twilio's REST API.")
    sms_number: str = Field("", description="The provider's own SMS number, E.164.")

    smtp_url: str = Field("", description="smtp://user:password@host:port or smtps://...; empty: a local mail folder.")
    mail_from: str = Field("first-step@example.org", description="Sender of e-mail to professionals.")
    news_from: str = Field("", description="Sender of e-mail to visitors, one that tells nothing; empty: as above.")

    text_professionals: bool = Field(False, description="Also text professionals at the phone number of the profile.")

    webhook_url: Url = Field("", description="The provider's CRM, https://...; empty: no webhooks.")
    webhook_secrets: str = Field("", description="whsec_...; two, comma-separated, while one replaces the other.")
    worker_metrics_port: int = Field(0, ge=0, le=65535, description="Port of a worker's own metrics; 0: none.")

    takeover_silence_minutes: int = Field(
        5, ge=1, description="Minutes without a word of the person who took over, until the visitor is asked."
    )
    takeover_return_minutes: int = Field(
        10, ge=1, description="Minutes after that question until the assistant answers again."
    )

    retention_days: int = Field(90, ge=1, description="Days after its last message that a conversation is kept.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def base_url(self) -> str:
        """The public address, or the local one when none is set; no trailing slash."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'firststep.db').as_posix()}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once from the environment and .env.

    Raises SettingsError with one line per wrong variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"FIRSTSTEP_{str(item['loc'][0]).upper()}: {item['msg']} (got {item.get('input')!r})"
            for item in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from None

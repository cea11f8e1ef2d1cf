"""Addresses that our own processes listen on, read from settings."""

from urllib.parse import urlsplit

from bot.settings import SettingsError


def listening_address(variable: str, url: str) -> tuple[str, int]:
    """Host and port in `url`, the value of the setting `variable`.

    Raises SettingsError, naming the variable, when the value is no http address with a port.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or not parts.hostname or not port:
        raise SettingsError(f"{variable} must look like http://127.0.0.1:5005 (got {url!r})")
    return parts.hostname, port

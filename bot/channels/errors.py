"""Errors of the HTTP APIs: always JSON, a code for programs and a sentence that says what to do."""

from starlette.requests import Request
from starlette.responses import JSONResponse


class ApiError(Exception):
    """An answer that is not a success: HTTP status, a stable code, a sentence for people."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def error_response(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The one shape of an error."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


async def handle_api_error(_request: Request, error: Exception) -> JSONResponse:
    """Starlette exception handler for ApiError."""
    if not isinstance(error, ApiError):
        raise error
    return error_response(error.status, error.code, error.message, error.headers)

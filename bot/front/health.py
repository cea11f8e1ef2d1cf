"""Health: is the process alive, can it do its work, and its metrics."""

import asyncio

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.conversations import Conversation, EngineClient
from bot.front import metrics
from bot.front.provider import ProgramReader
from bot.store import Database


class Health:
    """The three endpoints that machines ask."""

    def __init__(self, database: Database, engine: EngineClient, program: ProgramReader) -> None:
        self._database = database
        self._engine = engine
        self._program = program

    def routes(self) -> list[Route]:
        """Routes at the top."""
        return [
            Route("/healthz", self.alive, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def alive(self, _request: Request) -> Response:
        """GET /healthz: the process runs."""
        return JSONResponse({"alive": True})

    async def ready(self, _request: Request) -> Response:
        """GET /readyz: 200 when a question can be answered, else 503; each part says what is missing."""
        engine, store, program = await asyncio.gather(
            self._engine.is_ready(), asyncio.to_thread(self._store), asyncio.to_thread(self._program_loaded)
        )
        parts = {
            "store": {"ok": store, "detail": "" if store else "not reachable, or not migrated: firststep doctor"},
            "engine": {"ok": engine, "detail": "" if engine else "not answering yet; messages are kept meanwhile"},
            "program": {"ok": program, "detail": "" if program else "none: firststep program import FILE"},
        }
        ready = store and engine and program
        return JSONResponse({"ready": ready, **parts}, 200 if ready else 503)

    async def metrics(self, _request: Request) -> Response:
        """GET /metrics: for Prometheus."""
        return await asyncio.to_thread(metrics.exposition, self._database)

    def _store(self) -> bool:
        try:
            with self._database.read() as session:
                session.execute(select(Conversation.id).limit(1)).first()
        except Exception:
            return False
        return True

    def _program_loaded(self) -> bool:
        try:
            self._program.profile()
        except Exception:  # NotReady, or a store that is away: either way there is no program to speak for
            return False
        return True

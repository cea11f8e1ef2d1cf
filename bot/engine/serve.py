"""The engine's server: Rasa's own Sanic application without its API, our channel, our agent."""

import asyncio
import logging
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.run import configure_app, create_http_input_channels
from rasa.core.utils import AvailableEndpoints, number_of_sanic_workers
from rasa.exceptions import ModelNotFound
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.addresses import listening_address
from bot.engine.processor import TurnAgent
from bot.engine.swap import FIRST_WORDS, POLL, ModelWatch, model_path, signature
from bot.engine.tracker_store import EncryptedTrackerStore
from bot.settings import Settings, SettingsError, settings

logger = logging.getLogger(__name__)

ENDPOINTS = Path("endpoints.yml")
CREDENTIALS = Path("credentials.yml")


def lock_store(redis_url: str) -> LockStore:
    """Locks in Redis, shared by several engines, or in memory when `redis_url` is empty. Raises SettingsError."""
    if not redis_url:
        return InMemoryLockStore()
    url = urlsplit(redis_url)
    if url.scheme not in ("redis", "rediss") or not url.hostname:
        raise SettingsError("FIRSTSTEP_REDIS_URL is no Redis address; example: redis://127.0.0.1:6379/1")
    database = url.path.strip("/") or "0"
    if not database.isdigit():
        raise SettingsError("FIRSTSTEP_REDIS_URL ends in the database's number; example: redis://127.0.0.1:6379/1")
    return RedisLockStore(
        host=url.hostname,
        port=url.port or 6379,
        db=int(database),
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_ssl=url.scheme == "rediss",
        key_prefix="firststep",
    )


def action_endpoint(config: Settings) -> EndpointConfig:
    """Where custom actions run; the domain is sent only to actions that ask for it."""
    return EndpointConfig(f"{config.actions_url}/webhook", enable_selective_domain=True)


def make_agent(
    config: Settings, model: str, endpoints: AvailableEndpoints | None = None, beside: TurnAgent | None = None
) -> TurnAgent:
    """An agent on these settings; without a model when there is none at `model` (an archive or a folder).

    An agent made `beside` another shares its locks and its database, so that both may answer at the same time.
    """
    store = beside.tracker_store if beside else None
    agent = TurnAgent(
        generator=endpoints.nlg if endpoints else None,
        tracker_store=store.twin() if isinstance(store, EncryptedTrackerStore) else EncryptedTrackerStore(),
        lock_store=beside.lock_store if beside else lock_store(config.redis_url),
        action_endpoint=action_endpoint(config),
    )
    path = model_path(model)
    if path is None:
        logger.error("There is no model in %s; make one with: firststep train", model)
        return agent
    try:
        agent.load_model(path)
    except ModelNotFound as error:
        logger.error("The model %s cannot be loaded: %s", path, error)
    return agent


def make_app(config: Settings, model: str) -> Sanic:
    """The Sanic application; each worker loads the model before it answers."""
    endpoints = AvailableEndpoints.read_endpoints(str(ENDPOINTS)) if ENDPOINTS.exists() else None
    channels = create_http_input_channels(None, str(CREDENTIALS) if CREDENTIALS.exists() else None)
    app = configure_app(channels, enable_api=False, endpoints=endpoints, use_uvloop=True)

    async def load(started: Sanic, _loop: Any) -> None:
        started.ctx.watching = asyncio.create_task((await start(started, config, model, endpoints)).run(started))
        logger.info("The engine answers on %s", config.engine_url)

    async def end(started: Sanic, _loop: Any) -> None:
        started.ctx.watching.cancel()

    app.register_listener(load, "before_server_start")
    app.register_listener(end, "before_server_stop")
    return app


async def start(
    app: Sanic, config: Settings, model: str, endpoints: AvailableEndpoints | None = None, poll: float = POLL
) -> ModelWatch:
    """Give the application its agent; the watch that is returned, when it runs, gives it later ones."""

    def again(old: TurnAgent) -> TurnAgent:
        return make_agent(config, model, endpoints, old)

    seen = signature(model)
    agent = make_agent(config, model, endpoints)
    if agent.is_ready():
        await agent.parse_message(FIRST_WORDS)
    app.ctx.agent = agent
    return ModelWatch(model, seen, again, poll)


def quiet_rasa() -> None:
    """Put Rasa's own log behind ours, never below INFO: at DEBUG it writes down messages and slots."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    for name in ("rasa", "sanic", "matplotlib"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


def serve(model: str) -> None:
    """Serve on the settings' address until a signal comes. Raises SettingsError."""
    config = settings()
    quiet_rasa()
    host, port = listening_address("FIRSTSTEP_ENGINE_URL", config.engine_url)
    locks = lock_store(config.redis_url)
    warnings.filterwarnings("ignore")  # deprecations inside rasa and TensorFlow; nothing an operator can act on
    app = make_app(config, model)
    app.run(host=host, port=port, workers=number_of_sanic_workers(locks), access_log=False, motd=False)

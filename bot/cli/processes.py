"""`firststep serve`, `front` and `worker`."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(serve)
    app.command()(front)
    app.command()(worker)


def serve() -> None:
    """Run everything on this machine, in the foreground, until Ctrl-C.

    Starts the front, the engine, the actions and the worker; prepares the store, loads the example program and trains
    the model when there is none or it is out of date; prints the address when the first question can be answered.
    """
    from bot.cli.supervisor import serve as run

    run()


def front() -> None:
    """Run the front alone: chat, text messages, hand-off links, staff console (FIRSTSTEP_HOST, FIRSTSTEP_PORT)."""
    import uvicorn

    from bot.logs import set_up
    from bot.settings import settings

    config = settings()
    set_up(config.log_level)
    uvicorn.run(
        "bot.front.app:create_app",
        factory=True,
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,  # conversation ids and hand-off links stand in paths
        ws="none",  # nothing here uses WebSockets, and Rasa holds their package back at a version uvicorn cannot load
        server_header=False,
        timeout_graceful_shutdown=3,  # open event streams would hold it for ever
    )


def worker() -> None:
    """Run the worker alone: delivers what is due, escalates what nobody took, deletes what is past its time."""
    from bot.engine.erase import erase_conversations
    from bot.logs import set_up
    from bot.settings import settings
    from bot.worker import run, stopped_by_signals

    set_up(settings().log_level)
    stop = stopped_by_signals()

    def forget(conversation_ids: list[str]) -> None:
        erase_conversations(conversation_ids)

    run(stop, forget=forget)

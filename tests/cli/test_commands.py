import json
import socket
from pathlib import Path

import pytest

from benchmarks.ports import free_ports
from tests.cli.conftest import Run

COMMANDS = [
    [],
    ["serve"],
    ["front"],
    ["worker"],
    ["train"],
    ["evaluate"],
    ["lint"],
    ["leads", "list"],
    ["conversations", "export"],
    ["program", "import"],
    ["program", "export"],
    ["users", "add"],
    ["purge"],
    ["doctor"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(firststep: Run, command: list[str]) -> None:
    done = firststep(*command, "--help")
    assert done.returncode == 0
    assert "Usage: firststep" in done.stdout or "Usage:" in done.stdout
    assert len(done.stdout) > 200


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["program", "import", "no-such-file.yml"], {}, "no-such-file.yml"),
        (["evaluate", "no-such-file.jsonl"], {}, "there is no file"),
        (["leads", "list"], {"FIRSTSTEP_DATABASE_URL": "nonsense"}, "FIRSTSTEP_DATABASE_URL"),
        (["leads", "list"], {"FIRSTSTEP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "cannot be opened"),
        (["serve"], {"FIRSTSTEP_PORT": "http"}, "FIRSTSTEP_PORT"),
        (["serve"], {"FIRSTSTEP_ENGINE_URL": "http://127.0.0.1"}, "FIRSTSTEP_ENGINE_URL"),
        (["serve"], {"FIRSTSTEP_SECRET_KEY": "short"}, "FIRSTSTEP_SECRET_KEY"),
        (["program", "export", "-"], {}, "firststep program import"),
        (["purge"], {}, "nothing was deleted"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_wrong_is_one_sentence(
    firststep: Run, arguments: list[str], settings: dict[str, str], sentence: str
) -> None:
    front, engine, actions = free_ports(3)
    free = {
        "FIRSTSTEP_PORT": str(front),
        "FIRSTSTEP_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "FIRSTSTEP_ACTIONS_URL": f"http://127.0.0.1:{actions}",
    }
    done = firststep(*arguments, given="n\n", **(free | settings))
    assert done.returncode == 2, done.stdout + done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told(firststep: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = firststep("serve", FIRSTSTEP_PORT=port)
    assert done.returncode == 2
    assert port in done.stderr
    assert "FIRSTSTEP_PORT" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_serve_belongs_into_the_projects_folder(firststep: Run, tmp_path: Path) -> None:
    done = firststep("serve", cwd=tmp_path)
    assert done.returncode == 2
    assert "config.yml" in done.stderr


def test_a_program_goes_in_and_comes_out_alike(firststep: Run, tmp_path: Path) -> None:
    assert firststep("program", "import", "examples/program.yml").returncode == 0
    first, second = tmp_path / "first.yml", tmp_path / "second.yml"
    assert firststep("program", "export", str(first)).returncode == 0
    assert firststep("program", "import", str(first)).returncode == 0
    assert firststep("program", "export", str(second)).returncode == 0
    assert first.read_text() == second.read_text()
    assert len(first.read_text()) > 1000


def test_no_leads_are_an_empty_list(firststep: Run) -> None:
    done = firststep("leads", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_doctor_says_what_to_do(firststep: Run) -> None:
    before = firststep("doctor")
    assert before.returncode == 1
    assert "firststep doctor --migrate" in before.stdout
    after = firststep("doctor", "--migrate")
    assert "up to date" in after.stdout or "for one machine" in after.stdout
    assert "firststep program import" in after.stdout


def test_a_half_set_sms_is_told_by_the_doctor(firststep: Run) -> None:
    done = firststep("doctor", FIRSTSTEP_TWILIO_ACCOUNT_SID="AC0")
    assert "FIRSTSTEP_TWILIO_AUTH_TOKEN" in done.stdout
    assert done.returncode == 1

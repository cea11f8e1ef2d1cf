# First Step. `make run` and `make test` are all that is needed; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test train model tune evaluate lint types validate pytest chromium clean

# uv of the machine when there is one that works, else our own in .tools (no administrator rights needed).
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .tools/bin/uv)
OWN_UV := $(filter .tools/bin/uv,$(UV))
RUN := $(UV) run --frozen --no-sync
# Bytecode matters: without it every start of the engine takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
export CUDA_VISIBLE_DEVICES := -1

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

run: .venv/.installed ## install what is missing and run everything until Ctrl-C
	@exec $(RUN) firststep serve

# Two jobs at a time: the training uses one core, the checks beside it the other; then the tests use both.
test: .venv/.installed-dev ## install what is missing and run all checks and tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line model lint types validate chromium
	@$(MAKE) --no-print-directory pytest

train: .venv/.installed ## train the model, even when it is up to date
	@$(RUN) firststep train

# TensorFlow leaves its faster products out on some processors unless it is asked for them.
tune: .venv/.installed ## tune the encoder to data/nlu and data/safety (ten minutes to half an hour), then train; commit bot/nlu/tuned
	@TF_ENABLE_ONEDNN_OPTS=1 $(RUN) python -m bot.nlu.tuning
	@$(RUN) firststep train

evaluate: .venv/.installed ## measure the model on our hold-out and hold its floors, or on FILE=messages.jsonl
	@$(RUN) firststep evaluate $(if $(FILE),"$(FILE)")

lint: .venv/.installed-dev ## style, and our own linter for answers and examples
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) firststep lint

types: .venv/.installed-dev ## types
	@$(RUN) mypy

validate: .venv/.installed-dev ## Rasa's own check of config, domain and data
	@$(RUN) rasa data validate

model: .venv/.installed-dev
	@$(RUN) firststep train --if-needed

pytest: .venv/.installed-dev model chromium ## the tests alone
	@marks=""; \
	reachable() { timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$$1" 2>/dev/null; }; \
	if ! reachable 5432 || ! reachable 6379; then \
		echo "PostgreSQL (127.0.0.1:5432) or Redis (127.0.0.1:6379) does not run here, so the tests that need them are left out."; \
		marks="not services"; \
	fi; \
	if ! command -v chromium >/dev/null; then \
		echo "Chromium is not installed, so the tests in a browser are left out."; \
		marks="$${marks:+$$marks and }not browser"; \
	fi; \
	$(RUN) pytest --numprocesses=2 --dist=loadgroup --no-loadscope-reorder -m "$$marks"

chromium:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the tests in a browser."; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
			>/dev/null || echo "Chromium could not be installed."; \
	fi

clean: ## remove what was made: environment, models, caches; the store in var/ stays
	@rm -rf .venv .tools models .rasa results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: pyproject.toml uv.lock $(OWN_UV)
	@echo "Installing: a few minutes and 3 GB the first time, mostly TensorFlow."
	@$(UV) sync --frozen --no-dev --inexact --compile-bytecode
	@touch $@

.venv/.installed-dev: pyproject.toml uv.lock $(OWN_UV)
	@echo "Installing, with the tools for tests: a few minutes and 3 GB the first time, mostly TensorFlow."
	@$(UV) sync --frozen --inexact --compile-bytecode
	@touch .venv/.installed $@

.tools/bin/uv:
	@echo "Installing uv into .tools."
	@command -v python3 >/dev/null || { echo "Install Python 3 or uv (https://docs.astral.sh/uv) first."; exit 2; }
	@{ python3 -m venv .tools && .tools/bin/python -m pip install --quiet uv; } >.tools.log 2>&1 \
		|| { rm -rf .tools; python3 -m pip install --quiet --target .tools uv; } >>.tools.log 2>&1 \
		|| { tail -n 3 .tools.log; \
		     echo "uv could not be installed: install Python's venv (on Debian: python3-venv) or uv, and check the network."; \
		     exit 2; }
	@rm -f .tools.log
	@test -x $@

# Every command of the README. Each target does its own set-up and is quick when there is nothing to do.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo run check rules test test-full fuzz chaos bench year lock schemas dashboards dist clean

VENV := .venv
STAMP := $(VENV)/.ready
ARGS ?=
# Tests that run whole installations share one of the processes (xdist_group), so that no two of them meet on two cores.
JOBS ?= 2

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements/dev.lock pyproject.toml deploy/setup.sh
	@deploy/setup.sh $(VENV)
	@touch $@

setup: $(STAMP) ## Virtual environment from the hash-pinned lock, and Kafka's jars.
	@$(VENV)/bin/python deploy/kafka/jars.py

demo: setup ## Sample publishers, Kafka, a fetcher, two workers, live events (ARGS=--once to end by itself).
	@$(VENV)/bin/rasad demo $(ARGS)

run: setup ## The same on the real registry, seeds/feeds.toml.
	@$(VENV)/bin/rasad demo --real $(ARGS)

check: $(STAMP) ## Format, lint, types, import arrows, locks.
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	requirements/lock.sh --check

rules: $(STAMP) ## Check and test the alerts (promtool and amtool: Debian packages prometheus, prometheus-alertmanager).
	RASAD_REQUIRE_DATA=1 $(VENV)/bin/pytest -q tests/contract/test_alert_rules.py $(ARGS)

test: setup ## The test suite; real Kafka, no outside network.
	$(VENV)/bin/pytest -n $(JOBS) --dist loadgroup -m "not full" $(ARGS)

test-full: setup ## Also what takes longer than `make test` allows.
	$(VENV)/bin/pytest -n $(JOBS) --dist loadgroup $(ARGS)

fuzz: $(STAMP) ## Mutated feeds and dates, 60 s of processor time each (ARGS="--seconds 600 --seed 1").
	@$(VENV)/bin/python tests/fuzz/fuzz_parse.py $(ARGS)
	@$(VENV)/bin/python tests/fuzz/fuzz_dates.py $(ARGS)

chaos: setup ## Faults without a pause on a real installation (ARGS="--seconds 300 --seed 1"), then every item is counted.
	@$(VENV)/bin/python tests/chaos/run.py $(ARGS)

bench: setup ## Speeds as ratios within one run.
	@$(VENV)/bin/python tests/bench/bench.py $(ARGS)

year: $(STAMP) ## 500 feeds through a simulated year: what is caught, with how many requests (ARGS="--days 30 --feeds 30").
	@$(VENV)/bin/python tests/simulation/year.py $(ARGS)

schemas: $(STAMP) ## Write deploy/schemas/ from the models.
	$(VENV)/bin/python -m workers.schemas

dashboards: $(STAMP) ## Write deploy/grafana/dashboards/ from deploy/grafana/boards/.
	$(VENV)/bin/python deploy/grafana/dashboards.py

lock: $(STAMP) ## Write requirements/*.lock from pyproject.toml.
	requirements/lock.sh $(ARGS)

dist: $(STAMP) ## Build the wheel into dist/.
	$(VENV)/bin/python -m hatchling build -t wheel

clean: ## Remove what set-up, tests and demo made.
	rm -rf $(VENV) .local dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

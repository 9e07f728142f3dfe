# Everything is done in .venv; `make` alone lists the commands.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PIP     = $(PY) -m pip install --disable-pip-version-check --quiet --require-hashes -r
ARGS   ?=
JOBS   ?= auto

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-mysql setup-dev setup-bench run demo day test prove attack fuzz xss check fmt bench screenshots lighthouse lock clean

help:
	@echo "MediQueue: make …"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
	@echo 'More words for the program: make test ARGS="-k queue"'

# ------------------------------------------------------------------------------------------------------------------ use

setup: $(VENV)/.run ## all that running needs; `run` and `demo` do it by themselves

setup-mysql: $(VENV)/.mysql ## and what MariaDB, MySQL and Redis need

run: setup ## the clinic, on http://127.0.0.1:8080
	$(PY) main.py $(ARGS)

demo: setup ## a sample clinic with patients waiting
	$(PY) main.py --demo $(ARGS)

day: setup ## play a clinic day in the running demo; ARGS="--speed 60"
	$(PY) -m scripts.simulate_day $(ARGS)

# ----------------------------------------------------------------------------------------------------------------- work

setup-dev: $(VENV)/.dev

setup-bench: $(VENV)/.bench

test: setup-dev ## the whole suite
	@scripts/install_system.sh services browser
	$(PY) -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

prove: setup-dev ## the queue against its invariants, for a long time
	HYPOTHESIS_PROFILE=long $(PY) -m pytest tests/test_queue_machine.py $(ARGS)

attack: setup-dev ## hostile clients against the real server, with 100,000 frames
	ATTACK_FRAMES=100000 $(PY) -m pytest tests/hostile/test_attacks.py --timeout=1800 $(ARGS)

fuzz: setup-dev ## odd requests by everybody, 100,000 of them
	FUZZ_CASES=300 $(PY) -m pytest tests/api/test_fuzz.py --timeout=14400 $(ARGS)

xss: setup-dev ## every payload in every field on every page, in a browser
	@scripts/install_system.sh browser
	XSS_ROUNDS=30 $(PY) -m pytest tests/browser/test_xss.py --timeout=7200 $(ARGS)

check: setup-dev ## lint, format, types, import contracts, migrations drift
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo
	scripts/check_migrations.sh

fmt: setup-dev ## put the code in shape
	$(PY) -m ruff check --fix-only
	$(PY) -m ruff format

bench: setup-bench ## measure MediQueue beside its peers
	@scripts/install_system.sh services browser
	$(PY) -m bench $(ARGS)

screenshots: setup-dev ## pictures of every screen
	@scripts/install_system.sh browser
	$(PY) -m scripts.screenshots $(ARGS)

lighthouse: setup-dev ## page weight and accessibility scores
	@scripts/install_system.sh browser
	scripts/lighthouse.sh $(ARGS)

lock: setup-dev ## write requirements/*.txt again; ARGS=--upgrade for the newest versions
	scripts/lock.sh $(ARGS)

clean: ## remove .venv and caches; data/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------------- what they stand on

# An environment whose Python has gone, or that was never finished, is made anew.
ifneq ($(shell test -x $(PY) -a -x $(VENV)/bin/pip && echo yes),yes)
.PHONY: $(VENV)/pyvenv.cfg
endif

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "$(PYTHON) was not found. MediQueue needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old. MediQueue needs 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

# A stamp is older than its lock file, or than the environment, only when there is something to install.
# The lock files are complete, each a superset of the one before, so they never undo one another.
$(VENV)/.run: requirements/run.txt $(VENV)/pyvenv.cfg
	$(PIP) $<
	@touch $@

$(VENV)/.mysql: requirements/mysql.txt $(VENV)/pyvenv.cfg
$(VENV)/.dev: requirements/dev.txt $(VENV)/pyvenv.cfg
$(VENV)/.bench: requirements/bench.txt $(VENV)/pyvenv.cfg
$(VENV)/.mysql $(VENV)/.dev $(VENV)/.bench:
	@PYTHON=$(PY) scripts/install_system.sh mysql
	$(PIP) $<
	@touch $@

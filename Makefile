# Two commands: `make serve` starts a server, `make check` proves the checkout.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: serve check format docs test crash bench bench-growth crowd schemathesis autobahn clean

serve: $(VENV)/.runtime
	@exec $(BIN)/notifyctl serve $(ARGS)

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

test: $(VENV)/.development
	$(BIN)/pytest $(ARGS)

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.development
	$(BIN)/python -m docs.generate

# The long form of the crash proof; ROUNDS and SEED are its parameters.
crash: $(VENV)/.runtime
	@$(BIN)/notifyctl load crash --rounds $${ROUNDS:-700} --seed $${SEED:-2026} $(ARGS)

# Figures beside those of peers, measured in the same run: `make bench ARGS="fanout --rounds 3"`.
bench: $(VENV)/.bench
	@$(BIN)/python -m loadtests.bench $(ARGS)

# How cost grows, up to ten million events on the disk: half an hour.
bench-growth: $(VENV)/.bench
	@$(BIN)/python -m loadtests.bench growth $(ARGS)

# The long form of the silent crowds; CROWD says how many connections come to either port.
crowd: $(VENV)/.development
	NOTIFYCTL_CROWD=$${CROWD:-10000} $(BIN)/pytest -s tests/hostile -k crowd

# The long form of asking whether the HTTP API is what /openapi.json says; EXAMPLES for each route.
schemathesis: $(VENV)/.development
	NOTIFYCTL_EXAMPLES=$${EXAMPLES:-500} $(BIN)/pytest -s tests/hostile/test_openapi.py

# Every case of Autobahn's fuzzing client; the report is .autobahn/index.html.
WSTEST ?= wstest
autobahn: $(VENV)/.development
	@command -v $(WSTEST) >/dev/null || { echo "make autobahn needs wstest: pip install" \
	  "autobahntestsuite with Python 2.7, then run it with WSTEST=/path/to/wstest."; exit 1; }
	@rm -rf .autobahn # An old report must not speak for a run that failed.
	@PYTHONPATH=.:server $(BIN)/python -m tests.conformance.echo 9001 & echo=$$!; \
	  trap "kill $$echo" EXIT; sleep 2; kill -0 $$echo && \
	  $(WSTEST) -m fuzzingclient -s tests/conformance/fuzzingclient.json
	@$(BIN)/python -m tests.conformance.outcome .autobahn/index.json

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .autobahn dist

$(VENV)/.runtime: pyproject.toml constraints.txt
	@echo "Creating the environment in $(VENV) (once, about half a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "notifyctl needs Python 3.11 or newer; run make with PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime
	@echo "Installing what the checks need ..."
	@$(PIP) install --group dev
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	@echo "Installing what is compared with ..."
	@$(PIP) install --group bench
	@touch $@

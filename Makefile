# Two commands: `make serve` starts a server, `make check` proves the checkout.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: serve check format docs test kills clean

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

# The long form of the crash proof; KILLS and SEED are its parameters.
kills: $(VENV)/.development
	NOTIFYCTL_KILLS=$${KILLS:-1000} $(BIN)/pytest -x --timeout=36000 -s tests/end_to_end/test_kills.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist

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

# Kontinuum: `make run` opens the program, `make test` passes all tests; both set up what is missing.
PY := .venv/bin/python
# On every core, each with a server of its own; who comes to the end of its tests takes some of another's.
PYTEST := QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n auto --maxprocesses 8 --dist worksteal
ALONE := QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q --last-failed --last-failed-no-failures none --maxfail 3
# The slowest takes a minute alone: one that never ends shall be named, with where it stands.
GUARD := --timeout 900 --timeout-method thread

.PHONY: run test torture lint texts setup setup-tests tour installer

run: setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then .venv/bin/kontinuum; \
	else echo "No screen here: the guided tour runs off-screen instead."; .venv/bin/kontinuum tour --out tour; fi

# What fails beside the others is tried once more with the machine to itself, and the output says so: a defect fails twice.
test: setup-tests
	$(PYTEST) $(GUARD) || { [ $$? -eq 1 ] && echo "Once more, one by one, what failed beside the others:" && $(ALONE) $(GUARD); }

torture: setup-tests
	$(PYTEST) --torture

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m desktop.core.catalogues --check

texts: setup
	$(PY) -m desktop.core.catalogues

tour: setup
	.venv/bin/kontinuum tour --out tour

installer: setup
	nice -n 10 $(PY) build_installer.py

setup:
	@./setup.sh

setup-tests: # and a PostgreSQL server for them to start
	@./setup.sh tests

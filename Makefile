# make run: the demonstration on http://127.0.0.1:8000; make test: the whole suite. Both do all the set-up.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
STATION ?= station
RUN_PACKAGES := gcc libc6-dev gettext fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := chromium fonts-noto-cjk postgresql-15 radosgw ceph-mon ceph-osd ceph-mgr ceph-common libreoffice-calc-nogui

.PHONY: install run test test-set-up lint bench nightly
.NOTPARALLEL:

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml $(shell find biomoa -name '*.po' -o -name '*.c')
	@.ci/debian $(RUN_PACKAGES)
	@$(PYTHON) -c 'import sys; assert sys.version_info[:2] == (3, 11), "BioMoa needs Python 3.11"'
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; .ci/debian python3.11-venv; $(PYTHON) -m venv .venv; }
	@[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r requirements.lock
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
	@find biomoa -name '*.po' -execdir msgfmt -o django.mo {} \;
	@.venv/bin/python -m compileall -q biomoa
	@.venv/bin/python -c 'from biomoa.qc.alignment.tally import warm; warm()'
	@touch $@

$(STATION)/station.toml: | .venv/.installed
	@.venv/bin/biomoa --home $(STATION) demo

run: install $(STATION)/station.toml
	@exec .venv/bin/biomoa --home $(STATION) serve

test-set-up: install
	@.ci/debian $(TEST_PACKAGES)

lint: install
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

test: test-set-up lint
	@.ci/rooms

bench: install
	@for script in bench/*.py; do echo "== $$script"; .venv/bin/python $$script; done

# Every sweep in its long form; the last line of each is its figure.
nightly: test-set-up
	@rm -f nightly/figures.txt; failed=0; for script in nightly/*.py; do echo "== $$script"; \
	  .venv/bin/python $$script > nightly/last.log 2>&1 || failed=1; tail -3 nightly/last.log; \
	  echo "$$(basename $$script .py): $$(tail -1 nightly/last.log)" >> nightly/figures.txt; \
	done; cat nightly/figures.txt; exit $$failed

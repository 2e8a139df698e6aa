# Everything a newcomer needs: `make demo` shows the program, `make test` runs every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DATA := .work/demo
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help install install-dev demo sample test lint types imports unit browser quality bench faults elasticsearch train train-accurate lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit("Zhimai needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## virtual environment with the program

install-dev: $(VENV)/.installed-dev ## the same with the tools for checks

sample: install ## index the bundled sample digests
	$(BIN)/zhimai --engine embedded:$(DEMO_DATA) index samples

demo: sample ## install, index the sample, serve it and print the address
	$(BIN)/zhimai --engine embedded:$(DEMO_DATA) serve --host $(HOST) --port $(PORT)

test: lint types imports unit ## every check: style, types, floors, all tests

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/mypy

imports: install-dev
	$(BIN)/lint-imports

browser: install-dev ## bring a browser with a Chinese font for the tests that drive one
	$(BIN)/python scripts/bring_browser.py

unit: browser
	$(BIN)/python -m pytest

faults: install-dev ## break archives, indexers and servers in every way that tests know; takes some minutes
	@echo "every test of tests/faults, those marked slow_faults too, against servers of its own"
	$(BIN)/python -m pytest -v tests/faults --slow-faults

quality: install-dev ## extraction and retrieval figures on the labelled sets of ../shared, beside the accepted ones
	$(BIN)/python scripts/quality.py --check
	$(BIN)/python scripts/retrieval.py

bench: install-dev ## speed and size on the real items of ../shared
	$(BIN)/python bench/bench.py

train: install-dev ## train the tagger anew from the labelled items of ../shared
	$(BIN)/python -m indexer.extraction.training

# glibc hands freed tensors back to the system and fetches them again unless told not to: a fifth of the time
train-accurate: install-dev ## train the encoder of the accurate setting anew: 3 GB of packages, an hour or two; goes on where it was cut
	$(BIN)/python -m uv venv --quiet --allow-existing .work/train-venv
	$(BIN)/python -m uv pip install --quiet --python .work/train-venv --group train --editable .
	MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 OMP_NUM_THREADS=1 \
	  .work/train-venv/bin/python -m indexer.extraction.training.encoder --work .work/train --mean-of 1723 \
	  --items ../shared/training/items.jsonl --labels ../shared/training/labels.jsonl \
	  --scored-items ../shared/evaluation/dev.items.jsonl --scored-labels ../shared/evaluation/dev.gold.jsonl

elasticsearch: install-dev ## fetch Elasticsearch and run it on 127.0.0.1:9200 until Ctrl-C; VERSION=8.19.0 for another, SECURE=1 for TLS and users
	$(BIN)/python scripts/elasticsearch.py $(if $(VERSION),--version $(VERSION)) $(if $(SECURE),--secure)

lock: install-dev ## write the lock files anew from pyproject.toml
	$(BIN)/python scripts/lock.py

clean: ## remove what the targets above made
	rm -rf $(VENV) .work dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

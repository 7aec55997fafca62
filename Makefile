# The commands of the shop; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
PIPENV_VERSION := 2026.10.3

# pipenv lives in .tools, the shop in .venv, whatever environment the caller has active.
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_NOSPIN := 1
unexport DJANGO_SETTINGS_MODULE
# The tests, which many processes load, are compiled once: 5 s of each worker.
unexport PYTHONDONTWRITEBYTECODE

PIPENV := .tools/bin/pipenv
# What the benchmarks compare the shop with has an environment of its own.
BENCH_PIPENV := VIRTUAL_ENV=$(CURDIR)/.bench PIPENV_IGNORE_VIRTUALENVS= PIPENV_VERBOSITY=-1 \
	PIPENV_PIPFILE=benchmarks/Pipfile $(PIPENV)
# So has what reads the document of the API.
CONTRACT_PIPENV := VIRTUAL_ENV=$(CURDIR)/.contract PIPENV_IGNORE_VIRTUALENVS= PIPENV_VERBOSITY=-1 \
	PIPENV_PIPFILE=contract/Pipfile $(PIPENV)
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
ENVIRONMENT := .venv/.synced
SOURCES := conftest.py storefront core store tags likes store_custom outbox history webhooks
# What runs on a server.
AUDITED := storefront core store tags likes store_custom outbox history webhooks docker manage.py gunicorn.conf.py
EXTRAS := .venv/.synced-extras
DRIVERS := .venv/.synced-drivers
PRODUCTION := .venv/.synced-production
BENCH := .bench/.synced
CONTRACT := contract/node_modules/.package-lock.json
SCHEMATHESIS := .contract/.synced
MAILDEV := mailbox/node_modules/.package-lock.json

# Markers of the tests that `make test` skips; storefront/tests/services.py tells what they need.
SERVICES := redis or redis_server or rabbitmq or s3 or locust or compose or nginx or chromium or mailbox or contract or axe or fuzz or terminal

# Where `make test-all` finds its two servers; the databases are made by the test runner.
MYSQL_TEST_URL ?= mysql://root@127.0.0.1:3306/storefront
POSTGRES_TEST_URL ?= postgres://postgres@127.0.0.1:5432/storefront

# Races are measured on a machine that does nothing else.
ALONE := --numprocesses 0

# Ports of what `make dev`, `make mailbox`, `make flower` and `make load-ui` show; the shop does not read them.
SMTP_PORT ?= 1025
MAILBOX_PORT ?= 1080
FLOWER_PORT ?= 5555
LOAD_PORT ?= 8089
unexport SMTP_PORT MAILBOX_PORT FLOWER_PORT LOAD_PORT MAILBOX
DEVELOPMENT = $(PY) -m storefront.development --port $(PORT) --smtp-port $(SMTP_PORT) \
	--mailbox-port $(MAILBOX_PORT) --flower-port $(FLOWER_PORT)
DAY := server worker beat $(if $(filter no,$(MAILBOX)),,mailbox)

# What `make load` sends, and where to.
USERS ?= 100
RATE ?= 10
DURATION ?= 1m
HOST ?= http://127.0.0.1:8000
LOCUSTFILE ?= locustfiles/browse_products.py

# What `make stress` serves (development, development-without-toolbar, production), and to how many visitors at first.
SERVER ?= development
FIRST ?= 50

# What `make bench` measures: on which database (sqlite, mariadb), how often, and for how long each time.
DATABASE ?= sqlite
ROUNDS ?= 3
SECONDS ?= 3

# How many random requests `make fuzz` sends as each role, and what its choices start from.
CASES ?= 5000
SEED ?= 17

.DEFAULT_GOAL := help
.PHONY: help run dev profile worker beat flower mailbox node client seed test coverage test-all test-mariadb test-postgresql test-faults drivers production up up-dev load load-ui stress attack floods sign-ins bench bench-growth roles codes contract fuzz release-document watch lint audit sbom format lock lock-bench lock-contract clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-18s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

define prepare
$(PY) manage.py migrate --verbosity 0
@# The seed data goes with store_custom; the shop runs without.
@if $(PY) manage.py help --commands | grep -qx seed_db; then $(PY) manage.py seed_db; fi
endef

run: $(ENVIRONMENT)  ## Set everything up and serve the shop on http://127.0.0.1:8000 (PORT=... for another)
	$(prepare)
	$(PY) manage.py runserver $(PORT)

dev: $(if $(filter mailbox,$(DAY)),node) $(ENVIRONMENT)  ## Serve the shop with worker, beat and mailbox beside it (needs Redis and Node.js; MAILBOX=no does without)
	@$(DEVELOPMENT) --check $(DAY)
	@$(if $(filter mailbox,$(DAY)),$(MAKE) --no-print-directory $(MAILDEV))
	$(prepare)
	@$(DEVELOPMENT) $(DAY)

profile: export SILK := 1
profile: run  ## Serve the shop and record its requests and queries at /silk/ (/silk/cleardb/ deletes them)

worker: $(ENVIRONMENT)  ## Run the tasks of a server that has REDIS_URL, again on every change (needs Redis)
	@$(DEVELOPMENT) $@

beat: $(ENVIRONMENT)  ## Queue what the timetable says, for the worker (needs Redis)
	@$(DEVELOPMENT) $@

flower: $(EXTRAS)  ## Watch the worker on http://127.0.0.1:5555 (needs Redis; FLOWER_PORT)
	@$(DEVELOPMENT) $@

mailbox: node $(ENVIRONMENT) $(MAILDEV)  ## Show on http://127.0.0.1:1080 what comes to EMAIL_HOST=127.0.0.1 EMAIL_PORT=1025 (needs Node.js; MAILBOX_PORT, SMTP_PORT)
	@$(DEVELOPMENT) $@

node:
	@node --eval 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm >/dev/null || \
		{ echo "This needs Node.js 20 or newer with npm: install it; \`make dev MAILBOX=no\` does without." >&2; exit 1; }

client:  ## Serve the upload page on http://localhost:8001 (the shop runs beside it: make run)
	$(PYTHON) -m http.server 8001 --bind 127.0.0.1 --directory client

seed: $(ENVIRONMENT)  ## Fill the database (ARGS="--products 100000", ARGS=--reset to start over)
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py seed_db $(ARGS)

test: $(ENVIRONMENT)  ## Run the tests on SQLite (ARGS=store/tests/test_carts.py for some); what needs a service is left to test-all
	$(PYTEST) $(ARGS)

roles: $(ENVIRONMENT)  ## Ask every endpoint and page as every role and write docs/roles.md
	$(PYTEST) storefront/tests/test_roles.py --write-roles

codes: $(ENVIRONMENT)  ## Write docs/codes.md: the codes of the API's refusals
	$(PYTEST) storefront/tests/test_codes.py --write-codes

contract: node $(CONTRACT) $(SCHEMATHESIS)  ## Install what reads the API's document in the tests: linters, generators of clients, schemathesis (needs Node.js)

fuzz: $(ENVIRONMENT) $(SCHEMATHESIS)  ## Send random requests as each role, and judge the answers by the API's document (CASES, SEED)
	$(PYTEST) storefront/tests/contract/test_fuzzing.py --numprocesses 2 --fuzz-cases $(CASES) --fuzz-seed $(SEED)

release-document: $(ENVIRONMENT) node $(CONTRACT)  ## Write with each release contract/released.json, which later documents may not break, and the collection for Postman (needs Node.js)
	DJANGO_SETTINGS_MODULE=storefront.settings.test $(PY) manage.py spectacular --format openapi-json --file contract/released.json
	$(PY) -m json.tool --indent 1 contract/released.json contract/released.json
	node contract/collection.mjs contract/released.json docs/storefront.postman_collection.json

coverage: $(ENVIRONMENT)  ## Run the tests and tell which branches none of them takes (htmlcov/index.html shows them)
	$(PYTEST) --cov --cov-report=html --cov-report=term:skip-covered $(ARGS)

test-all: $(DRIVERS) node $(MAILDEV) $(CONTRACT) $(SCHEMATHESIS)  ## Run what `make test` skips, and every test on MariaDB and PostgreSQL too; nothing may be skipped
	$(PYTEST) --services require -m "($(SERVICES)) and not (mariadb or row_locks)"
	$(MAKE) test-mariadb
	$(MAKE) test-postgresql

test-mariadb: $(DRIVERS)  ## Run the tests on MariaDB
	DATABASE_URL=$(MYSQL_TEST_URL) $(PYTEST) --services require -m "not once"

test-postgresql: $(DRIVERS)  ## Run the tests on PostgreSQL
	DATABASE_URL=$(POSTGRES_TEST_URL) $(PYTEST) --services require -m "not mariadb and not once"

test-faults: $(DRIVERS)  ## Run the race and fault tests at full length on the three databases
	$(PYTEST) --services require -m "faults and not row_locks" --faults=full $(ALONE)
	DATABASE_URL=$(MYSQL_TEST_URL) $(PYTEST) --services require -m faults --faults=full $(ALONE)
	DATABASE_URL=$(POSTGRES_TEST_URL) $(PYTEST) --services require -m faults --faults=full $(ALONE)

drivers: $(DRIVERS)  ## Install the MySQL and PostgreSQL drivers (needs gcc, pkg-config and the MySQL client's headers)

production: $(PRODUCTION)  ## Install what a server needs, without the developers' tools, and collect the static files
	DJANGO_SETTINGS_MODULE=storefront.settings.prod $(PY) manage.py collectstatic --noinput --verbosity 0

up: .env  ## Build the shop and run all of it in containers (needs Docker with compose)
	docker compose up --build --detach

# A project of its own: its data is not that of `make up`.
up-dev: .env  ## Run it for development in containers: your source, mailbox, worker, beat, Flower, tests on change (needs Docker with compose)
	DEV_USER=$$(id -u):$$(id -g) docker compose --project-name storefront-dev --profile development up --build \
		dev-server dev-worker dev-beat dev-flower dev-tests smtp4dev

.env: .env.example
	@umask 077 && $(PYTHON) -c 'import re, secrets, sys; sys.stdout.write(re.sub("=random\n", \
		lambda _: f"={secrets.token_urlsafe(48)}\n", sys.stdin.read()))' < $< > $@

load: $(EXTRAS)  ## Send visitors to a running server (USERS, RATE, DURATION, HOST, LOCUSTFILE)
	.venv/bin/locust --headless --only-summary --locustfile $(LOCUSTFILE) --host $(HOST) \
		--users $(USERS) --spawn-rate $(RATE) --run-time $(DURATION)

load-ui: $(EXTRAS)  ## Send visitors from Locust's page on http://127.0.0.1:8089 (HOST, LOCUSTFILE, LOAD_PORT)
	.venv/bin/locust --locustfile $(LOCUSTFILE) --host $(HOST) --users $(USERS) --spawn-rate $(RATE) \
		--web-host 127.0.0.1 --web-port $(LOAD_PORT)

stress: $(if $(filter sqlite,$(DATABASE)),$(EXTRAS),$(DRIVERS))  ## Send more and more visitors to a shop of its own until it fails (SERVER, DATABASE, FIRST; needs redis-server)
	$(PY) -m benchmarks.stress --server $(SERVER) --database $(DATABASE) --first $(FIRST)

attack: $(if $(filter sqlite,$(DATABASE)),$(ENVIRONMENT),$(DRIVERS))  ## Attack a shop of its own (DATABASE; ARGS="--before ../other" for another checkout too; needs redis-server); writes docs/security.md
	$(PY) -m benchmarks.attacks --database $(DATABASE) $(ARGS)

floods: $(if $(filter sqlite,$(DATABASE)),$(ENVIRONMENT),$(DRIVERS))  ## Flood a shop of its own (DATABASE; needs redis-server and wrk); writes docs/security.md
	$(PY) -m benchmarks.floods --database $(DATABASE) $(ARGS)

sign-ins: $(if $(filter sqlite,$(DATABASE)),$(ENVIRONMENT),$(DRIVERS))  ## Count sign-ins beside the hash alone (DATABASE; needs redis-server); writes docs/security.md
	$(PY) -m benchmarks.sign_ins --database $(DATABASE) $(ARGS)

bench: $(DRIVERS) $(BENCH)  ## Compare the shop with its references (DATABASE, ROUNDS, SECONDS); writes docs/performance.md
	.bench/bin/python -m benchmarks --database $(DATABASE) --rounds $(ROUNDS) --seconds $(SECONDS)

bench-growth: $(DRIVERS) $(BENCH)  ## Compare a million products with a thousand (DATABASE may be postgresql too)
	.bench/bin/python -m benchmarks.growth --database $(DATABASE) --rounds $(ROUNDS) --seconds $(SECONDS)

watch: $(ENVIRONMENT)  ## Run the tests again on every change
	.venv/bin/watchfiles --filter python "$(PYTEST) --exitfirst $(ARGS)" $(SOURCES)

lint: $(ENVIRONMENT)  ## Check format, lint, types, import contracts, migrations and the API schema
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

audit: $(ENVIRONMENT)  ## Look for weak code (bandit), and for known vulnerabilities of the locked packages (exit code 2 of .ci/audit.py: not audited)
	.venv/bin/bandit --quiet --recursive --configfile pyproject.toml $(AUDITED)
	$(PY) .ci/audit.py

sbom: $(ENVIRONMENT)  ## Write sbom.json: what a server installs, in CycloneDX; the same for the same lock
	.venv/bin/cyclonedx-py pipenv --categories packages,mysql,postgres,production --output-reproducible \
		--output-format JSON --output-file sbom.json

format: $(ENVIRONMENT)  ## Format the code and mend what the linter can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: $(PIPENV) $(PY)  ## Resolve Pipfile again into Pipfile.lock (needs pkg-config and the MySQL client's headers)
	$(PIPENV) lock
	$(PYTHON) .ci/strip_lock.py Pipfile.lock

lock-bench: $(PIPENV) .bench  ## Resolve benchmarks/Pipfile again
	$(BENCH_PIPENV) lock
	$(PYTHON) .ci/strip_lock.py benchmarks/Pipfile.lock

lock-contract: $(PIPENV) .contract  ## Resolve contract/Pipfile again
	$(CONTRACT_PIPENV) lock
	$(PYTHON) .ci/strip_lock.py contract/Pipfile.lock

clean:  ## Remove the environments, the caches and the development database
	rm -rf .tools .venv .bench .contract .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.sqlite3* media static .dev mailbox/node_modules contract/node_modules

# Of a macOS or an older Linux, python3 may be one that no package of the lock is for.
define CHECK_PYTHON
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The shop needs Python 3.11 or newer; \
	name one: make $(MAKECMDGOALS) PYTHON=python3.11")'
endef

$(PIPENV):
	$(CHECK_PYTHON)
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)

# Made here, not by pipenv, which may pick another Python of the machine.
$(PY):
	$(CHECK_PYTHON)
	$(PYTHON) -m venv .venv

$(ENVIRONMENT): Pipfile.lock | $(PIPENV) $(PY)
	$(PIPENV) sync --categories "packages dev-packages"
	@touch $@

# Wheels only: what needs a compiler is below.
$(EXTRAS): $(ENVIRONMENT)
	$(PIPENV) sync --categories "production trials"
	@touch $@

$(DRIVERS): $(EXTRAS)
	$(PIPENV) sync --categories "mysql postgres"
	@touch $@

$(PRODUCTION): Pipfile.lock | $(PIPENV) $(PY)
	$(PIPENV) sync --categories "packages mysql postgres production"
	@touch $@

$(MAILDEV): mailbox/package-lock.json
	cd mailbox && npm ci --loglevel=error
	@touch $@

$(CONTRACT): contract/package-lock.json
	cd contract && npm ci --loglevel=error
	@touch $@

$(SCHEMATHESIS): contract/Pipfile.lock | $(PIPENV) .contract
	$(CONTRACT_PIPENV) sync
	@touch $@

$(BENCH): benchmarks/Pipfile.lock | $(PIPENV) .bench
	$(BENCH_PIPENV) sync
	@touch $@

.bench .contract:
	$(PYTHON) -m venv $@

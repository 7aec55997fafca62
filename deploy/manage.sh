#!/bin/sh
# Runs manage.py with the environment of the services: sudo -u storefront deploy/manage.sh migrate
set -eu
set -a
. "${STOREFRONT_ENV:-/etc/storefront.env}"
set +a
cd "$(dirname "$0")/.."
exec .venv/bin/python manage.py "$@"

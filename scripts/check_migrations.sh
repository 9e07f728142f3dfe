#!/usr/bin/env bash
# Bring an empty throw-away SQLite database to head and fail when the tables in app/models/ say something else.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export MEDIQUEUE_ENV=development MEDIQUEUE_DATA_DIR=$scratch MEDIQUEUE_DATABASE_URL=sqlite:///$scratch/drift.db

.venv/bin/python -m alembic upgrade head
.venv/bin/python -m alembic check

#!/usr/bin/env bash
# Write requirements/*.txt from pyproject.toml: exact versions and the hashes of every published file,
# good for each supported Python and platform. Existing pins stay unless told otherwise:
#   scripts/lock.sh --upgrade          newest of everything
#   scripts/lock.sh -P nicegui         newest of one package
# Each file is complete by itself and a superset of the one before: run < mysql < dev < bench.
set -euo pipefail
cd "$(dirname "$0")/.."

# Only the public package index counts, whatever this machine is set up to use.
unset "${!UV_@}" "${!PIP_@}"

compile() {
    local output=requirements/$1
    shift
    echo "$output"
    .venv/bin/uv --no-config pip compile pyproject.toml "$@" \
        --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --quiet \
        --custom-compile-command "make lock" --annotation-style line --output-file "$output"
}

compile bench.txt --extra mysql --extra redis --group dev --extra bench "$@"
# A narrower file starts as a copy, so that it repeats the same versions and loses what it does not need.
for narrower in dev mysql run; do cp requirements/bench.txt "requirements/$narrower.txt"; done
compile dev.txt --extra mysql --extra redis --group dev
compile mysql.txt --extra mysql --extra redis
compile run.txt

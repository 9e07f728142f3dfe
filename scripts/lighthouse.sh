#!/usr/bin/env bash
# Lighthouse on the phone pages of a sample clinic of its own: performance >= 90, everything else 100.
# Needs Node's npx (it fetches the npm package lighthouse) and Chromium (CHROME_PATH, or on the PATH).
#   scripts/lighthouse.sh                      home, join and a ticket
#   scripts/lighthouse.sh http://host/ …       these pages, and no sample clinic
set -euo pipefail
cd "$(dirname "$0")/.."

command -v npx >/dev/null || { echo "Lighthouse needs Node.js: npx was not found." >&2; exit 1; }
CHROME_PATH=${CHROME_PATH:-$(command -v chromium || command -v google-chrome)} || { echo "Chromium was not found." >&2; exit 1; }
export CHROME_PATH

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

if [ $# -eq 0 ]; then
    port=${MEDIQUEUE_PORT:-8099}
    base=http://127.0.0.1:$port
    MEDIQUEUE_PORT=$port MEDIQUEUE_DATA_DIR=$work/data .venv/bin/python main.py --demo >"$work/log" 2>&1 &
    server=$!
    curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "$base/healthz" ||
        { cat "$work/log" >&2; exit 1; }
    link=$(curl --silent --fail --json '{"name": "Lighthouse"}' "$base/api/v1/queues/1/tickets" |
        .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["link"])')
    set -- "$base/" "$base/join-queue" "$base/t/$link"
fi

failed=0
for page in "$@"; do
    npx --yes lighthouse "$page" --quiet --output=json --output-path="$work/report.json" \
        --only-categories=performance,accessibility,best-practices \
        --chrome-flags="--headless=new --no-sandbox --disable-gpu --disable-background-networking" 2>"$work/lighthouse.log" ||
        { cat "$work/lighthouse.log" >&2; exit 1; }
    .venv/bin/python - "$page" "$work/report.json" <<'PY' || failed=1
import json
import sys
from pathlib import Path

page, report = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
scores = {name: round(part["score"] * 100) for name, part in report["categories"].items()}
paint = report["audits"]["largest-contentful-paint"]["displayValue"]
print(page, *(f"{name} {score}" for name, score in scores.items()), f"largest paint {paint}", sep="  ")
sys.exit(any(score < (90 if name == "performance" else 100) for name, score in scores.items()))
PY
done
exit "$failed"

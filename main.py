"""Start here: `python main.py`, or `python main.py --demo` for a living sample clinic."""

import sys

from app import api, jobs, pages
from app.settings import settings
from app.web import server


def main() -> None:
    chosen = settings()
    if "--demo" in sys.argv[1:]:
        from app import demo

        chosen = demo.prepare(chosen)
    server.prepare(chosen)
    pages.mount()
    api.mount()
    jobs.mount()
    server.run(chosen)


if __name__ in {"__main__", "__mp_main__"}:
    main()

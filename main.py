"""Start here: `python main.py`, or `python main.py --demo` for a living sample clinic."""

import sys

from app import api, jobs, pages
from app.settings import settings
from app.web import server


def main() -> None:
    if "--demo" in sys.argv[1:]:
        from app import demo

        demo.use_own_data_dir()
        demo.prepare(settings())
    server.prepare(settings())
    pages.mount()
    api.mount()
    jobs.mount()
    server.run(settings())


if __name__ in {"__main__", "__mp_main__"}:
    main()

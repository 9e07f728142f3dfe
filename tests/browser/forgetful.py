"""The program, except that it forgets a page soon after its connection is lost, and says so."""

from typing import Any

from nicegui import app

import main
from app.web import page

STAY = 5  # seconds
FORGOT = "forgot a page"

_page = page.page


def _forgetful_page(path: str, **given: Any) -> Any:
    return _page(path, **{**given, "stay": STAY})


if __name__ == "__main__":
    page.page = _forgetful_page  # before the pages are imported
    app.on_delete(lambda: print(FORGOT, flush=True))
    main.main()

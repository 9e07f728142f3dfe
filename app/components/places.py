"""Where somebody is in a list: what is searched, which page, which row is open. The page's address says the same."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from nicegui import context

from app.web.numbers import number

NEW = "new"
LONGEST_SEARCH = 80
LAST_PAGE = 99_999


@dataclass(slots=True)
class Place:
    """`open` is a row's id, `NEW` or nothing."""

    path: str
    q: str = ""
    page: int = 1
    open: str = ""
    filters: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str, *filters: str) -> "Place":
        """The place that the present page's address names; what makes no sense in it is left out."""
        request = context.client.request
        given = request.query_params if request else {}
        opened = given.get("open", "")
        return cls(
            path,
            q=given.get("q", "")[:LONGEST_SEARCH],
            page=min(number(given.get("page")) or 1, LAST_PAGE),
            open=opened if opened == NEW or number(opened) else "",
            filters={name: given.get(name, "")[:LONGEST_SEARCH] for name in filters},
        )

    @property
    def row_id(self) -> int | None:
        return number(self.open)

    @property
    def url(self) -> str:
        said = {"q": self.q, **self.filters, "page": str(self.page) if self.page > 1 else "", "open": self.open}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{self.path}?{query}" if query else self.path

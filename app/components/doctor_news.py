"""What the dashboard says by itself: who joined, in the page's title and to those who listen to it."""

import asyncio

from nicegui import background_tasks, context, html, ui

from app.components.words import PRODUCT
from app.components.words import doctor as words
from app.services.board import QueueView

EVERY = 10.0  # seconds between two announcements, at least


class News:
    def __init__(self, title: str) -> None:
        self._title = title
        self._client = context.client
        self._region = html.div().classes("vh").props("role=status aria-live=polite")
        self._known: set[int] | None = None
        self._waiting: int | None = None
        self._tokens: list[str] = []
        self._resting = False

    def show(self, view: QueueView) -> None:
        people = {entry.entry_id: entry.token for entry in view.entries}
        if self._known is not None:
            self._tokens += [people[i] for i in sorted(people.keys() - self._known)]
        self._known = (self._known or set()) | people.keys()
        if self._waiting != len(view.line):
            self._waiting = len(view.line)
            with self._client:
                ui.page_title(f"{words.title(self._title, self._waiting)} – {PRODUCT}")
        if self._tokens and not self._resting:
            self._resting = True
            background_tasks.create(self._announce(), name="announce newcomers")

    async def _announce(self) -> None:
        while self._tokens and not self._client.is_deleted:
            said = words.joined(self._tokens, self._waiting or 0)
            self._tokens = []
            self._region.clear()
            with self._region:
                html.span(said)
            await asyncio.sleep(EVERY)
        self._resting = False

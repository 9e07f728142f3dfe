"""A part of the dashboard that is drawn again only when what it shows is different."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Protocol

from nicegui import html

from app.services.board import EntryView, QueueView


class Shows(Protocol):
    """Anything on the dashboard that follows the queue."""

    def show(self, view: QueueView) -> None: ...


class Part(ABC):
    """`show` compares the `face` of the new view with the one that is drawn."""

    def __init__(self) -> None:
        self._box = html.div().classes("contents")
        self._face: object = None

    @abstractmethod
    def face(self, view: QueueView) -> object:
        """Everything that `draw` shows."""

    @abstractmethod
    def draw(self, view: QueueView) -> None: ...

    def show(self, view: QueueView) -> None:
        face = self.face(view)
        if face == self._face:
            return
        self._face = face
        with self._box:
            self._box.clear()
            self.draw(view)


def still(entry: EntryView | None) -> EntryView | None:
    """The entry without what changes when others move."""
    return replace(entry, position=None, wait=None, promised=False) if entry else None

"""Forms that are posted, because only an answer over HTTP can set a cookie.

The answer to a bad one leads back to the page with a code. What was typed stays in this tab of the browser, but
for passwords.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import html, ui

from app.components import forms
from app.components.frame import icon

KEPT = "mediqueue-"
# Keeps what was typed, and sends the form once however often the button is pressed.
SUBMIT = f"""(event) => {{
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    setTimeout(() => {{ delete form.dataset.sent; button.removeAttribute("aria-busy"); }}, 5000);
    for (const kept of form.querySelectorAll("[data-keep]")) sessionStorage.setItem("{KEPT}" + kept.name, kept.value);
}}"""
REFILL = f"""(node) => {{ node.el.value = sessionStorage.getItem("{KEPT}" + node.el.name) || node.el.value; }}"""


class PostForm:
    """A form that posts to `action`. `error` is the sentence of the last try, and `blamed` the field it is about."""

    def __init__(self, action: str, *, error: tuple[str, str] | None = None, blamed: str = "") -> None:
        self._error, self._blamed = error, blamed
        self._refill = error is not None
        self._focused = False
        self.root = html.form().classes("stack").props(f"action={action} method=post")
        self.root.on("submit", js_handler=SUBMIT)

    @contextmanager
    def fields(self) -> Iterator[None]:
        with self.root:
            if self._error and not self._blamed:
                with html.div().classes("contents").props("role=alert"):
                    forms.warning(*self._error)
            yield

    def text(self, name: str, label: str, value: str = "", *, hint: str = "", **more: Any) -> None:
        """One line of text. It is there again after a bad try, unless it is readonly."""
        with html.div().classes("field"):
            named = html.label(label)
            control = forms.text_input(name, value, **more)
            if not more.get("readonly"):
                control.props["data-keep"] = True
                if self._refill:
                    control.on("vnodeMounted", js_handler=REFILL)
            self._describe(name, named, control, hint, focusable=not more.get("readonly"))

    def password(self, name: str, label: str, show: str, hide: str, *, hint: str = "", **more: Any) -> None:
        with html.div().classes("field"):
            named = html.label(label)
            control = forms.password_input(name, show, hide, required=True, **more)
            self._describe(name, named, control, hint)

    def hidden(self, name: str, value: str) -> None:
        html.input_().props(f"type=hidden name={name}").props["value"] = value

    def submit(self, word: str) -> None:
        html.button(word).classes("btn primary block").props("type=submit")

    def _describe(
        self, name: str, named: ui.element, control: ui.element, hint: str, *, focusable: bool = True
    ) -> None:
        named.props["for"] = control.html_id
        describing = [html.span(hint).classes("hint")] if hint else []
        if self._error and name == self._blamed:
            control.props["aria-invalid"] = "true"
            with html.span().classes("err") as said:
                icon("alert")
                html.span(" ".join(self._error).strip())
            describing.append(said)
        if describing:
            control.props["aria-describedby"] = " ".join(element.html_id for element in describing)
        wanted = name == self._blamed if self._blamed else focusable and not self._focused
        if wanted:
            self._focused = True
            control.on("vnodeMounted", js_handler=forms.FOCUS)

"""Native forms. What is typed stays in the browser until the form is sent, so no redraw can lose it.

A starting value is given as the attribute `^value`: Vue would write a plain `value` back into the field
on every update of the page, over what somebody is typing.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app.components.frame import icon
from app.errors import DomainError, NotSignedIn
from app.web import toasts
from app.web.actions import leave

Values = dict[str, str]
Send = Callable[[Values], Awaitable[None]]

FIELDS = "(event) => emit(Object.fromEntries(new FormData(event.target.closest('form'))))"
TARGET_VALUE = "(event) => emit(event.target.value)"
FOCUS = "(node) => node.el.focus()"
SHOW_PASSWORD = """(event) => {
    const button = event.currentTarget, field = document.getElementById(button.getAttribute('aria-controls'));
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
}"""
COPY = """(event) => {
    const field = document.getElementById(event.currentTarget.getAttribute('aria-controls'));
    field.select();
    if (navigator.clipboard) navigator.clipboard.writeText(field.value);
    else document.execCommand('copy');
    emit();
}"""


class Form:
    """A form that is sent once at a time. `send` may raise DomainError: its sentence is shown at the field that
    `blame` names for its code, or above the form.
    """

    def __init__(self, send: Send, *, blame: Mapping[str, str] | None = None, css: str = "", label: str = "") -> None:
        self._send, self._blame = send, blame or {}
        self._errors: dict[str, tuple[ui.element, ui.element]] = {}
        self._note: ui.element | None = None
        self._busy = False
        self.root = html.form().classes(css).props("novalidate autocomplete=off")
        if label:
            self.root.props["aria-label"] = label
        self.root.on("submit.prevent", self._sent, js_handler=FIELDS)

    def note(self) -> None:
        """The place for sentences that belong to no field."""
        self._note = html.div().classes("contents").props("role=alert")

    def text(
        self, name: str, label: str, value: str = "", *, hint: str = "", unit: str = "", **more: Any
    ) -> ui.element:
        """One line of text; `more` are attributes of the input, such as `type` and `maxlength`."""
        with html.div().classes("field"):
            named = html.label(label)
            control = text_input(name, value, unit=unit, **more)
            self._describe(name, named, control, hint)
        return control

    def area(self, name: str, label: str, value: str = "", *, hint: str = "", **more: Any) -> ui.element:
        """Several lines of text."""
        with html.div().classes("field"):
            named = html.label(label)
            control: ui.element = html.textarea(value).classes("input").props(f"name={name} rows=3")
            control.props.update(more)
            self._describe(name, named, control, hint)
        return control

    def password(self, name: str, label: str, show: str, hide: str, *, hint: str = "", **more: Any) -> ui.element:
        with html.div().classes("field"):
            named = html.label(label)
            control = password_input(name, show, hide, **more)
            self._describe(name, named, control, hint)
        return control

    def choice(
        self, name: str, label: str, options: Mapping[str, str], value: str = "", *, hint: str = ""
    ) -> ui.element:
        """One of `options` (value → word)."""
        with html.div().classes("field"):
            named = html.label(label)
            control = select(name, options, value)
            self._describe(name, named, control, hint)
        return control

    def check(self, name: str, label: str, value: bool) -> None:
        with html.label().classes("check"):
            html.input_().props(f"type=checkbox name={name}").props["checked"] = value
            html.span(label)

    def refuse(self, error: DomainError) -> None:
        """Show the sentence of `error` where it belongs."""
        place = self._errors.get(self._blame.get(error.code, ""))
        if place is None:
            self._say(error.message)
            return
        control, box = place
        control.props["aria-invalid"] = "true"
        with box:
            icon("alert")
            html.span(error.message)
        ui.run_javascript(f"getHtmlElement({control.id})?.focus()")

    def accept(self) -> None:
        """Take every error away, and what was said of the last try."""
        toasts.hide()
        for control, box in self._errors.values():
            control.props.pop("aria-invalid", None)
            box.clear()
        self._say("")

    async def _sent(self, event: GenericEventArguments) -> None:
        if self._busy:
            return
        self._busy = True
        self.accept()
        try:
            await self._send({str(key): str(value) for key, value in _fields(event.args).items()})
        except NotSignedIn as error:
            if error.code in self._blame:  # a password that was asked for once more
                self.refuse(error)
            else:
                leave(error)
        except DomainError as error:
            self.refuse(error)
        finally:
            self._busy = False

    def _describe(self, name: str, named: ui.element, control: ui.element, hint: str) -> None:
        named.props["for"] = control.html_id
        describing = [html.span(hint).classes("hint")] if hint else []
        describing.append(html.span().classes("err"))
        control.props["aria-describedby"] = " ".join(element.html_id for element in describing)
        self._errors[name] = (control, describing[-1])

    def _say(self, sentence: str) -> None:
        if self._note is None:
            return
        self._note.clear()
        if sentence:
            with self._note:
                warning(sentence)


def text_input(name: str, value: str = "", *, unit: str = "", **more: Any) -> ui.element:
    """An input, in a box with its unit if it has one."""
    if not unit:
        control = _input(name, value, more)
        control.classes("input")
        return control
    with html.div().classes("input"):
        control = _input(name, value, more)
        html.span(unit).classes("unit").props("aria-hidden=true")
    return control


def password_input(name: str, show: str, hide: str, **more: Any) -> ui.element:
    """A password with a button that shows it."""
    with html.div().classes("input"):
        control = _input(name, "", {"type": "password", "maxlength": 256, **more})
        button = html.button(show).classes("link").props("type=button")
        button.props.update({"aria-controls": control.html_id, "data-show": show, "data-hide": hide})
        button.on("click", js_handler=SHOW_PASSWORD)
    return control


def select(name: str, options: Mapping[str, str], value: str = "") -> ui.element:
    control: ui.element = html.select().classes("input").props(f"name={name}")
    with control:
        for key, word in options.items():
            option = html.option(word)
            option.props["value"] = key
            if key == value:
                option.props["selected"] = True
    return control


def datalist(ident: str, options: Iterable[str]) -> None:
    """Suggestions for an input with `list=ident`, as one element. `options` are our own words, never a user's."""
    ui.html("".join(f"<option>{option}</option>" for option in options), sanitize=False, tag="datalist").props(
        f"id={ident}"
    )


def warning(sentence: str, more: str = "") -> None:
    """A sentence about something that went wrong."""
    with html.div().classes("note warn"):
        icon("alert")
        with html.span().classes("grow"):
            html.b(sentence)
            if more:
                html.p(more)


def _input(name: str, value: str, more: Mapping[str, Any]) -> ui.element:
    control: ui.element = html.input_().props(f"name={name}")
    control.props.update({"^value": value, **more})
    return control


def _fields(sent: Any) -> dict[Any, Any]:
    """What a form sent; nothing, if it is none of our forms."""
    return sent if isinstance(sent, dict) else {}

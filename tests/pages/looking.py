"""What somebody sees on a page and does there. NiceGUI's own `should_see` does not read plain HTML elements."""

from nicegui import html, ui
from nicegui.element import Element
from nicegui.testing import User

from tests.pages.waiting import until


def page_of(browser: User) -> ui.element:
    assert browser.client
    return browser.client.layout


def words_on(browser: User) -> str:
    """All the page's words, from top to bottom."""
    page = page_of(browser)
    return " ".join(said for element in page.descendants() if (said := text_of(element)))


def text_of(element: Element) -> str:
    return element._text or ""


async def sees(browser: User, words: str) -> None:
    """Wait until the page says `words`."""
    try:
        await until(lambda: words in words_on(browser))
    except AssertionError:
        raise AssertionError(f"{words!r} is not on the page: {words_on(browser)}") from None


def led_to(browser: User) -> list[str]:
    """Where the server sends this page from now on. (A simulated browser does not go there by itself.)"""
    places: list[str] = []
    assert browser.client
    browser.client.open = lambda target, new_tab=False: places.append(str(target))  # type: ignore[method-assign]
    return places


def press(browser: User, word: str) -> None:
    """Click the button that says exactly `word`; the newest, if there are several."""
    said = [element for element in page_of(browser).descendants() if text_of(element) == word]
    newest = max(said, key=lambda element: element.id)
    while newest.tag != "button":
        assert newest.parent_slot
        newest = newest.parent_slot.parent
    act(browser, newest, "click")


def form_with(browser: User, mark: str) -> ui.element:
    """The form that has `mark` among its classes or attributes."""
    forms = (element for element in page_of(browser).descendants() if element.tag == "form")
    return next(form for form in forms if mark in form.classes or mark in form.props)


def fields_of(form: Element) -> dict[str, str]:
    """What a form holds when it is drawn, as the browser would send it."""
    values: dict[str, str] = {}
    for element in form.descendants():
        if "name" in element.props and element.props.get("checked", True):
            typed = text_of(element) if element.tag == "textarea" else str(element.props.get("^value", "on"))
            values[str(element.props["name"])] = typed
        if element.props.get("selected"):
            assert element.parent_slot
            values[str(element.parent_slot.parent.props["name"])] = str(element.props["value"])
    return values


def send(browser: User, form: ui.element, values: dict[str, str]) -> None:
    act(browser, form, "submit.prevent", values)


def act(browser: User, element: Element, event: str, args: dict[str, str] | None = None) -> None:
    interaction = browser.find(kind=html.main)
    interaction.elements = {element}
    interaction.trigger(event, args)

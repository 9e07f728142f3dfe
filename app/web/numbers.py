"""Numbers in addresses and forms, which may hold anything."""

LONGEST = 9  # digits: what every database takes for a row's id


def number(text: str | None) -> int | None:
    """The number that `text` is, if it could be a row's id."""
    plain = text is not None and text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if text and plain else None

"""What people write into the register: one line that can be seen and printed."""


class TextMissing(ValueError):
    """Something that has to be said is not."""


class TextTooLong(ValueError):
    """A text is longer than can be kept."""


class TextUnseen(ValueError):
    """A text holds marks that nobody sees, such as ones that turn its direction."""


def one_line(text: str, longest: int, *, needed: bool = False) -> str:
    """Return a text on one line.

    Raises
    ------
    TextMissing
        If it is needed and says nothing.
    TextTooLong, TextUnseen
        If it cannot be kept.
    """
    line = " ".join(text.split())
    if needed and not line:
        raise TextMissing
    if len(line) > longest:
        raise TextTooLong
    if not line.isprintable():
        raise TextUnseen
    return line

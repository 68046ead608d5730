"""On which line of a text something stands."""

from __future__ import annotations


class Lines:
    """Lines of a text by its places. They are asked for in their order, or nearly: then each part
    of the text is looked at once, however many places there are.
    """

    def __init__(self, text: str, first: int = 1) -> None:
        """`first` is the number of the text's own first line."""
        self._text = text
        self._line = first
        self._counted = 0

    def at(self, place: int) -> int:
        """The number of the line of the character at `place`."""
        if place < self._counted:
            self._line -= self._text.count("\n", place, self._counted)
        else:
            self._line += self._text.count("\n", self._counted, place)
        self._counted = place
        return self._line

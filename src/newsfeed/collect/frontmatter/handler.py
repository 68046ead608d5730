"""What our handlers for python-frontmatter have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from frontmatter.default_handlers import BaseHandler

if TYPE_CHECKING:
    from newsfeed.collect.frontmatter.values import Remark, Syntax


class Handler(BaseHandler):
    """Reads one block: make one for each file, and look at `lines` and `remarks` after `load`.

    `opening` is the line of the file on which the block opens. `load` raises `ArticleError`.
    """

    syntax: ClassVar[Syntax] = ""
    how_to_close: ClassVar[str] = ""

    def __init__(self, opening: int) -> None:
        super().__init__()
        self.opening = opening
        self.lines: dict[str, int] = {}
        self.remarks: list[Remark] = []

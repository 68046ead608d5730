"""Short ways to render, and a reader of HTML that shares nothing with the renderer."""

from __future__ import annotations

from html.parser import HTMLParser

from newsfeed.collect.markup import MarkupContext, Profile, Rendered, render

URL = "https://news.example.org/a/b/"
LEAD = "https://news.example.org/assets/lead.jpg"
CONTEXT = MarkupContext(url=URL)


def rendered(
    source: str, context: MarkupContext = CONTEXT, profile: Profile = Profile.FEED
) -> Rendered:
    return render(source, context, profile)


def feed(source: str, context: MarkupContext = CONTEXT) -> str:
    """The HTML for a feed."""
    return render(source, context, Profile.FEED).html


def styled(source: str, context: MarkupContext = CONTEXT) -> str:
    """The HTML for a letter or a page."""
    return render(source, context, Profile.STYLED).html


class Tags(HTMLParser):
    """Every start tag with its attributes, and whatever is neither tag nor text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.strange: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    def handle_decl(self, decl: str) -> None:
        self.strange.append(decl)

    def handle_pi(self, data: str) -> None:
        self.strange.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strange.append(data)

    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}

    def values(self, attribute: str) -> list[str]:
        """The values of `attribute`, on whatever tag."""
        return [attributes[attribute] for _, attributes in self.found if attribute in attributes]

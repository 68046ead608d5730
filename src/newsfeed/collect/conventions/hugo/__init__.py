"""Hugo's folders, as Hugo 0.111 reads them (its documentation and its own output)."""

from newsfeed.collect.conventions.hugo.generator import GENERATOR

__all__ = ["GENERATOR"]

"""Which files of a Jekyll site are posts or documents of a collection, and of what type."""

from __future__ import annotations

import re
from fnmatch import translate

from newsfeed.collect.conventions.base import HTML_ENDINGS, MARKDOWN_ENDINGS
from newsfeed.collect.conventions.jekyll.config import Collection, Config

ENDINGS = (*MARKDOWN_ENDINGS, *HTML_ENDINGS)
_SPECIAL = (".", "_", "#", "~")
_WILD = frozenset("*?[")


class Layout:
    """The rules of one site; paths are below the site, and folders end in "/"."""

    def __init__(self, config: Config, prefix: str) -> None:
        """`prefix` is the folder that is read, "" for the whole site.

        Documents of a collection are read where the folder is the collection's: they are not in
        the feed of the posts.
        """
        self._home = f"{config.collections_dir}/" if config.collections_dir else ""
        self._posts = {"_posts", "_drafts"} if config.show_drafts else {"_posts"}
        self._exclude, self._include = _Named(config.exclude), _Named(config.include)
        self.collection = self._collection(config, prefix)

    def _collection(self, config: Config, prefix: str) -> Collection | None:
        """The collection to which the folder belongs."""
        return next(
            (one for one in config.collections if prefix.startswith(f"{self._home}_{one.label}/")),
            None,
        )

    def accepts(self, path: str) -> bool:
        """See Convention.accepts."""
        folder, _, name = path.rstrip("/").rpartition("/")
        if self._exclude.has(path) and not self._included(path, name):
            return False
        parents = folder.split("/")
        within = self.collection is not None or not self._posts.isdisjoint(parents)
        if not path.endswith("/"):
            return within and path.lower().endswith(ENDINGS) and not self._special(path, name)
        if within:
            deep = self.collection is not None or parents[-1] not in self._posts
            return not name.startswith("." if deep else _SPECIAL)
        if name in self._posts:
            return path.startswith(self._home)
        return not name.startswith(_SPECIAL) or self._included(path, name)

    def folder_names(self, path: str) -> list[str]:
        """The folders above `_posts`, which are categories."""
        folders = path.removeprefix(self._home).split("/")[:-1]
        at = next((n for n, name in enumerate(folders) if name in self._posts), 0)
        return folders[:at]

    def in_collection(self, path: str) -> str:
        """The path in its collection, without its ending, as Jekyll's `:path` has it."""
        label = f"_{self.collection.label}" if self.collection else "_posts"
        return path.removeprefix(self._home).replace(label, "", 1).rpartition(".")[0].rstrip(".")

    def _special(self, path: str, name: str) -> bool:
        return name.startswith(_SPECIAL) and not self._included(path, name)

    def _included(self, path: str, name: str) -> bool:
        return self._include.has(path.rstrip("/")) or self._include.has(name)


class _Named:
    """What `include` or `exclude` names: by patterns of the shell in which * stands for slashes
    too, or by the beginnings of paths.
    """

    def __init__(self, written: tuple[str, ...]) -> None:
        bare = {one.strip("/") for one in written}
        patterns = {one for one in bare if not _WILD.isdisjoint(one)}
        self._beginnings = written
        self._whole = bare - patterns
        self._patterns = [re.compile(translate(one)) for one in patterns]

    def has(self, path: str) -> bool:
        """Whether a path is named. It is asked for every file, and most sites have no patterns."""
        bare = path.rstrip("/")
        if path.startswith(self._beginnings) or bare in self._whole:
            return True
        return bool(self._patterns) and any(one.match(bare) for one in self._patterns)

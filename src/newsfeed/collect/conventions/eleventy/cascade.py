"""Eleventy's data cascade: what files of data give to the articles below them and beside them.

Its documentation: "Template and Directory Specific Data Files", "Data Cascade". The lists of two
files are joined and their mappings merged, unless a key begins with `override:`.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.eleventy.literals import UNKNOWN, exported

TEMPLATES = (".md", ".html", ".njk", ".liquid")
_SUFFIX = ".11tydata"
_ENDINGS = (".yaml", ".yml", ".json", ".mjs", ".cjs", ".js")
_OVERRIDE = "override:"
_NAME = re.compile(r"(.+?)(\.11tydata)?(\.yaml|\.yml|\.json|\.mjs|\.cjs|\.js)", re.DOTALL)

Values = dict[str, object]


class Cascade:
    """The data of a site, read once. `key` changes with all of it."""

    def __init__(self, site: Path, folder: str, enters: Callable[[str], bool]) -> None:
        """`folder` is the input folder below the site; `enters` tells whether to look into a folder
        below the site ("content/posts/"). Raises SettingsError for a file that is broken.
        """
        self._folder = folder
        self._of_folders: dict[str, list[Values]] = {}
        self._of_files: dict[str, list[Values]] = {}
        self._merged: dict[str, Values] = {}
        digest = hashlib.sha256()
        for path, of_folder in _data_files(site, folder, enters):
            values, text = _read(site / path)
            digest.update(f"{path}\0{text}\0".encode())
            if of_folder:
                self._of_folders.setdefault(posixpath.dirname(path), []).append(values)
            else:
                self._of_files.setdefault(_without_ending(path), []).append(values)
        self.key = digest.hexdigest()

    def of(self, path: str) -> Values:
        """What the data files give to the article at `path` below the site."""
        own = self._of_files.get(posixpath.splitext(path)[0], ())
        return merged((self._of(posixpath.dirname(path)), *own))

    def _of(self, folder: str) -> Values:
        """What they give to all that lies in `folder`, from the top down."""
        if folder not in self._merged:
            at_top = folder in (self._folder, "")
            above = {} if at_top else self._of(posixpath.dirname(folder))
            self._merged[folder] = merged((above, *self._of_folders.get(folder, ())))
        return self._merged[folder]


def merged(layers: Iterable[Mapping[str, object]]) -> Values:
    """The layers over each other, the last one on top."""
    result: Values = {}
    for layer in layers:
        for key, value in _tidy(layer).items():
            name = key.removeprefix(_OVERRIDE)
            result[name] = value if name != key else _joined(result.get(name), value)
    return result


def _joined(below: object, above: object) -> object:
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]
    if isinstance(below, dict) and isinstance(above, dict):
        return merged((below, above))
    return above


def _tidy(layer: Mapping[str, object]) -> Mapping[str, object]:
    """The layer with its tags as a list, as Eleventy has them before it merges."""
    found = {key: tag_list(layer[key]) for key in ("tags", f"{_OVERRIDE}tags") if key in layer}
    return {**layer, **found}


def tag_list(value: object) -> list[str]:
    """The tags that a value of `tags` means, each once."""
    if isinstance(value, str):
        value = value.split(",")
    many = value if isinstance(value, list) else []
    return list(dict.fromkeys(str(one).strip() for one in many if isinstance(one, str | int)))


def _data_files(
    site: Path, folder: str, enters: Callable[[str], bool]
) -> Iterable[tuple[str, bool]]:
    """The data files below the site, the weakest of each folder first, and whether each is of its
    folder rather than of the file beside it that has its name.
    """
    for place, folders, names in os.walk(site / folder):
        below = place[len(os.fspath(site)) :].strip("/")
        prefix = f"{below}/" if below else ""
        folders[:] = sorted(f for f in folders if enters(f"{prefix}{f}/"))
        stems = {posixpath.splitext(name)[0] for name in names if name.endswith(TEMPLATES)}
        own = posixpath.basename(below)
        found = []
        for name in names:
            match = _NAME.fullmatch(name) if name.endswith(_ENDINGS) else None
            if match is None or (match[3] in (".js", ".mjs", ".cjs") and not match[2]):
                continue
            if match[1] == own or match[1] in stems:
                rank = (bool(match[2]), _ENDINGS.index(match[3]))
                found.append((rank, f"{prefix}{name}", match[1] == own))
        yield from ((path, of_folder) for _, path, of_folder in sorted(found))


def _without_ending(path: str) -> str:
    return posixpath.splitext(path)[0].removesuffix(_SUFFIX)


def _read(path: Path) -> tuple[Values, str]:
    """The values in a data file, and its text. Raises SettingsError."""
    text = sites.read_text(path)
    if path.suffix in (".js", ".mjs", ".cjs"):
        return script_values(text), text
    return sites.read_values(path), text


def script_values(text: str) -> Values:
    """What a data file in JavaScript gives as it stands there: a permalink that it would have to
    compute is UNKNOWN.
    """
    values = exported(text)
    if not values and re.search(r"\bpermalink\b", text):
        return {"permalink": UNKNOWN}
    return values

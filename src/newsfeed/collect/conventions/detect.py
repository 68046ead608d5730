"""Which generator a folder belongs to, and its conventions ready to ask.

Reads the generator's own settings file; nothing else touches the disk here.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions.base import Convention
from newsfeed.collect.conventions.jekyll import Default, Jekyll, JekyllConfig
from newsfeed.collect.conventions.plain import Plain
from newsfeed.collect.permalinks import unknown_placeholder
from newsfeed.errors import SettingsError

MAX_CONFIG_BYTES = 256 * 1024
_JEKYLL_CONFIG = ("_config.yml", "_config.yaml")
_MARKS = {
    "hugo": ("hugo.toml", "hugo.yaml", "hugo.json", "config/_default", "archetypes"),
    "eleventy": (
        ".eleventy.js",
        "eleventy.config.js",
        "eleventy.config.mjs",
        "eleventy.config.cjs",
    ),
    "pelican": ("pelicanconf.py",),
    "docusaurus": ("docusaurus.config.js", "docusaurus.config.ts"),
    "vitepress": (".vitepress",),
    "astro": ("astro.config.mjs", "astro.config.js", "astro.config.ts"),
}


def detect(folder: Path) -> str:
    """The generator of `folder` as in `[[sources]] generator`; "plain" where there is none."""
    if folder.name == "_posts" or (folder / "_posts").is_dir():
        return "jekyll"
    if any((folder / name).is_file() for name in _JEKYLL_CONFIG):
        return "jekyll"
    for generator, names in _MARKS.items():
        if any((folder / name).exists() for name in names):
            return generator
    return "plain"


def convention(generator: str, folder: Path, zone: ZoneInfo, permalink: str) -> Convention:
    """The rules for `folder`; `generator` may be "auto".

    Raises SettingsError for a generator whose rules are not known, or for a `_config.yml` that
    cannot be read.
    """
    name = detect(folder) if generator == "auto" else generator
    unknown = unknown_placeholder(permalink)
    if unknown:
        raise SettingsError(
            f"`sources.permalink`: there is no placeholder :{unknown}",
            where=permalink,
            remedy="known are :slug, :title, :categories, :year, :month, :day and others of Jekyll",
        )
    if name == "plain":
        return Plain(zone, permalink)
    if name == "jekyll":
        site, prefix = _jekyll_site(folder)
        return Jekyll(zone, read_jekyll_config(site), permalink, prefix)
    raise SettingsError(
        f"the folder looks like {name}, whose rules are not known yet",
        where=str(folder),
        remedy='set `generator = "plain"` and `permalink` for this source',
    )


def _jekyll_site(folder: Path) -> tuple[Path, str]:
    """The site's folder, and where `folder` lies in it ("" or "_posts/" or "blog/_posts/")."""
    if folder.name != "_posts":
        return folder, ""
    for depth, site in enumerate(folder.parents[:3]):
        if any((site / name).is_file() for name in _JEKYLL_CONFIG):
            return site, "/".join(folder.parts[-(depth + 1) :]) + "/"
    return folder.parent, "_posts/"


def read_jekyll_values(site: Path) -> dict[str, object]:
    """The site's `_config.yml` as it is; empty where there is none. Raises SettingsError."""
    path = next((site / n for n in _JEKYLL_CONFIG if (site / n).is_file()), None)
    if path is None:
        return {}
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with path.open("rb") as file:
            values = yaml.load(file.read(MAX_CONFIG_BYTES), Loader=loader)  # noqa: S506  # safe
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingsError(
            f"cannot be read: {str(error).splitlines()[0]}",
            where=str(path),
            remedy="mend it, or name the rules with `generator` and `permalink`",
        ) from None
    if not isinstance(values, dict):
        return {}
    return {str(key): value for key, value in values.items()}


def read_jekyll_config(site: Path) -> JekyllConfig:
    """What we use of the site's `_config.yml`. Raises SettingsError where it cannot be read."""
    values = read_jekyll_values(site)
    zone = str(values.get("timezone") or "")
    try:
        ZoneInfo(zone or "UTC")
    except (OSError, ValueError, KeyError):
        raise SettingsError(
            f"`timezone`: there is no time zone {zone!r}",
            where=str(site),
            remedy="mend _config.yml",
        ) from None
    return JekyllConfig(
        permalink=str(values.get("permalink") or "date"),
        timezone=zone,
        base_path="/" + base if (base := str(values.get("baseurl") or "").strip("/")) else "",
        defaults=tuple(_defaults(values.get("defaults"))),
    )


def _defaults(value: object) -> list[Default]:
    """The scopes that say something of posts."""
    found = []
    for entry in value if isinstance(value, list) else []:
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if not (isinstance(scope, dict) and isinstance(values, dict)):
            continue
        if scope.get("type") in {"posts", "", None}:
            path = str(scope.get("path") or "")
            found.append(Default(path=path, values={str(k): v for k, v in values.items()}))
    return found

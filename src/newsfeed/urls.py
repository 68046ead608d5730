"""Addresses: from what an author wrote to an absolute URL in ASCII (RFC 3986, RFC 3987).

Only the standard library, since every command imports it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

WEB_SCHEMES = frozenset({"http", "https"})
LINK_SCHEMES = WEB_SCHEMES | {"mailto", "tel"}

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_.\-]{1,253}")
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_ENDS = "".join(map(chr, range(0x21)))  # C0 controls and space
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")
_USER_SAFE = ":!$&'()*+,;=%"
_PATH_SAFE = "/:@!$&'()*+,;=%"
_QUERY_SAFE = _PATH_SAFE + "?"
_HIGHEST_PORT = 65535


class _Parts(NamedTuple):
    """A URL reference in its five parts; None is absent, which "" is not."""

    scheme: str
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


def ascii_url(url: str) -> str:
    """The URI form of the IRI or relative reference `url` (RFC 3987 section 3.1).

    Path, query and fragment become percent-encoded UTF-8 (existing %XX stay), the host A-labels.
    Raises ValueError with a message for people where `url` cannot be one.
    """
    return _compose(_split(_as_browsers_read(url)))


def absolute(url: str, base: str, *, schemes: frozenset[str] = LINK_SCHEMES) -> str | None:
    """`url` resolved against the absolute URL `base` (RFC 3986 section 5.2), in ASCII.

    None where the result is not a URL or its scheme is not one of `schemes`, whatever disguise
    the scheme came in.
    """
    reference = _split(_as_browsers_read(url))
    try:
        target = _resolve(reference, base)
        return _compose(target) if target.scheme in schemes else None
    except ValueError:
        return None


def _as_browsers_read(url: str) -> str:
    """`url` without what the WHATWG URL parser drops; backslashes before ? and # are slashes."""
    url = url.strip(_ENDS).translate(_LINE_BREAKS)
    if "\\" in url:
        end = min((i for i in (url.find("?"), url.find("#")) if i >= 0), default=len(url))
        url = url[:end].replace("\\", "/") + url[end:]
    return url


def _split(url: str) -> _Parts:
    """The five parts of RFC 3986 section 3; any string has them."""
    rest, hash_sign, fragment = url.partition("#")
    rest, question_mark, query = rest.partition("?")
    scheme, colon, path = rest.partition(":")
    if not colon or _SCHEME.fullmatch(scheme) is None:
        scheme, path = "", rest
    authority = None
    if path.startswith("//"):
        authority, slash, path = path[2:].partition("/")
        path = slash + path
    return _Parts(
        scheme.lower(),
        authority,
        path,
        query if question_mark else None,
        fragment if hash_sign else None,
    )


def _resolve(reference: _Parts, base_url: str) -> _Parts:
    """RFC 3986 section 5.2.2."""
    scheme, authority, path, query, fragment = reference
    if scheme:
        return reference if authority is None else reference._replace(path=_without_dots(path))
    base = _split(base_url)
    if authority is not None:
        return _Parts(base.scheme, authority, _without_dots(path), query, fragment)
    if not path:
        query = base.query if query is None else query
        return _Parts(base.scheme, base.authority, base.path, query, fragment)
    if not path.startswith("/"):
        path = f"{base.path.rpartition('/')[0]}/{path}"
    return _Parts(base.scheme, base.authority, _without_dots(path), query, fragment)


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, reading %2E as a dot as browsers do."""
    if "/." not in path and "/%" not in path:
        return path
    kept: list[str] = []
    plain = ""
    for segment in path.split("/"):
        plain = _unmasked(segment)
        if plain == "..":
            del kept[max(1, len(kept) - 1) :]
        elif plain != ".":
            kept.append(segment)
    if plain in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _unmasked(segment: str) -> str:
    return segment.lower().replace("%2e", ".") if len(segment) <= len("%2e%2e") else segment


def _compose(parts: _Parts) -> str:
    """The parts as one ASCII string. Raises ValueError where the authority cannot be one."""
    scheme, authority, path, query, fragment = parts
    text = f"{scheme}:" if scheme else ""
    if authority:
        text += f"//{_ascii_authority(authority)}"
    elif scheme in WEB_SCHEMES or (authority is not None and not scheme):
        raise ValueError(f"no host in the URL {text}//{path}")
    elif authority is not None:
        text += "//"
    text += _encoded(path, _PATH_SAFE)
    if query is not None:
        text += f"?{_encoded(query, _QUERY_SAFE)}"
    if fragment is not None:
        text += f"#{_encoded(fragment, _QUERY_SAFE)}"
    return text


def _encoded(text: str, safe: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)


@lru_cache(256)  # thousands of addresses are of the same few hosts
def _ascii_authority(authority: str) -> str:
    userinfo, at, host_port = authority.rpartition("@")
    match = _HOST_PORT.fullmatch(host_port)
    if match is None:
        raise ValueError(f"the host {host_port!r} cannot be read")
    host, port = match.groups()
    if port and int(port) > _HIGHEST_PORT:
        raise ValueError(f"there is no port {port}")
    user = _encoded(userinfo, _USER_SAFE) + at if at else ""
    return user + _ascii_host(host) + (f":{port}" if port else "")


def _ascii_host(host: str) -> str:
    """Lower case and A-labels (RFC 5890); an IPv6 address in its brackets."""
    try:
        if host.startswith("["):
            from ipaddress import IPv6Address

            return f"[{IPv6Address(host[1:-1]).compressed}]"
        name = unquote(host, errors="strict") if "%" in host else host
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except ValueError as error:
        raise ValueError(f"the host {host!r} cannot be written in ASCII: {error}") from error
    name = name.lower()
    if _HOST.fullmatch(name) is None:
        raise ValueError(f"{host!r} is not a host name")
    return name

"""Names that the formats fixed: namespaces and media types."""

from __future__ import annotations

RSS = "application/rss+xml"
ATOM = "application/atom+xml"
JSON = "application/feed+json"
OPML = "text/x-opml"

ATOM_NS = "http://www.w3.org/2005/Atom"
CONTENT_NS = "http://purl.org/rss/1.0/modules/content/"
DC_NS = "http://purl.org/dc/elements/1.1/"
HISTORY_NS = "http://purl.org/syndication/history/1.0"
MEDIA_NS = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

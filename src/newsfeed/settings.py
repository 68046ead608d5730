"""The settings as a typed, frozen table. `config.py` fills it; only `app.py` sees the whole.

Names and defaults are a contract with the users: add to them, never rename.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]*(s|m|h|d)$")]
Share = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?%$")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Text = Annotated[str, Meta(min_length=1)]

METRICS_FOR = ("127.0.0.0/8", "::1")
"""The networks whose clients may read the service's numbers: this machine."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all tables: frozen, and a key that nobody knows is an error."""


class Site(Table, frozen=True):
    """The site that the articles belong to. `titles` are its names in other languages, by their
    tags: those of these languages' feeds.
    """

    title: Text
    url: Text
    titles: dict[str, Text] = {}
    description: str = ""
    language: Text = "en"
    author: str = ""
    timezone: Text = "UTC"
    privacy_url: str = ""


class Source(Table, frozen=True):
    """A folder of articles, or a remote feed."""

    path: str = ""
    feed: str = ""
    generator: Name = "auto"
    permalink: str = ""
    name: str = ""
    language: str = ""


def source_name(source: Source) -> str:
    """What newsletters select a source by, and what its articles are remembered under."""
    return source.name or source.path or source.feed


class FeedPaths(Table, frozen=True):
    """Where the feeds lie below the output folder."""

    rss: Text = "feed.xml"
    atom: Text = "atom.xml"
    json: Text = "feed.json"
    category: Text = "categories/{slug}/"
    tag: Text = "tags/{slug}/"
    author: Text = "authors/{slug}/"
    language: Text = "languages/{slug}/"


class Feeds(Table, frozen=True):
    """What the feeds hold and where they go; `language` is the only one of all but those of other
    languages, "" for all.
    """

    output: Text = "public"
    limit: Count = 20
    language: str = ""
    content: Literal["full", "excerpt"] = "full"
    formats: tuple[Literal["rss", "atom", "json"], ...] = ("rss", "atom", "json")
    by: tuple[Literal["categories", "tags", "authors", "languages"], ...] = ("categories",)
    archive: bool = True
    archive_size: Count = 100
    hub: str = ""
    paths: FeedPaths = FeedPaths()


class Pages(Table, frozen=True):
    """Article pages; `None` means: only where the folder has no site of its own."""

    enabled: bool | None = None


class Publish(Table, frozen=True):
    """What happens between building and sending; the command is ended where it takes longer than
    `deploy_within` and nobody sits there.
    """

    deploy: str = ""
    deploy_within: Duration = "30m"


class NewsletterTheme(Table, frozen=True):
    """The look of a newsletter: colours as six hex digits, measures in pixels, families of fonts,
    and the logo's address.
    """

    accent: Text = "#0b57d0"
    text: Text = "#1c2026"
    background: Text = "#ffffff"
    font: Text = "sans-serif"
    width: int = 600
    logo: str = ""
    corner: int = 8


class Newsletter(Table, frozen=True):
    """Something one can subscribe to: a selection, a schedule, a look."""

    name: Name
    title: Text
    from_: Text = msgspec.field(name="from")
    schedule: str = ""
    timezone: str = ""
    reply_to: str = ""
    postal_address: str = ""
    phone: str = ""
    language: str = ""
    subject: Text = "{title}: {lead}"
    subject_one: str = ""
    preheader: str = ""
    intro: str = ""
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    max_items: Count = 20
    min_items: Count = 1
    content: Literal["full", "excerpt"] = "full"
    approval: Literal["auto", "manual"] = "auto"
    max_late: Duration = "6h"
    skip: tuple[str, ...] = ()
    format: Literal["html", "text"] = "html"
    template: Name = "digest"
    group_by: Literal["", "category"] = ""
    theme: NewsletterTheme = NewsletterTheme()
    commercial: bool | None = None
    welcome: bool = False
    canary: Natural = 0
    canary_wait: Duration = "15m"
    stop_at_failures: Share = "5%"


class MailFiles(Table, frozen=True):
    """The `files` transport."""

    limit: Count = 100


class MailSmtp(Table, frozen=True):
    """The `smtp` transport."""

    host: Text = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    password_env: str = "NEWSFEED_SMTP_PASSWORD"  # noqa: S105  # a variable's name
    password_file: str = ""
    ca_file: str = ""
    hello: str = ""
    connections: Count = 2
    messages_per_connection: Count = 100
    rate: tuple[str, ...] = ()
    per_domain: tuple[str, ...] = ()


class DkimKey(Table, frozen=True):
    """A DKIM signature that every letter carries."""

    domain: Text
    selector: Text
    key_file: Text = ".newsfeed/dkim.pem"


class Mail(Table, frozen=True):
    """How letters leave."""

    transport: Literal["files", "smtp"] = "files"
    give_up_after: Duration = "48h"
    unsubscribe: Literal["https", "mailto"] = "https"
    bounces: str = ""
    files: MailFiles = MailFiles()
    smtp: MailSmtp = MailSmtp()
    dkim: tuple[DkimKey, ...] = ()


class Store(Table, frozen=True):
    """Where things are remembered."""

    url: Text = "sqlite:///.newsfeed/newsfeed.db"
    secret_file: Text = ".newsfeed/secret.key"  # noqa: S105  # a file's name


class Server(Table, frozen=True):
    """The web server, the address under which people reach it, and who may read its numbers."""

    listen: Text = "127.0.0.1:8000"
    url: str = ""
    metrics: tuple[str, ...] = METRICS_FOR
    gone: tuple[str, ...] = ()


class Redirect(Table, frozen=True):
    """An address that the site had, and where it leads now."""

    from_: Text = msgspec.field(name="from")
    to: Text


class Run(Table, frozen=True):
    """The service."""

    every: Duration = "5m"
    watch: bool = True
    log: Literal["text", "json"] = "text"


class Cluster(Table, frozen=True):
    """Many machines."""

    broker: str = ""


class Operator(Table, frozen=True):
    """Who is told what."""

    notify: str = ""


class Settings(Table, frozen=True):
    """Everything that an operator can set."""

    site: Site
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    feeds: Feeds = Feeds()
    pages: Pages = Pages()
    publish: Publish = Publish()
    newsletters: tuple[Newsletter, ...] = ()
    mail: Mail = Mail()
    store: Store = Store()
    server: Server = Server()
    run: Run = Run()
    redirects: tuple[Redirect, ...] = ()
    cluster: Cluster = Cluster()
    operator: Operator = Operator()

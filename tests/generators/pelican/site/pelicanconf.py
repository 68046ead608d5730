"""Settings while writing; publishconf.py has those of the site."""

AUTHOR = "The Canal Allotment"
SITENAME = "Allotment Letters"
SITESUBTITLE = "A garden by the canal, bed by bed"
SITEURL = ""

PATH = "content"
ARTICLE_PATHS = ["blog", "a-loose-leaf.md"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "blog"]
IGNORE_FILES = [".#*", "*.orig"]
OUTPUT_PATH = "output"

TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "en"

# The date and the rest of a file's name.
FILENAME_METADATA = r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<slug>.*)"
USE_FOLDER_AS_CATEGORY = True
DEFAULT_CATEGORY = "letters"
DEFAULT_DATE = (2022, 12, 24, 18, 0, 0)
DEFAULT_METADATA = {"status": "published"}

ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
ARTICLE_LANG_URL = "{lang}/{date:%Y}/{slug}.html"
ARTICLE_LANG_SAVE_AS = ARTICLE_LANG_URL

FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None

DEFAULT_PAGINATION = False
RELATIVE_URLS = True
LOCALE = ("C",)

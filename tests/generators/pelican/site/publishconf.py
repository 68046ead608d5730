import os
import sys

sys.path.append(os.curdir)
from pelicanconf import *

SITEURL = "https://allotment.example.org"
FEED_DOMAIN = SITEURL
RELATIVE_URLS = False

FEED_ALL_ATOM = "feeds/all.atom.xml"
FEED_ALL_RSS = "feeds/all.rss.xml"

"""Pelican: its settings read as text, its headers, slugs, addresses and ids."""

from newsfeed.collect.conventions.pelican.generator import GENERATOR as GENERATOR

"""Eleventy: its settings and data read as text, its permalinks, dates and tags."""

from newsfeed.collect.conventions.eleventy.generator import GENERATOR as GENERATOR

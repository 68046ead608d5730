"""Front matter: YAML, TOML or JSON at the head of an article."""

from newsfeed.collect.frontmatter.parse import parse_front_matter
from newsfeed.collect.frontmatter.values import FrontMatter, Remark, Syntax

__all__ = ["FrontMatter", "Remark", "Syntax", "parse_front_matter"]

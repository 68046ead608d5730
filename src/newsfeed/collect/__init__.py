"""Room 1: an article comes in."""

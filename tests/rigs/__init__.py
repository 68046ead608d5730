"""Servers of a test's own, on loopback alone: what a letter meets once it has left newsfeed."""

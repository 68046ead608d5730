"""Measurements beside other programs on the same work; one command each, see the Makefile."""

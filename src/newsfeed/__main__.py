"""`python -m newsfeed` is `newsfeed`."""

from newsfeed.cli import main

main()

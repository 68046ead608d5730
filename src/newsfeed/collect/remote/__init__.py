"""Articles out of the feeds of others: what a feed says, what is kept of it, and how it is read."""

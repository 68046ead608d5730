"""Room 5: when a newsletter is due."""

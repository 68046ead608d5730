"""Room 3: articles become a letter."""

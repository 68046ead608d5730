"""Room 2b: articles become pages to read and to subscribe from."""

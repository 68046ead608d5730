"""Room 2: articles become feeds."""

"""Room 6: out of the door."""

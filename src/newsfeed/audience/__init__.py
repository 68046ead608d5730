"""Room 4: to whom, and by what consent."""

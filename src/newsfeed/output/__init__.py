"""The public folder: what is ours in it, and whole-file writes."""

"""A page for whoever writes and designs: letters and feeds as they would be now."""

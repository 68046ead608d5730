"""The ways through the rooms."""

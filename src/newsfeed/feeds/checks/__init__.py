"""The checks of one format each, behind `feeds.check`."""

"""How generators lay out their folders, behind one small interface."""

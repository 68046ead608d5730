"""DKIM: the key, the signature that every letter carries, and the record that proves it."""

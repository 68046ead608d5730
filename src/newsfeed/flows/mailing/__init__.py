"""Editions are mailed by SMTP: the ledger on one side, the relay on the other."""

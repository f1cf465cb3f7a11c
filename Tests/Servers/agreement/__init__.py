"""Imported policies held against the servers that the configurations were written for."""

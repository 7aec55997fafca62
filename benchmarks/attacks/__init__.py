"""Attacks on a shop in production, and what became of each."""

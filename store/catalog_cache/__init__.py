"""Cached responses to visitors. The package knows the views by the names of their routes; they do not know it."""

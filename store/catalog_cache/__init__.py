"""Responses to visitors that a process stores: it knows the views by the names of their routes, they do not know it."""

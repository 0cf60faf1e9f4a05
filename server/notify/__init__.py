"""Notify: what people are told by mail. Reacts to events of every domain; nobody calls it."""

"""Orgs: tenants, their members, and the role matrix, read from the database on each request."""

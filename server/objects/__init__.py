"""Objects: files that people upload and everybody is served, by a name that says what is in them.

`Objects` is the port, `service` its adapter on the platform's own database, `s3` the one on a
bucket. A name is never written twice with different bytes, so nothing here is ever changed.
"""

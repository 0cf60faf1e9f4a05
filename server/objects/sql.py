"""Statements of objects. Deliberately across tenants: a file belongs to who names it."""

from server.kernel.db import Query
from server.objects.models import Stored

PUT = Query(
    "objects.put",
    "INSERT INTO objects (name, body, media_type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
)
GET = Query("objects.get", "SELECT body, media_type FROM objects WHERE name = $1", Stored)

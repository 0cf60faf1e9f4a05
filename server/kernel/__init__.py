"""What every domain stands on: the database, errors, HTTP, ids, logs. No word of ticketing in here."""

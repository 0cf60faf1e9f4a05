"""What every domain stands on: database, errors, HTTP, ids, logs. No word of ticketing in here."""

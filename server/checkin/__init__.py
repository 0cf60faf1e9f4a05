"""Check-in: a scan marks a ticket used once; every scan is kept and counted."""

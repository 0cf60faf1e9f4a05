"""Live: what streams to screens. The only domain that uses `realtime`.

A delta is born in `announce.py` (after the commit, in whichever process committed), travels
through Redis, and is sent to readers by `realtime.channel`. Each channel is one module here:
`seats.py` and `queue.py` (public), `sales.py` (organizers), `scans.py` (doors and organizers).
"""

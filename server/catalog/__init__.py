"""Catalog: venues, maps, events and prices. The only user of `seatmap`.

draftsman   the process that reads drawings: `drafting` is what it does, with `edits`, `findings`
maps        a map's draft, from the upload on; `versions`: what is published of it
layout      which seat has which index in a version; `geometry`: a version on the wire
service     events and versions as everybody reads them, made by `assembly`, at what `prices` say;
            `pinning`: which event has which version
events      as organizers set them up; `covers`, `ticket_types`, `products`, `venues`, `hosts`
discovery   what is published, of everybody; `calendars`, `directories`
"""

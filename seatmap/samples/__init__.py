"""Three venue drawings of our own and the scripts that draw them.

Each script (`python -m seatmap.samples.make_arena`, `.make_theatre`, `.make_club`) writes the
drawing of that name beside itself and says in `facts()` what it drew; the tests hold the parser
to it. The drawings use different conventions on purpose: reused blocks and data attributes
(arena), structured ids, layers and a colour legend (theatre), grouped tables, titles and nested
viewports (club).
"""

"""Pages that people see, rendered here and working without scripts; `web/` makes them live.

Owns no data: a page asks the domains below it and shows the answer. `routes.py` lists the pages,
`buying.py`, `waiting.py` and `working.py` hold their code, `house.py` turns map and state into
lists for pages without the picture, `pages.py` renders, `forms.py` reads what was filled in,
`assets.py` knows the built front-end, `sessions.py` the cookies.
"""

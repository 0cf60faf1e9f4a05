"""Load on a running product, and the proof that it kept its promises.

`drop.py` is the one command; `locustfile.py` the crowd; `buyer.py` one customer and `feed.py` one
screen, which the crash simulation uses too; `checker.py` judges the history they leave behind.
Everything here speaks HTTP and knows of the product only what travels on the wire; the checker
also reads the tables.
"""

"""A whole order of nobody's, step by step, to see that everything which sells is well.

It is sold in the sandbox, on an event of its own that is in no list and counts nowhere: its status
says so (`events.status = 'self_test'`). Calls those who sell; nobody but pages and routes calls it.
"""

"""Parts of ours measured beside their peers, in one run on one machine.

`holds.py` is the one command (`make bench-holds`): the hold engine beside pgbench and beside the
naive retry loop, then the same holds through HTTP. Unlike the rest of `loadtests`, what is here may
import the server. Laws (nothing held twice, nothing acknowledged lost) are checked after every
measurement: a fast engine that breaks one has no figure.
"""

"""The worker, as `python -m server worker` runs it, and where its CPU time went.

python -m loadtests.bench.profiled FILE
"""

import sys
from pathlib import Path

from loadtests.bench.sampler import sampled
from server import settings, worker

if __name__ == "__main__":
    with sampled(Path(sys.argv[1])):
        worker.run(settings.load())

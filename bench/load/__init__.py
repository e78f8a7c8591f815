"""What the benches of load share: a station, a generator that costs little, counts and a bare peer."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # what tests have that a bench needs, too: tests.ports

"""Random schedules of jobs: twice, late, out of order, from workers that die or only seem to (goal F6).

python nightly/message_shuffle.py [--schedules 1000] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "biomoa.settings.django"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-messages-") as folder:
        _station(Path(folder))
        bad = sum(not _is_right(asked.seed * 1_000_000 + number) for number in range(asked.schedules))
    print(f"message-shuffle: {bad} wrong ends in {asked.schedules} schedules (seed {asked.seed})")
    return 1 if bad else 0


def _station(folder: Path) -> None:
    import django
    from django.core.management import call_command

    from biomoa.settings.station import create_home

    os.environ["BIOMOA_HOME"] = str(create_home(folder).folder)
    django.setup()
    call_command("migrate", verbosity=0)


def _is_right(seed: int) -> bool:
    from django_tasks_db.models import DBTaskResult

    from biomoa.files import inspection
    from biomoa.files.tasks import inspect_object
    from tests.faults.messages import Emptiness, draw, end_state, inspected, lay, play

    chance = random.Random(seed)
    DBTaskResult.objects.all().delete()
    with patch.object(inspection, "store", Emptiness), patch("biomoa.qc.runner.inspect_safely", inspected):
        objects = lay(chance)
        play(draw(chance), objects, inspect_object.enqueue)
    is_right = end_state(objects) == dict.fromkeys(objects, (1, 1))
    if not is_right:
        print(f"seed {seed}: {end_state(objects)}")
    return is_right


if __name__ == "__main__":
    sys.exit(main())

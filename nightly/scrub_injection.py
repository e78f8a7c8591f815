"""Random damages of stored files, each to be found by one scrub and repaired from a second copy (goal X1).

Bits flipped, files edited with their dates kept, cut, grown, deleted, and swapped in pairs.

    python nightly/scrub_injection.py [--damages 1000] [--objects 2500] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--damages", type=int, default=1_000)
    parser.add_argument("--objects", type=int, default=2_500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-scrub-") as folder:
        _station(Path(folder) / "home")
        return _measure(asked.damages, asked.objects, asked.seed, Path(folder))


def _station(folder: Path) -> None:
    import django
    from django.core.management import call_command

    from biomoa.settings.station import create_home

    os.environ["BIOMOA_HOME"] = str(create_home(folder).folder)
    django.setup()
    call_command("migrate", verbosity=0)


def _measure(damages: int, objects: int, seed: int, scratch: Path) -> int:
    from biomoa.operations.scrub import scrub
    from biomoa.people.rules import system
    from tests.operations.damages import damage
    from tests.operations.objects import fill, the_store

    addresses = fill(objects, scratch, seed)
    shutil.copytree(the_store().folder, scratch / "copy")
    victims = damage(addresses, damages, random.Random(seed))
    found = {each.sha256 for each in scrub(system("nightly")).damages}
    repaired = scrub(system("nightly"), str(scratch / "copy")).repaired
    after = scrub(system("nightly")).damages
    print(f"{len(found & victims)} found, {len(found - victims)} false alarms, {len(after)} left (seed {seed})")
    print(f"scrub-injection: {len(set(repaired) & victims)}/{damages} found and repaired")
    return 0 if found == victims == set(repaired) and not after else 1


if __name__ == "__main__":
    sys.exit(main())

"""Damaged files through the warm sandbox: what must hold of every answer, whatever the bytes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from biomoa.qc.model import Inspection
from biomoa.qc.sandbox import Sandbox
from tests.qc.goodfiles import good_files
from tests.qc.mutations import alignments_broken, envelope_broken, mutated

MEMORY_BYTES, SECONDS = 1 << 30, 60
ENDED = {"inspection-crashed", "inspection-timeout", "inspection-out-of-memory"}
ALIGNED = (".sam", ".bam", ".cram")


@dataclass
class Tally:
    """``faults`` break a promise; ``ended`` are children that were ended and reported, as promised."""

    files: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    outcomes: set[frozenset[str]] = field(default_factory=set)
    peak_bytes: int = 0
    slowest_seconds: float = 0.0


class Fuzzer:
    """Mutates the good files of one name; keeps every input that broke a promise or ended its child."""

    def __init__(self, scratch: Path, kept: Path, seed: int) -> None:
        self.scratch, self.kept, self.seed = scratch, kept, seed
        seeds = scratch / "seeds"
        seeds.mkdir()
        self.good = good_files(seeds, seed)
        self.sandbox = Sandbox(seconds=SECONDS)

    def run(self, name: str, numbers: Iterable[int]) -> Tally:
        good, pack = self.good[name]
        chance, tally = random.Random(f"{self.seed}:{name}"), Tally()
        passed: list[Path] = []
        work = self.scratch / name
        work.mkdir()
        for number in numbers:
            data = mutated(good, chance, pack)
            path = work / f"{number}-{name}"
            path.write_bytes(data)
            found = self._inspect(path, name, data, tally)
            if found is not None and found.verdict == "pass" and data not in good and name.endswith(ALIGNED):
                passed.append(path)
            else:
                path.unlink()
        self._ask_outside(passed, tally)
        return tally

    def _inspect(self, path: Path, name: str, data: bytes, tally: Tally) -> Inspection | None:
        started = time.perf_counter()
        try:
            found = self.sandbox.inspect(path, name=name)
        except Exception as error:
            self._fault(tally, path, f"the service: {error!r}")
            return None
        tally.slowest_seconds = max(tally.slowest_seconds, time.perf_counter() - started)
        self._measure(tally, path)
        codes = frozenset(finding.code for finding in found.findings)
        tally.files += 1
        tally.verdicts[found.verdict] += 1
        tally.outcomes.add(codes)
        if codes & ENDED:
            tally.ended.append(f"{self._keep(path)} {sorted(codes & ENDED)}")
        if codes & ENDED and found.verdict != "fail":
            self._fault(tally, path, "a child that was ended is no fail")
        if found.verdict == "pass" and (why := envelope_broken(data)):
            self._fault(tally, path, f"pass, but gzip or bzip2: {why}")
        return found

    def _measure(self, tally: Tally, path: Path) -> None:
        """The child must have left nothing in its folder, and never have held more than allowed."""
        for child in self.sandbox._idle.queue:
            if left := list(child._scratch.path.iterdir()):
                self._fault(tally, path, f"left behind: {left}")
            status = Path(f"/proc/{child._process.pid}/status").read_text()
            peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10
            tally.peak_bytes = max(tally.peak_bytes, peak)
            if peak > MEMORY_BYTES:
                self._fault(tally, path, f"{peak} bytes of memory")

    def _ask_outside(self, passed: Sequence[Path], tally: Tally) -> None:
        for path, why in alignments_broken(passed).items():
            if why:
                self._fault(tally, path, f"pass, but htslib: {why}")
            path.unlink()

    def _fault(self, tally: Tally, path: Path, why: str) -> None:
        tally.faults.append(f"{self._keep(path)}: {why}")

    def _keep(self, path: Path) -> Path:
        self.kept.mkdir(parents=True, exist_ok=True)
        target = self.kept / f"{self.seed}-{path.name}"
        target.write_bytes(path.read_bytes())
        return target

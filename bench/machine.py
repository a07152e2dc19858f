"""What the figures were measured on: a figure without its machine and its load does not count."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor, cores that this process may use, memory in MB, system, Python."""

    processor: str
    cores: int
    memory_mb: int
    system: str
    python: str

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_mb / 1024:.0f} GB, {self.system}, Python {self.python}"
        )


def machine() -> Machine:
    """The machine that this process runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    system = f"{platform.system()} {platform.release()}"
    return Machine(_processor(), cores, pages // 2**20, system, platform.python_version())


def load() -> float:
    """Processes waiting for a core, mean of the last minute; with nothing else running it is near 0."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


class Others:
    """The share of the machine's cores that processes other than ours used between two moments, 0 to 1.

    The load average counts our own work too; this does not. Linux only; elsewhere it is None.
    """

    def __init__(self) -> None:
        self._before = _ticks()

    def stolen(self, ours_seconds: float) -> float | None:
        """Share used by others since this was made; ``ours_seconds`` is the processor time that we used meanwhile."""
        now = _ticks()
        if self._before is None or now is None:
            return None
        busy, total = (after - before for after, before in zip(now, self._before, strict=True))
        ours = ours_seconds * os.sysconf("SC_CLK_TCK")
        return round(max(0.0, busy - ours) / total, 2) if total else 0.0


def _ticks() -> tuple[int, int] | None:
    """Busy and total ticks of all cores since the start."""
    path = Path("/proc/stat")
    if not path.exists():
        return None
    user, nice, system, idle, wait, *more = (int(field) for field in path.read_text().splitlines()[0].split()[1:9])
    busy = user + nice + system + sum(more)
    return busy, busy + idle + wait


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    names = [line for line in path.read_text().splitlines() if line.startswith("model name")] if path.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.processor() or platform.machine()

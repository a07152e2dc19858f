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


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    names = [line for line in path.read_text().splitlines() if line.startswith("model name")] if path.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.processor() or platform.machine()

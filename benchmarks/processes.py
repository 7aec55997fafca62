"""What /proc tells of a server and its workers."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KIB = 1024
MB = 1_000_000


@dataclass(frozen=True)
class Memory:
    """In megabytes; of `pss`, pages that processes share are split between them."""

    rss: float
    pss: float


def family(pid: int) -> list[int]:
    """Return the process and all that descend from it."""
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children += [int(child) for child in task.read_text().split()]
    return [pid, *(one for child in children for one in family(child))]


def cpu_seconds(pid: int) -> float:
    """Add up the CPU time that the process and all that descend from it have used."""
    return sum(own_cpu_seconds(one) for one in family(pid))


def own_cpu_seconds(pid: int) -> float:
    # The name, in parentheses, may hold spaces; user and system time are the 12th and 13th after it.
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / TICKS


def worker_memory(pid: int) -> Memory:
    """Return the memory of the largest worker of a server."""
    _, *workers = family(pid)
    return max((memory(worker) for worker in workers), key=lambda found: found.pss)


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)
    }
    return Memory(rss=sizes["Rss"] * KIB / MB, pss=sizes["Pss"] * KIB / MB)

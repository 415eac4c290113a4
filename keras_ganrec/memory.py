"""How much memory there is."""

import os
import pathlib


def memory_of_machine():
    """Returns the bytes of memory that a process may use, `None` if unknown."""
    try:
        installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):  # Windows
        return None
    container = pathlib.Path("/sys/fs/cgroup/memory.max")
    limit = container.read_text().strip() if container.exists() else "max"
    return installed if limit == "max" else min(installed, int(limit))

"""The process that started this one, without which it has nothing to do."""

import sys


def end_with_parent() -> None:
    """Ask the kernel to kill this process, and what it becomes by exec, with its parent.

    Linux only; elsewhere this does nothing.
    """
    if sys.platform == "linux":
        # Imported here: it does more than all the rest of the launcher.
        import ctypes

        pr_set_pdeathsig, sigkill = 1, 9
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, sigkill)

"""Become workerd, with the flags that wrangler cannot be asked to pass.

wrangler starts workerd twice, for its proxy and for the Worker, as `workerd serve ...`; the flags
in the file that `RUNTIME_WORKERD_FLAGS` names go right behind that subcommand, each ended by a
zero byte. The file is there as soon as they are known, which wrangler was not kept waiting for.
This runs on the way to every answer, so it imports next to nothing.
"""

import os
import sys
import time

from tools.runtime.parent import end_with_parent


def main() -> None:
    executable = os.environ["RUNTIME_WORKERD"]
    subcommand, *rest = sys.argv[1:] or ["--help"]
    # wrangler killed outright cannot stop workerd any more, nor this.
    end_with_parent()
    flags = _flags(os.environ["RUNTIME_WORKERD_FLAGS"]) if subcommand == "serve" else []
    os.execv(executable, [executable, subcommand, *flags, *rest])


def _flags(file: str) -> list[str]:
    while True:
        try:
            with open(file, "rb") as flags:
                return os.fsdecode(flags.read()).split("\0")[:-1]
        except FileNotFoundError:
            time.sleep(0.005)


if __name__ == "__main__":
    main()

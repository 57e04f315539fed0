"""Become workerd, with the flags that wrangler cannot be asked to pass.

wrangler starts workerd twice, for its proxy and for the Worker, as `workerd serve ...`; the flags
in `RUNTIME_WORKERD_FLAGS` (a JSON list) go right behind that subcommand. This runs on the way to
every answer, so it imports next to nothing.
"""

import json
import os
import sys

from tools.runtime.supervisor import end_with_parent


def main() -> None:
    executable = os.environ["RUNTIME_WORKERD"]
    subcommand, *rest = sys.argv[1:] or ["--help"]
    flags = json.loads(os.environ["RUNTIME_WORKERD_FLAGS"]) if subcommand == "serve" else []
    # wrangler killed outright cannot stop workerd any more.
    end_with_parent()
    os.execv(executable, [executable, subcommand, *flags, *rest])


if __name__ == "__main__":
    main()

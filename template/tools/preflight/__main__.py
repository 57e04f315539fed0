"""`python -m tools.preflight`: check what would be uploaded.

Exit status: 0 clean (warnings may be printed), 1 something would go wrong, 2 wrong usage or
configuration, 3 the upload could not be inspected.
"""

import argparse
import sys
from pathlib import Path

from tools.preflight.inspection import inspect
from tools.preflight.project import ConfigurationError, load
from tools.preflight.report import as_json, as_text
from tools.runtime.errors import ToolError


def main() -> int:
    options = _parser().parse_args()
    try:
        checked = load(options.project.resolve(), options.env)
    except ConfigurationError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        inspection = inspect(checked, options.bundle)
    except (ToolError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    print(as_json(inspection) if options.format == "json" else as_text(inspection))
    return 0 if inspection.clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.preflight",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--project", type=Path, default=Path(), metavar="DIR", help="folder of wrangler.toml (.)"
    )
    parser.add_argument("--env", help="environment of wrangler.toml (its top level)")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE",
        help="body of an upload, written by `wrangler deploy --dry-run --outfile FILE`, to check "
        "instead of having wrangler write one",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="(text)")
    return parser


if __name__ == "__main__":
    sys.exit(main())

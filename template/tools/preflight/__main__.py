"""`python -m tools.preflight`: check what would be uploaded.

Exit status: 0 clean (warnings may be printed), 1 something would go wrong, 2 wrong usage or
configuration, 3 the upload could not be inspected. The format never changes it.
"""

import argparse
import io
import os
import sys
from functools import partial
from pathlib import Path

from tools.preflight import baseline, explain, reports
from tools.preflight.inspection import Inspection, inspect

# What can be printed; the page is for a file.
FORMATS = tuple(name for name in reports.FORMATS if name != "html")


def main() -> int:
    parser = _parser()
    options = parser.parse_args()
    if options.dry_run and not options.fix:
        parser.error("--dry-run is for --fix")
    if options.command == "explain":
        return explain.main(options.code)
    root = Path(os.path.realpath(options.project))
    inspection = inspect(root, options.env, options.bundle)
    if options.fix:
        # Imported here: it takes time, and most runs repair nothing.
        from tools.preflight import fix
        from tools.preflight.repairs.draft import CannotWrite

        again = partial(inspect, root, options.env, options.bundle)
        try:
            inspection = fix.main(inspection, again, dry_run=options.dry_run)
        except CannotWrite as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    if options.record_baseline and inspection.composition:
        try:
            written = baseline.record(root, inspection.composition)
        except OSError as error:
            print(f"error: {root / baseline.FILE}: {error.strerror}.", file=sys.stderr)
            return 2
        print(f"The sizes of this upload are recorded in {written}.", file=sys.stderr)
    if options.run:
        from tools.preflight import runtime_proof

        inspection = runtime_proof.prove(inspection)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A report holds more than some terminals and pipes can show.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(reports.rendered(options.format, inspection))
    try:
        _write_files(options, inspection)
    except OSError as error:
        # Of a disk that is full no file is named.
        file = error.filename or "a report"
        print(f"error: {file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    return inspection.status


def _write_files(options: argparse.Namespace, inspection: Inspection) -> None:
    """Write the reports that were asked for besides the one on stdout. Raises OSError."""
    if options.format == "github" and (job := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(job).open("a", encoding="utf-8") as file:
            file.write(reports.rendered("markdown", inspection))
    if options.html:
        options.html.write_text(reports.rendered("html", inspection), encoding="utf-8")
    if options.sarif:
        options.sarif.write_text(reports.rendered("sarif", inspection), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="preflight", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(command=None)
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder of the wrangler config (.)",
    )
    parser.add_argument("--env", help="environment of the wrangler config (its top level)")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE",
        help="body of an upload, written by `wrangler deploy --dry-run --outfile FILE`, to check "
        "instead of having wrangler write one",
    )
    # Annotations appear beside the code of a pull request without anyone asking for them.
    usual = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    parser.add_argument("--format", choices=FORMATS, default=usual, help=f"({usual})")
    parser.add_argument(
        "--fix", action="store_true", help="repair what is safe in the config and pyproject.toml"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --fix: show what it would change, and stop"
    )
    parser.add_argument(
        "--run", action="store_true", help="also start the upload on the local runtime"
    )
    parser.add_argument(
        "--record-baseline",
        action="store_true",
        help=f"afterwards, measure growth against this upload; written to {baseline.FILE}",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page to look at")
    parser.add_argument(
        "--sarif", type=Path, metavar="FILE", help="also write SARIF, for code scanning"
    )
    commands = parser.add_subparsers(dest="command", metavar="")
    explained = commands.add_parser("explain", help="what a code means and what to do about it")
    explained.add_argument("code", nargs="?", help="such as PF101; all are listed without it")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""Check the contracts of a project with import-linter; a program of its own.

`python -P contracts.py FOLDER ...` in the project's folder prints a JSON object to stdout. The
folders are searched for the project's packages. It is started by tools.preflight.checks
.architecture: import-linter loads the project's own contract types, and its graph can panic.

`broken` is a list with, for each broken contract, its `name`, the `chains` of imports that break
it and the modules that are in no layer, `undeclared`. Each chain is a list of imports: `importer`,
`imported`, `lines`. `cycles` maps "importer imported" of a chain's first import to the modules by
which the imported one imports the importer again. `error` says why nothing could be checked.
"""

import dataclasses
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Import = dict[str, Any]


def main() -> None:
    # What import-linter prints for people must not get between the lines of the answer.
    answer, sys.stdout = sys.stdout, sys.stderr
    sys.path[:0] = sys.argv[1:]
    try:
        found = _check()
    except Exception as error:
        found = {"error": str(error) or type(error).__name__}
    json.dump(found, answer)


def _check() -> dict[str, Any]:
    report = _report()
    for name, problem in report.invalid_contract_options.items():
        return {"error": f"The contract {name!r} is invalid: {problem.errors}"}
    broken = [
        {
            "name": contract.name,
            "chains": list(_chains(check.metadata)),
            "undeclared": sorted(check.metadata.get("undeclared_modules", ())),
        }
        for contract, check in report.get_contracts_and_checks()
        if not check.kept
    ]
    return {"broken": broken, "cycles": _cycles(report.graph, broken), "error": None}


def _report() -> Any:
    """What import-linter found, as the object that `lint-imports` prints.

    No public function returns it. How it is made changes between releases; that it is handed to
    `render_report` has not.
    """
    from importlinter.application import use_cases
    from importlinter.configuration import configure

    reports: list[Any] = []
    vars(use_cases)["render_report"] = reports.append
    configure()
    # In debug mode it raises what is wrong with the configuration, instead of printing it.
    use_cases.lint_imports(cache_dir=None, is_debug_mode=True, no_logo=True)
    return reports[0]


def _chains(metadata: Any) -> Iterator[list[Import]]:
    """The chains of imports somewhere in what a contract says of itself.

    Each type of contract arranges them in its own way; an import is always a mapping with
    `importer`, `imported` and `line_numbers`, or a pair of names in `cycle_breakers_by_package`.
    """
    if dataclasses.is_dataclass(metadata) and not isinstance(metadata, type):
        metadata = vars(metadata)
    match metadata:
        case {"importer": _, "imported": _, "line_numbers": _}:
            yield [_import(metadata)]
        case {"cycle_breakers_by_package": by_package}:
            for pairs in by_package.values():
                for importer, imported in sorted(pairs):
                    yield [{"importer": importer, "imported": imported, "lines": []}]
        case {"chain": chain, "extra_firsts": firsts}:
            yield from _chains(chain)
            yield from _chains(firsts)
        case dict():
            for value in metadata.values():
                yield from _chains(value)
        case [{"line_numbers": _}, {"line_numbers": _}, *_] if _is_chain(metadata):
            yield [_import(link) for link in metadata]
        case list() | tuple():
            for value in metadata:
                yield from _chains(value)


def _is_chain(links: list[Import]) -> bool:
    return all(first["imported"] == second["importer"] for first, second in pairwise(links))


def _import(link: Import) -> Import:
    lines = [line for line in link["line_numbers"] if line]
    return {"importer": link["importer"], "imported": link["imported"], "lines": lines}


def _cycles(graph: Any, broken: list[dict[str, Any]]) -> dict[str, list[str]]:
    cycles: dict[str, list[str]] = {}
    for contract in broken:
        for first, *_ in contract["chains"]:
            importer, imported = first["importer"], first["imported"]
            back = graph.find_shortest_chain(importer=imported, imported=importer)
            if back:
                cycles[f"{importer} {imported}"] = list(back)
    return cycles


if __name__ == "__main__":
    main()

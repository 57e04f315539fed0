"""Uploads that are too large, or have grown."""

from preflight.corpus import WITH_LIBRARIES, Fault, Report, append, delete, replace, write

PYPROJECT = "pyproject.toml"
BASELINE = "preflight-baseline.json"

FAULTS: list[Fault] = [
    Fault(
        "over-platform-limit",
        "The upload is larger than it may be.",
        append(PYPROJECT, "\n[tool.preflight]\nmax_bytes = 1_000_000\n"),
        (Report("PF401", PYPROJECT, "max_bytes ="),),
        replace(PYPROJECT, "max_bytes = 1_000_000", "max_bytes = 67_108_864"),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "over-budget",
        "The upload is larger than the project wants it to be.",
        append(PYPROJECT, "\n[tool.preflight]\nmax_gzip_bytes = 100_000\n"),
        (Report("PF402", PYPROJECT, "max_gzip_bytes ="),),
        replace(PYPROJECT, "max_gzip_bytes = 100_000", "max_gzip_bytes = 25_000_000"),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "near-budget",
        "The upload is close to what the project wants it to be at most.",
        append(PYPROJECT, "\n[tool.preflight]\nmax_gzip_bytes = 2_500_000\n"),
        (Report("PF403", PYPROJECT, "max_gzip_bytes ="),),
        replace(PYPROJECT, "max_gzip_bytes = 2_500_000", "max_gzip_bytes = 25_000_000"),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "growth",
        "A large dependency came in since the size was recorded.",
        write(BASELINE, '{"packages": {"src": 1}, "total": 4000000, "version": 1}\n'),
        (Report("PF404", BASELINE),),
        write(BASELINE, '{"packages": {"src": 1}, "total": 40000000, "version": 1}\n'),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "broken-baseline",
        "A merge left its marks in the recorded sizes.",
        write(BASELINE, "<<<<<<< HEAD\n{}\n"),
        (Report("PF002", BASELINE),),
        delete(BASELINE),
    ),
]

"""Configuration that wrangler or pywrangler ignores, refuses or takes for something else."""

import json
import shutil
import tomllib
from pathlib import Path

from preflight.corpus import (
    WITH_LIBRARIES,
    Fault,
    Report,
    append,
    both,
    delete,
    prepend,
    replace,
    write,
)

CONFIG = "wrangler.toml"
LOCK = "uv.lock"

PYTHON_RULE = """
[[rules]]
type = "PythonModule"
globs = ["src/**/*.py"]
"""
JSON_RULE = """
[[rules]]
type = "JSON"
globs = ["src/**/*.json"]
"""
UPLOAD = """
[build.upload]
include = ["src/**"]
exclude = ["tests/**"]
"""

WHEEL_BUILD = """
[build]
command = "python -m tools.runtime.wheel"
watch_dir = "backend/src"
"""

SOURCE_ONLY = """
[[package]]
name = "docopt"
version = "0.6.2"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/a2/docopt-0.6.2.tar.gz", size = 25901 }
"""
OTHER_WITH_WHEEL = SOURCE_ONLY.replace("docopt", "doclite") + (
    'wheels = [\n    { url = "https://files.pythonhosted.org/packages/a2/'
    'doclite-0.6.2-py3-none-any.whl", size = 13706 },\n]\n'
)


def _config_as_json(project: Path) -> None:
    values = tomllib.loads((project / CONFIG).read_text())
    (project / "wrangler.jsonc").write_text(json.dumps(values, indent=2))


def _environment_in_backend(project: Path) -> None:
    environment = project / "backend" / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to("/usr/bin/python3")
    (environment / "pyvenv.cfg").write_text("home = /usr/bin\n")


FAULTS: list[Fault] = [
    Fault(
        "base-dir-by-hand",
        "The wheel was to deliver: base_dir was deleted and the build command added by hand.",
        both(replace(CONFIG, 'base_dir = "backend"\n', ""), append(CONFIG, WHEEL_BUILD)),
        (Report("PF007", CONFIG, 'main = "worker/entry.py"'),),
        both(
            replace(CONFIG, "compatibility_date", 'base_dir = "backend"\ncompatibility_date'),
            replace(CONFIG, WHEEL_BUILD, ""),
            lambda project: shutil.rmtree(project / "python_modules" / "src"),
        ),
    ),
    Fault(
        "two-configs",
        "The config was rewritten as wrangler.jsonc, and the old one was left.",
        _config_as_json,
        (Report("PF005", CONFIG),),
        delete(CONFIG),
    ),
    Fault(
        "pythonpath-variable",
        "PYTHONPATH was set as a variable of the Worker.",
        replace(CONFIG, "[vars]\n", '[vars]\nPYTHONPATH = "backend"\n'),
        (Report("PF210", CONFIG, "PYTHONPATH"),),
        replace(CONFIG, 'PYTHONPATH = "backend"\n', ""),
    ),
    Fault(
        "source-only-dependency",
        "A dependency was added that has never been published as a wheel.",
        both(
            replace("pyproject.toml", '    "fastapi~=', '    "docopt==0.6.2",\n    "fastapi~='),
            replace(
                LOCK,
                '    { name = "fastapi" },\n',
                '    { name = "docopt" },\n    { name = "fastapi" },\n',
            ),
            append(LOCK, SOURCE_ONLY),
        ),
        (Report("PF505", "pyproject.toml", '"docopt==0.6.2"'),),
        both(
            replace("pyproject.toml", "docopt==", "doclite=="),
            replace(LOCK, '{ name = "docopt" }', '{ name = "doclite" }'),
            replace(LOCK, SOURCE_ONLY, OTHER_WITH_WHEEL),
        ),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "source-only-below",
        "A new release of a dependency needs a package that has no wheel.",
        both(
            replace(
                LOCK,
                '    { name = "idna" },\n',
                '    { name = "docopt" },\n    { name = "idna" },\n',
            ),
            append(LOCK, SOURCE_ONLY),
        ),
        (Report("PF505", LOCK, 'name = "docopt"'),),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "build-upload",
        "What is uploaded was listed in [build.upload], which older wranglers had.",
        append(CONFIG, UPLOAD),
        (Report("PF701", CONFIG, "[build.upload]"),),
        replace(CONFIG, UPLOAD, ""),
    ),
    Fault(
        "misspelt-setting",
        "A setting of the wrangler config was misspelt.",
        replace(CONFIG, "base_dir = ", 'compatability_flags = ["nodejs_compat"]\nbase_dir = '),
        (Report("PF701", CONFIG, "compatability_flags"),),
        replace(CONFIG, 'compatability_flags = ["nodejs_compat"]\n', ""),
    ),
    Fault(
        "setting-below-a-table",
        "A setting was added at the end of a table instead of above the first one.",
        replace(CONFIG, "enabled = true\n", "enabled = true\nkeep_vars = true\n"),
        (Report("PF701", CONFIG, "keep_vars"),),
        both(
            replace(CONFIG, "enabled = true\nkeep_vars = true\n", "enabled = true\n"),
            prepend(CONFIG, "keep_vars = true\n"),
        ),
    ),
    Fault(
        "include-vendored",
        "Vendored files were to be listed by include, which [python_modules] does not have.",
        replace(CONFIG, "[python_modules]\n", '[python_modules]\ninclude = ["fastapi/**"]\n'),
        (Report("PF701", CONFIG, "include"),),
        replace(CONFIG, 'include = ["fastapi/**"]\n', ""),
    ),
    Fault(
        "python-rule",
        "A rule was written for Python modules.",
        append(CONFIG, PYTHON_RULE),
        (Report("PF702", CONFIG, "PythonModule"),),
        replace(CONFIG, PYTHON_RULE, ""),
    ),
    Fault(
        "unknown-rule-type",
        "A rule was given a type that wrangler does not have.",
        append(CONFIG, JSON_RULE),
        (Report("PF702", CONFIG, 'type = "JSON"'),),
        replace(CONFIG, 'type = "JSON"', 'type = "Data"'),
    ),
    Fault(
        "base-dir-of-repository",
        "The whole repository was made the module root.",
        replace(CONFIG, 'base_dir = "backend"', 'base_dir = "."'),
        (
            Report("PF703", CONFIG, "base_dir"),
            Report("PF101", CONFIG, "base_dir"),
            Report("PF301", "backend"),
            Report("PF301", "migrations"),
            Report("PF301", "tools"),
            Report("PF305", "tests"),
        ),
        replace(CONFIG, 'base_dir = "."', 'base_dir = "backend"'),
    ),
    Fault(
        "environment-in-module-root",
        "An environment was created inside the module root.",
        _environment_in_backend,
        (Report("PF703", CONFIG, "base_dir"),),
        lambda project: shutil.rmtree(project / "backend" / ".venv"),
    ),
    Fault(
        "no-python-flag",
        "The compatibility flag for Python was lost in an edit.",
        replace(CONFIG, '["python_workers"]', '["nodejs_compat"]'),
        (Report("PF704", CONFIG, "compatibility_flags"),),
        replace(CONFIG, '["nodejs_compat"]', '["nodejs_compat", "python_workers"]'),
    ),
    Fault(
        "requirements-txt",
        "Dependencies were written to a requirements.txt out of habit.",
        write("requirements.txt", "fastapi\n"),
        (Report("PF709", "requirements.txt"),),
        delete("requirements.txt"),
    ),
    Fault(
        "local-flag",
        "A flag that the local runtime needs was written to the config.",
        replace(CONFIG, '["python_workers"]', '["python_workers", "experimental"]'),
        (Report("PF712", CONFIG, "compatibility_flags"),),
        replace(CONFIG, '["python_workers", "experimental"]', '["python_workers"]'),
    ),
    Fault(
        "vendored-in-module-root",
        "Packages were vendored from inside the module root.",
        write("backend/python_modules/idna/__init__.py", "\n"),
        (Report("PF713", "backend/python_modules"),),
        lambda project: shutil.rmtree(project / "backend" / "python_modules"),
    ),
]

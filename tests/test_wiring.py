"""What wrangler uploads: each module of `src` once, and nothing that is not the service's."""

import shutil
import zipfile
from pathlib import Path

import pytest
import tomlkit

from conftest import Render
from projects import Answers, edit, preflight, run, tree, upload_of, uv, without
from tools.runtime import wheel
from tools.runtime.project import Project
from tools.runtime.upload import Upload

pytestmark = pytest.mark.slow

# Few packages are vendored, which are not what these tests are about.
SMALL: Answers = {"api_style": "workers"}
DELIVERIES = ["hybrid", "wrangler", "wheel"]

each_delivery = pytest.mark.parametrize("delivery", DELIVERIES)


@pytest.fixture(scope="module")
def uploads(
    install: Render, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Upload]]:
    """A project for each delivery, with what it uploads."""
    bodies = tmp_path_factory.mktemp("bodies")
    projects = {delivery: install({**SMALL, "delivery": delivery}) for delivery in DELIVERIES}
    return {
        delivery: (project, upload_of(project, bodies / delivery))
        for delivery, project in projects.items()
    }


def place_of_src(delivery: str) -> str:
    """The folder in the upload that holds `src`."""
    return "python_modules/" if delivery == "wheel" else ""


def contents(upload: Upload) -> dict[str, bytes]:
    return {name: module.content for name, module in upload.modules.items()}


def src_in(upload: Upload) -> list[str]:
    return [name for name in upload.modules if "src" in name.split("/")[:2]]


@each_delivery
def test_each_file_of_src_is_uploaded_once_as_it_is(
    uploads: dict[str, tuple[Path, Upload]], delivery: str
) -> None:
    project, upload = uploads[delivery]
    expected = {
        f"{place_of_src(delivery)}{name}": content
        for name, content in tree(project / "backend").items()
    }
    assert len(expected) > 40
    assert {name: contents(upload)[name] for name in src_in(upload)} == expected
    assert upload.duplicates == ()


@each_delivery
def test_nothing_else_is_uploaded_but_the_entry_and_what_is_vendored(
    uploads: dict[str, tuple[Path, Upload]], delivery: str
) -> None:
    project, upload = uploads[delivery]
    rest = without(contents(upload), *src_in(upload))
    entry = (project / "worker/entry.py").read_bytes()
    assert upload.main_module == "entry.py"
    assert without(rest, "python_modules/") == {"entry.py": entry}
    vendored = tree(project / "python_modules")
    assert {f"python_modules/{name}" for name in vendored} >= rest.keys() - {"entry.py"}


@each_delivery
def test_package_data_is_uploaded_and_a_deleted_module_is_not(
    install_copy: Render, tmp_path: Path, delivery: str
) -> None:
    project = install_copy({**SMALL, "delivery": delivery})
    upload_of(project, tmp_path / "before")
    (project / "backend/src/core/data.json").write_text('{"a": 1}')
    (project / "backend/src/infrastructure/clock.py").unlink()

    modules = upload_of(project, tmp_path / "after").modules

    place = place_of_src(delivery)
    assert modules[f"{place}src/core/data.json"].content == b'{"a": 1}'
    assert f"{place}src/infrastructure/d1.py" in modules
    assert f"{place}src/infrastructure/clock.py" not in modules


def test_the_wheel_holds_the_same_src_and_nothing_else(
    uploads: dict[str, tuple[Path, Upload]], tmp_path: Path
) -> None:
    project, _ = uploads["hybrid"]
    with zipfile.ZipFile(wheel.build(Project(project), tmp_path)) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    (metadata,) = {name.split("/")[0] for name in packed if ".dist-info/" in name}
    assert without(packed, metadata) == tree(project / "backend")


def test_a_local_install_leaves_nothing_beside_src(
    uploads: dict[str, tuple[Path, Upload]],
) -> None:
    project, _ = uploads["hybrid"]
    assert list(project.glob("*.egg-info")), "the project is not installed"
    assert [path.name for path in (project / "backend").iterdir()] == ["src"]


def test_src_is_found_from_anywhere_after_a_local_install(
    uploads: dict[str, tuple[Path, Upload]], tmp_path: Path
) -> None:
    project, _ = uploads["hybrid"]
    program = "import src.core; print(src.core.__file__)"
    found = run(tmp_path, uv(), "run", "--project", str(project), "python", "-c", program)
    assert Path(found.splitlines()[-1]) == project / "backend/src/core/__init__.py"


def test_without_base_dir_no_src_is_uploaded_and_preflight_fails(
    install_copy: Render, tmp_path: Path
) -> None:
    project = install_copy(SMALL)
    edit(project / "wrangler.toml", 'base_dir = "backend"\n', "")

    assert src_in(upload_of(project, tmp_path / "body")) == []
    assert_refused(project, tmp_path / "body", "src")


def test_a_second_copy_of_src_makes_preflight_fail(install_copy: Render, tmp_path: Path) -> None:
    project = install_copy(SMALL)
    shutil.copytree(project / "backend/src", project / "python_modules/src")

    assert len(src_in(upload_of(project, tmp_path / "body"))) == 2 * len(tree(project / "backend"))
    assert_refused(project, tmp_path / "body", "python_modules/src")


def test_an_entry_inside_src_makes_preflight_fail(install_copy: Render, tmp_path: Path) -> None:
    project = install_copy(SMALL)
    (project / "worker/entry.py").rename(project / "backend/src/entry.py")
    edit(project / "wrangler.toml", "worker/entry.py", "backend/src/entry.py")

    assert "src/entry.py" not in upload_of(project, tmp_path / "body").modules
    assert_refused(project, tmp_path / "body", "entry.py")


def test_a_test_below_the_module_root_makes_preflight_fail(
    install_copy: Render, tmp_path: Path
) -> None:
    project = install_copy(SMALL)
    (project / "backend/tests").mkdir()
    (project / "backend/tests/test_links.py").write_text("")

    assert "tests/test_links.py" in upload_of(project, tmp_path / "body").modules
    assert_refused(project, tmp_path / "body", "error[PF305]")


def test_a_module_root_of_the_whole_project_makes_preflight_fail(
    install_copy: Render, tmp_path: Path
) -> None:
    project = install_copy(SMALL)
    edit(project / "wrangler.toml", 'base_dir = "backend"', 'base_dir = "."')

    upload_of(project, tmp_path / "body")
    assert_refused(project, tmp_path / "body", "error[PF703]")


def assert_refused(project: Path, body: Path, named: str) -> None:
    status, output = preflight(project, "--bundle", str(body))
    assert status == 1, output
    assert named in output


def test_a_wheel_route_without_its_build_command_uploads_no_src(
    install_copy: Render, tmp_path: Path
) -> None:
    project = install_copy({**SMALL, "delivery": "wheel"})
    config = tomlkit.parse((project / "wrangler.toml").read_text())
    del config["build"]
    (project / "wrangler.toml").write_text(tomlkit.dumps(config))
    shutil.rmtree(project / "python_modules/src", ignore_errors=True)

    assert src_in(upload_of(project, tmp_path / "body")) == []
    assert_refused(project, tmp_path / "body", "src")


def test_without_its_base_dir_line_a_hybrid_is_a_wheel_route(
    install_copy: Render, tmp_path: Path
) -> None:
    project = install_copy(SMALL)
    edit(project / "wrangler.toml", 'base_dir = "backend"\n', "")
    wheel.install(Project(project))

    upload = upload_of(project, tmp_path / "body")

    assert {name.removeprefix("python_modules/") for name in src_in(upload)} == set(
        tree(project / "backend")
    )
    status, output = preflight(project, "--bundle", str(tmp_path / "body"))
    assert status == 0, output

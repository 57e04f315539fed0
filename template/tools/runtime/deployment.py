"""Serve an upload as it would be deployed: exactly its modules, with bindings of its metadata."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

from tools.runtime import cache
from tools.runtime.errors import ToolError
from tools.runtime.node import runtime_project
from tools.runtime.project import Project, d1_databases
from tools.runtime.server import Service, apply_migrations
from tools.runtime.start import start
from tools.runtime.upload import Module, Upload, dry_run, read

VENDORED = "python_modules"


def unpack(upload: Upload, project: Project, folder: Path) -> Service:
    """Write the modules of `upload` and a wrangler config for them into the empty `folder`.

    Its databases are new and have the migrations that the project's wrangler config names.

    Raises:
        ToolError: a module's name leads out of the folder, a binding is of a kind that cannot be
            had locally, or a migration failed.
    """
    code = folder / "code"
    for name, module in upload.modules.items():
        vendored = name.startswith(f"{VENDORED}/")
        _write(folder if vendored else code, name, module)
    metadata = upload.metadata
    config = {
        "name": "deployed-upload",
        # Not the folder itself: wrangler would collect python_modules a second time.
        "main": f"code/{upload.main_module}",
        "compatibility_date": metadata["compatibility_date"],
        "compatibility_flags": metadata.get("compatibility_flags", []),
        "rules": list(_rules(upload.modules)),
        **_bindings(metadata.get("bindings", []), project),
    }
    (folder / "wrangler.json").write_text(json.dumps(config, indent=2))
    service = Service(
        project=runtime_project(project),
        folder=folder,
        state=folder / "state",
        date=config["compatibility_date"],
        flags=config["compatibility_flags"],
        excluded=(),
        databases=d1_databases(config, folder),
        code=[code, folder / VENDORED / "src"],
    )
    _create_databases(service)
    return service


def _create_databases(service: Service) -> None:
    """Give the service a copy of the databases that wrangler makes of these migrations."""
    if not service.databases:
        return
    key: list[str | Path] = [service.project.npm / "package-lock.json"]
    for database in service.databases:
        files = sorted(database.migrations.glob("*.sql"))
        names = [file.name for file in files]
        key += [database.binding, database.name, database.id, *names, *files]

    def migrate(folder: Path) -> None:
        apply_migrations(replace(service, state=folder))

    shutil.copytree(cache.entry("databases", cache.digest(*key), migrate), service.state)


def _write(folder: Path, name: str, module: Module) -> None:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise ToolError(f"The upload holds a module named {name!r}, which leads out of it.")
    file = folder / parts
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(module.content)


def _rules(modules: Mapping[str, Module]) -> Iterable[dict[str, Any]]:
    """Rules by which wrangler takes each file that is not Python as what it was uploaded as."""
    kinds = {
        "text/plain": "Text",
        "application/octet-stream": "Data",
        "application/wasm": "CompiledWasm",
    }
    for kind in dict.fromkeys(kinds.values()):
        names = [
            name
            for name, module in modules.items()
            if not name.startswith(f"{VENDORED}/")
            and not name.endswith(".py")
            and kinds.get(module.content_type) == kind
        ]
        if names:
            yield {"type": kind, "globs": names, "fallthrough": True}


def _bindings(bindings: Iterable[Mapping[str, Any]], project: Project) -> dict[str, Any]:
    migrations = {database.id: database for database in project.d1_databases}
    objects: list[dict[str, str]] = []
    config: dict[str, Any] = {
        "vars": {},
        "d1_databases": [],
        "kv_namespaces": [],
        "r2_buckets": [],
        "durable_objects": {"bindings": objects},
        "workflows": [],
        "queues": {"producers": []},
    }
    for binding in bindings:
        name = binding["name"]
        match binding["type"]:
            case "plain_text":
                config["vars"][name] = binding["text"]
            case "json":
                config["vars"][name] = binding["json"]
            case "kv_namespace":
                config["kv_namespaces"].append({"binding": name, "id": binding["namespace_id"]})
            case "r2_bucket":
                config["r2_buckets"].append(
                    {"binding": name, "bucket_name": binding["bucket_name"]}
                )
            case "d1":
                table = {"binding": name, "database_name": name, "database_id": binding["id"]}
                if database := migrations.get(binding["id"]):
                    table["migrations_dir"] = str(database.migrations)
                config["d1_databases"].append(table)
            case "durable_object_namespace" if "script_name" not in binding:
                objects.append({"name": name, "class_name": binding["class_name"]})
            case "workflow" if "script_name" not in binding:
                config["workflows"].append(
                    {
                        "binding": name,
                        "name": binding["workflow_name"],
                        "class_name": binding["class_name"],
                    }
                )
            case "queue":
                config["queues"]["producers"].append(
                    {"binding": name, "queue": binding["queue_name"]}
                )
            case kind:
                raise ToolError(
                    f"The upload binds {name} to a {kind}, which the local runtime cannot "
                    "recreate. It knows plain_text, json, d1, kv_namespace, r2_bucket, queue, and "
                    "durable_object_namespace and workflow of the same Worker."
                )
    # The metadata of a dry run names no migrations; SQLite is what new classes get.
    classes = list(dict.fromkeys(binding["class_name"] for binding in objects))
    config["migrations"] = [{"tag": "local", "new_sqlite_classes": classes}]
    return config


class Deployment:
    """A running upload; leaving the `with` block stops it and deletes its databases.

    `body` is a file that `wrangler deploy --dry-run --outfile` wrote, `upload` one that was read;
    without them, the project is bundled now.

    Raises:
        ToolError: wrangler refused to bundle the project, the body cannot be read, or the upload
            does not start.
    """

    def __init__(
        self,
        project: Project,
        *,
        body: Path | None = None,
        upload: Upload | None = None,
        port: int | None = None,
        snapshots: bool = True,
    ) -> None:
        scratch = runtime_project(project).scratch
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="upload-", dir=scratch))
        self._port = port
        self._snapshots = snapshots
        try:
            if upload is None:
                if body is None:
                    body = self._folder / "body"
                    dry_run(project, body)
                upload = read(body)
            self.upload = upload
            self.service = unpack(self.upload, project, self._folder / "unpacked")
            self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    @property
    def url(self) -> str:
        return self._server.url

    def restart(self) -> None:
        """Stop the Worker and start it again with the same databases; its port may change."""
        self._server.stop()
        self._log.close()
        self._start()

    def log(self) -> str:
        """What the Worker printed since it was started."""
        return Path(self._log.name).read_text(errors="replace")

    def wait(self) -> int:
        """Wait until the server ends by itself and return its exit status."""
        return self._server.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._log.close()
        shutil.rmtree(self._folder)

    def _start(self) -> None:
        self._log = (self._folder / "log").open("wb")
        try:
            self._server = start(
                self.service, port=self._port, snapshots=self._snapshots, output=self._log
            )
        except BaseException:
            self._log.close()
            raise

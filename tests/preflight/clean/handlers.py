"""What they export."""

from preflight.clean import Clean, config, pyproject

ON_FETCH = Clean(
    "on-fetch-handler",
    "handled by a function",
    {
        "wrangler.toml": config("src/entry.py").replace(
            '["python_workers"]', '["python_workers", "disable_python_no_global_handlers"]'
        ),
        "src/entry.py": """\
from js import Response


async def on_fetch(request, env, ctx):
    return Response.new("handled by a function")
""",
    },
)

DURABLE_OBJECT = Clean(
    "durable-object",
    "counting",
    {
        "wrangler.toml": config(
            "src/entry.py",
            """
[[durable_objects.bindings]]
name = "COUNTERS"
class_name = "Counter"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]
""",
        ),
        "src/entry.py": """\
from counter import Counter
from workers import Response, WorkerEntrypoint

__all__ = ["Counter", "Default"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        counter = self.env.COUNTERS.getByName("visits")
        return Response("counting" if await counter.increment() > 0 else "not counting")
""",
        "src/counter.py": """\
from workers import DurableObject


class Counter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.storage = ctx.storage

    async def increment(self):
        value = (await self.storage.get("value") or 0) + 1
        await self.storage.put("value", value)
        return value
""",
    },
)

WORKFLOW = Clean(
    "workflow",
    "started",
    {
        "wrangler.toml": config(
            "src/entry.py",
            """
[[workflows]]
name = "orders"
binding = "ORDERS"
class_name = "OrderWorkflow"
""",
        ),
        "src/entry.py": """\
from flows.order import OrderWorkflow
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.ORDERS.create()
        return Response("started")
""",
        "src/flows/__init__.py": "",
        "src/flows/order.py": """\
from workers import WorkflowEntrypoint


class OrderWorkflow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("reserve")
        async def reserve():
            return 1

        await reserve()
""",
    },
)

CRON_AND_QUEUE = Clean(
    "cron-and-queue-handlers",
    "sent",
    {
        "wrangler.toml": config(
            "src/entry.py",
            """
[triggers]
crons = ["0 * * * *"]

[[queues.producers]]
queue = "jobs"
binding = "JOBS"

[[queues.consumers]]
queue = "jobs"
""",
        ),
        "src/entry.py": """\
import jobs
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.JOBS.send("job")
        return Response("sent")

    async def scheduled(self, controller, env, ctx):
        jobs.hourly()

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            jobs.run(message.body)
""",
        "src/jobs.py": """\
import logging

log = logging.getLogger(__name__)


def hourly():
    log.info("hourly")


def run(body):
    log.info("job %s", body)
""",
    },
)

FASTAPI = Clean(
    "fastapi-at-top-level",
    '{"items":1}',
    {
        "wrangler.toml": config("src/worker.py"),
        "pyproject.toml": pyproject("items").replace('["workers', '["fastapi", "workers'),
        "src/worker.py": """\
import asgi
from api import app
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await asgi.fetch(app, request, self.env)
""",
        "src/api/__init__.py": """\
from fastapi import FastAPI

from .routers import items

app = FastAPI()
app.include_router(items.router)
""",
        "src/api/routers/__init__.py": "",
        "src/api/routers/items.py": """\
from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter()


class Items(BaseModel):
    items: int = Field(ge=0)


@router.get("/")
async def count() -> Items:
    return Items(items=1)
""",
    },
    packages="fastapi",
)

BASE_CLASS = Clean(
    "entrypoint-by-a-base-class-of-its-own",
    "from the base",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": """\
from base import Base


class Default(Base):
    text = "from the base"
""",
        "src/base.py": """\
import workers


class Base(workers.WorkerEntrypoint):
    text = ""

    async def fetch(self, request):
        return workers.Response(self.text)
""",
    },
)

ASGI_ENTRYPOINT = Clean(
    "entrypoint-made-of-an-asgi-app",
    "GET by 2",
    {
        "wrangler.jsonc": """\
{
  "name": "asgi",
  "main": "src/entry.py",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
}
""",
        "src/entry.py": """\
from constants import NUMBER
from workers import asgi


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    body = f"{scope['method']} by {NUMBER}".encode()
    await send({"type": "http.response.body", "body": body})


Default = asgi.entrypoint(app)
""",
        "src/constants.py": "NUMBER = 2\n",
    },
)

WSGI = Clean(
    "wsgi-app-loaded-by-the-entrypoint",
    "wsgi as production",
    {
        "wrangler.toml": config("src/index.py"),
        ".dev.vars": "TOKEN=local\n",
        "src/index.py": """\
import os

from adapter import Application
from workers import WorkerEntrypoint

os.environ.setdefault("SETTINGS_MODULE", "site_settings.production")


class Default(Application, WorkerEntrypoint):
    def get_app(self):
        from web import application

        return application
""",
        "src/adapter.py": """\
from workers import wsgi


class Application:
    async def fetch(self, request):
        return await wsgi.fetch(self.get_app(), request, self.env)
""",
        "src/web.py": """\
import importlib
import os

settings = importlib.import_module(os.environ["SETTINGS_MODULE"])


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"wsgi as {settings.NAME}".encode()]
""",
        "src/site_settings/production.py": "from .base import *\n\nNAME = PREFIX + 'duction'\n",
        "src/site_settings/base.py": "DEBUG = False\nPREFIX = 'pro'\n",
    },
)

JAVASCRIPT = Clean(
    "javascript-by-js-and-pyodide",
    "<p>page</p> 3",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": """\
from pathlib import Path
from urllib.parse import urlparse

import js
from js import Object, Response
from pyodide.ffi import JsProxy, create_proxy, to_js
from workers import DurableObject, WorkerEntrypoint
from workers.workflows import NonRetryableError

try:
    from js import WebSocketPair
except ImportError:
    WebSocketPair = None


def converted(value):
    return to_js(value, dict_converter=Object.fromEntries)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        page = (Path(__file__).parent / "page.html").read_text().strip()
        numbers = js.Array.new(*converted([1, 2, 3]))
        return Response.new(f"{page} {numbers.length}")
""",
        "src/page.html": "<p>page</p>\n",
    },
)

ALL = (
    ON_FETCH,
    DURABLE_OBJECT,
    WORKFLOW,
    CRON_AND_QUEUE,
    FASTAPI,
    BASE_CLASS,
    ASGI_ENTRYPOINT,
    WSGI,
    JAVASCRIPT,
)

"""The layered FastAPI service's work in one file, as somebody would write it without layers.

The other side of the comparison "price of the layers": same answers, SQL, checks and log line.
"""

import json
import logging
import re
import secrets
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from workers import WorkerEntrypoint, asgi

MAX_BODY_BYTES = 16 * 1024
RESERVED = {"docs", "health", "links"}
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")

ADD = """
    INSERT INTO links (slug, url, visits, created_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (slug) DO NOTHING
    RETURNING slug
"""
VISIT = """
    UPDATE links SET visits = visits + 1 WHERE slug = ?
    RETURNING slug, url, visits, created_at
"""
NEWEST = """
    SELECT slug, url, visits, created_at FROM links
    ORDER BY created_at DESC, slug DESC LIMIT ?
"""
NEWEST_AFTER = """
    SELECT slug, url, visits, created_at FROM links
    WHERE (created_at, slug) < (SELECT created_at, slug FROM links WHERE slug = ?)
    ORDER BY created_at DESC, slug DESC LIMIT ?
"""


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"level": record.levelname, "message": record.getMessage(), "logger": record.name}
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonLines())
logging.getLogger().handlers[:] = [handler]
logging.getLogger().setLevel("INFO")
logger = logging.getLogger("request")


class NewLink(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    slug: str | None = None


class Link(BaseModel):
    slug: str
    url: str
    visits: int
    created_at: datetime


class LinkPage(BaseModel):
    links: list[Link]
    next_cursor: str | None


class Count(BaseModel):
    count: int


class Database(BaseModel):
    status: str
    engine: str


class Health(BaseModel):
    status: str
    name: str
    version: str
    environment: str
    database: Database


class Refused(Exception):
    def __init__(
        self, status: int, detail: str, errors: list[dict[str, str]] | None = None
    ) -> None:
        self.answer = problem(status, detail, errors)


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = errors
    text = json.dumps(content, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/problem+json")


def invalid(name: str, detail: str) -> Refused:
    error = {"pointer": f"#/{name}", "detail": detail}
    return Refused(422, "The request holds invalid values.", [error])


def check_url(url: str) -> None:
    if len(url) > 2048:
        raise invalid("url", "A URL has at most 2048 characters.")
    if not URL.fullmatch(url):
        raise invalid("url", "The URL is empty or holds characters to be percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise invalid("url", "This is not a URL.") from None
    if parts.scheme not in ("http", "https"):
        raise invalid("url", "A URL starts with https:// or http://.")
    if "@" in parts.netloc:
        raise invalid("url", "A URL holds no user name or password.")
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    if not HOST.fullmatch(host):
        raise invalid("url", "The URL has no valid host name.")


def check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise invalid(
            "slug",
            "A slug is 3 to 64 letters, digits, hyphens or underscores "
            "and starts with a letter or digit.",
        )
    if slug.lower() in RESERVED:
        raise invalid("slug", "This slug is reserved.")


def is_json(content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


class Around:
    """Logs each request, answers what nobody handled, and refuses large bodies."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        events: list[dict[str, Any]] = []
        scope["events"] = events
        status = None
        received = 0
        failed: Exception | None = None

        async def send_noting_status(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        async def receive_within_limit() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise HTTPException(413, f"A body has at most {MAX_BODY_BYTES} bytes.")
            return message

        try:
            await self.app(scope, receive_within_limit, send_noting_status)
        except Exception as error:
            failed = error
            if status is not None:
                raise
            answer = problem(500, "The service failed to answer; the cause is in its log.")
            await answer(scope, receive, send_noting_status)
        finally:
            fields: dict[str, Any] = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "duration_ms": round((perf_counter() - started) * 1000, 3),
            }
            if events:
                fields["events"] = events
            level = logging.ERROR if failed else logging.INFO
            message = str(failed) if failed else "request"
            logger.log(level, message, extra={"fields": fields}, exc_info=failed)


app = FastAPI(title="Short links", redoc_url=None, redirect_slashes=False)
app.add_middleware(Around)


@app.exception_handler(Refused)
async def refused(request: Request, error: Refused) -> Response:
    return error.answer


@app.exception_handler(RequestValidationError)
async def unprocessable(request: Request, error: RequestValidationError) -> Response:
    content_type = request.headers.get("content-type")
    errors = []
    for found in error.errors():
        if found["type"] == "json_invalid":
            return problem(400, "The body is not well-formed JSON.")
        where = found["loc"]
        if where == ("body",) and found["type"] != "missing" and not is_json(content_type):
            return problem(415, "Send the body as application/json.")
        name = "/".join(str(part) for part in where[1:])
        if where[0] == "body":
            errors.append({"pointer": f"#/{name}" if name else "#", "detail": found["msg"]})
        else:
            errors.append({"parameter": name, "detail": found["msg"]})
    return problem(422, "The request holds invalid values.", errors)


@app.exception_handler(HTTPException)
async def http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        return problem(404, "There is nothing at this address.")
    return problem(error.status_code, error.detail, headers=dict(error.headers or {}))


@app.get("/health")
async def health(request: Request, response: Response) -> Health:
    env = request.scope["env"]
    status = "ok"
    try:
        await env.DB.prepare("SELECT 1 FROM links LIMIT 1").first()
    except Exception as error:
        logger.error(str(error), exc_info=error)
        status = "failing"
        response.status_code = 503
    response.headers["Cache-Control"] = "no-store"
    return Health(
        status=status,
        name=env.SERVICE_NAME,
        version=env.SERVICE_VERSION,
        environment=env.ENVIRONMENT,
        database=Database(status=status, engine="d1"),
    )


@app.post("/links", status_code=201)
async def create_link(body: NewLink, request: Request, response: Response) -> Link:
    check_url(body.url)
    if body.slug is not None:
        check_slug(body.slug)
    for _ in range(5 if body.slug is None else 1):
        slug = body.slug or "".join(secrets.choice(ALPHABET) for _ in range(7))
        now = datetime.now(UTC)
        row = (slug, body.url, 0, now.isoformat(timespec="microseconds"))
        if await request.scope["env"].DB.prepare(ADD).bind(*row).first() is not None:
            break
    else:
        raise Refused(409, "Another link has this slug.")
    request.scope["events"].append({"event": "link_created", "slug": slug})
    response.headers["Location"] = f"/{slug}"
    return Link(slug=slug, url=body.url, visits=0, created_at=now)


@app.get("/links")
async def list_links(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> LinkPage:
    database = request.scope["env"].DB
    if cursor is None:
        statement = database.prepare(NEWEST).bind(limit + 1)
    elif SLUG.fullmatch(cursor) and cursor.lower() not in RESERVED:
        statement = database.prepare(NEWEST_AFTER).bind(cursor, limit + 1)
    else:
        error = {"parameter": "cursor", "detail": "Use the next_cursor of the page before."}
        raise Refused(422, "The request holds invalid values.", [error])
    rows = (await statement.all())["results"]
    page = [Link(**row) for row in rows[:limit]]
    return LinkPage(links=page, next_cursor=page[-1].slug if len(rows) > limit else None)


@app.get("/links/count")
async def count_links(request: Request) -> Count:
    statement = request.scope["env"].DB.prepare("SELECT COUNT(*) AS links FROM links")
    return Count(count=(await statement.first())["links"])


@app.get("/{slug}", status_code=302, response_class=Response)
async def follow_link(slug: str, request: Request) -> Response:
    row = None
    if SLUG.fullmatch(slug) and slug.lower() not in RESERVED:
        row = await request.scope["env"].DB.prepare(VISIT).bind(slug).first()
    if row is None:
        raise Refused(404, "There is no link with this slug.")
    event = {"event": "link_followed", "slug": slug, "visits": row["visits"]}
    request.scope["events"].append(event)
    headers = {"Location": row["url"], "Cache-Control": "no-store"}
    return Response(status_code=302, headers=headers)


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any) -> Any:
        return await asgi.fetch(app, request.js_object, self.env)

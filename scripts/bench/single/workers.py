"""The layered SDK-only service's work in one file, as somebody would write it without layers.

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
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from workers import Response, WorkerEntrypoint

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

Answer = tuple[int, str, dict[str, str]]


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


class Refused(Exception):
    def __init__(
        self,
        status: int,
        detail: str,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.answer = problem(status, detail, errors, headers)


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    text = json.dumps(content, separators=(",", ":"))
    return status, text, {"Content-Type": "application/json", **(headers or {})}


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = errors
    return json_answer(
        content, status, {"Content-Type": "application/problem+json", **(headers or {})}
    )


def invalid(*errors: dict[str, str]) -> Refused:
    return Refused(422, "The request holds invalid values.", list(errors))


def in_body(name: str, detail: str) -> dict[str, str]:
    return {"pointer": f"#/{name}" if name else "#", "detail": detail}


def check_url(url: str) -> None:
    if len(url) > 2048:
        raise invalid(in_body("url", "A URL has at most 2048 characters."))
    if not URL.fullmatch(url):
        detail = "The URL is empty or holds characters to be percent-encoded."
        raise invalid(in_body("url", detail))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise invalid(in_body("url", "This is not a URL.")) from None
    if parts.scheme not in ("http", "https"):
        raise invalid(in_body("url", "A URL starts with https:// or http://."))
    if "@" in parts.netloc:
        raise invalid(in_body("url", "A URL holds no user name or password."))
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    if not HOST.fullmatch(host):
        raise invalid(in_body("url", "The URL has no valid host name."))


def check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        detail = (
            "A slug is 3 to 64 letters, digits, hyphens or underscores "
            "and starts with a letter or digit."
        )
        raise invalid(in_body("slug", detail))
    if slug.lower() in RESERVED:
        raise invalid(in_body("slug", "This slug is reserved."))


def is_json(content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


def instant(text: str) -> str:
    return text.replace("+00:00", "Z")


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any) -> Response:
        started = perf_counter()
        js_request = request.js_object
        method = js_request.method
        url = urlsplit(js_request.url)
        path = unquote(url.path)
        events: list[dict[str, Any]] = []
        failed: Exception | None = None
        try:
            status, body, headers = await self.answer(request, method, path, url.query, events)
        except Refused as error:
            status, body, headers = error.answer
        except Exception as error:
            failed = error
            detail = "The service failed to answer; the cause is in its log."
            status, body, headers = problem(500, detail)
        fields: dict[str, Any] = {
            "method": method,
            "path": path,
            "status": status,
            "duration_ms": round((perf_counter() - started) * 1000, 3),
        }
        if events:
            fields["events"] = events
        level = logging.ERROR if failed else logging.INFO
        message = str(failed) if failed else "request"
        logger.log(level, message, extra={"fields": fields}, exc_info=failed)
        return Response(body or None, status=status, headers=headers)

    async def answer(
        self, request: Any, method: str, path: str, query: str, events: list[dict[str, Any]]
    ) -> Answer:
        if path == "/health":
            allow(method, "GET")
            return await self.health()
        if path == "/links":
            allow(method, "GET", "POST")
            if method == "POST":
                return await self.create(request, events)
            return await self.list(dict(parse_qsl(query, keep_blank_values=True)))
        if path == "/links/count":
            allow(method, "GET")
            row = await self.env.DB.prepare("SELECT COUNT(*) AS links FROM links").first()
            return json_answer({"count": row["links"]})
        slug = path[1:]
        if not slug or "/" in slug:
            raise Refused(404, "There is nothing at this address.")
        allow(method, "GET")
        return await self.follow(slug, events)

    async def health(self) -> Answer:
        env = self.env
        status = "ok"
        try:
            await env.DB.prepare("SELECT 1 FROM links LIMIT 1").first()
        except Exception as error:
            logger.error(str(error), exc_info=error)
            status = "failing"
        content = {
            "status": status,
            "name": env.SERVICE_NAME,
            "version": env.SERVICE_VERSION,
            "environment": env.ENVIRONMENT,
            "database": {"status": status, "engine": "d1"},
        }
        return json_answer(content, 200 if status == "ok" else 503, {"Cache-Control": "no-store"})

    async def create(self, request: Any, events: list[dict[str, Any]]) -> Answer:
        content = await read_object(request)
        url, slug = content.get("url"), content.get("slug")
        unknown = sorted(content.keys() - {"url", "slug"})
        errors = [in_body(name, "Unknown field.") for name in unknown]
        if not isinstance(url, str):
            errors.append(in_body("url", "Required: the URL to lead to, as text."))
        if not isinstance(slug, str | None):
            errors.append(in_body("slug", "Leave it out or send text."))
        if errors:
            raise invalid(*errors)
        check_url(url)
        if slug is not None:
            check_slug(slug)
        for _ in range(5 if slug is None else 1):
            name = slug or "".join(secrets.choice(ALPHABET) for _ in range(7))
            now = datetime.now(UTC)
            row = (name, url, 0, now.isoformat(timespec="microseconds"))
            if await self.env.DB.prepare(ADD).bind(*row).first() is not None:
                break
        else:
            raise Refused(409, "Another link has this slug.")
        events.append({"event": "link_created", "slug": name})
        link = {"slug": name, "url": url, "visits": 0, "created_at": instant(now.isoformat())}
        return json_answer(link, 201, {"Location": f"/{name}"})

    async def list(self, query: dict[str, str]) -> Answer:
        text = query.get("limit", "20")
        if not (text.isdecimal() and len(text) < 10 and 1 <= int(text) <= 100):
            raise invalid({"parameter": "limit", "detail": "Use a number from 1 to 100."})
        limit = int(text)
        cursor = query.get("cursor")
        if cursor is None:
            statement = self.env.DB.prepare(NEWEST).bind(limit + 1)
        elif SLUG.fullmatch(cursor) and cursor.lower() not in RESERVED:
            statement = self.env.DB.prepare(NEWEST_AFTER).bind(cursor, limit + 1)
        else:
            detail = "Use the next_cursor of the page before."
            raise invalid({"parameter": "cursor", "detail": detail})
        rows = (await statement.all())["results"]
        page = [{**row, "created_at": instant(row["created_at"])} for row in rows[:limit]]
        following = page[-1]["slug"] if len(rows) > limit else None
        return json_answer({"links": page, "next_cursor": following})

    async def follow(self, slug: str, events: list[dict[str, Any]]) -> Answer:
        row = None
        if SLUG.fullmatch(slug) and slug.lower() not in RESERVED:
            row = await self.env.DB.prepare(VISIT).bind(slug).first()
        if row is None:
            raise Refused(404, "There is no link with this slug.")
        events.append({"event": "link_followed", "slug": slug, "visits": row["visits"]})
        return 302, "", {"Location": row["url"], "Cache-Control": "no-store"}


def allow(method: str, *methods: str) -> None:
    if method not in methods:
        allowed = ", ".join(methods)
        raise Refused(405, f"This resource allows: {allowed}.", headers={"Allow": allowed})


async def read_object(request: Any) -> dict[str, Any]:
    body = bytearray()
    if request.body:
        async for chunk in request.body:
            body += chunk.to_bytes()
            if len(body) > MAX_BODY_BYTES:
                raise Refused(413, f"A body has at most {MAX_BODY_BYTES} bytes.")
    if body and not is_json(request.js_object.headers.get("content-type") or None):
        raise Refused(415, "Send the body as application/json.")
    try:
        content = json.loads(bytes(body) or b"null")
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not well-formed JSON.") from None
    if not isinstance(content, dict):
        raise invalid(in_body("", "The body must be a JSON object."))
    return content

"""ASGI middleware around every request; other kinds of scope pass through."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.core.logging.request_log import RequestLog
from src.presentation.api.shared.error_handlers import problem_response
from src.presentation.api.shared.problems import INTERNAL_ERROR
from src.presentation.api.shared.request_body import BODY_TOO_LARGE, MAX_BODY_BYTES


class ObserveRequest:
    """Logs each request and answers what nobody handled.

    Starlette's own last resort raises the error again after answering, for a server to log;
    the SDK would log it once more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        with RequestLog(scope["method"], scope["path"]) as log:

            async def send_noting_status(message: Message) -> None:
                if message["type"] == "http.response.start":
                    log.status = message["status"]
                await send(message)

            try:
                await self.app(scope, receive, send_noting_status)
            except Exception as error:
                log.error = error
                if log.status is not None:
                    raise  # too late for another answer
                answer = problem_response(INTERNAL_ERROR)
                await answer(scope, receive, send_noting_status)


class LimitBody:
    """Refuses bodies that are too large.

    FastAPI's max_body_size would answer in plain text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise HTTPException(BODY_TOO_LARGE.status, BODY_TOO_LARGE.detail)
            return message

        await self.app(scope, receive_within_limit, send)

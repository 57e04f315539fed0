"""What the API accepts as the body of a request."""

from src.presentation.api.shared.problems import Problem

# The longest URL fits in many times over.
MAX_BODY_BYTES = 16 * 1024

BODY_TOO_LARGE = Problem(413, f"A body has at most {MAX_BODY_BYTES} bytes.")
BODY_IS_NOT_JSON = Problem(415, "Send the body as application/json.")


def is_json(content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )

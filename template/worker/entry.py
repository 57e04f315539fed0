"""The module wrangler uploads as the Worker; the service itself is the `src` package."""

from src.main import Default

__all__ = ["Default"]

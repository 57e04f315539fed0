"""What they import, and when."""

from preflight.clean import Clean, config, entry

GUARDED = Clean(
    "guarded-imports",
    "json tomllib none",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry("describe()", "from optional import describe\n"),
        "src/optional.py": """\
from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import Model
    from mypy_extensions import TypedDict

try:
    import orjson as json
except ImportError:
    import json

try:
    import ujson
    import nothing.at.all
except Exception:
    ujson = None

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if sys.version_info[0] == 2:
    import urllib2

if sys.platform == "win32":
    import winreg
elif sys.platform.startswith("linux"):
    import uvloop

if os.environ.get("DEBUG"):
    import debugpy

with contextlib.suppress(ImportError):
    import uvloop


def describe(model: Model | None = None) -> str:
    try:
        import sentry_sdk
    except ModuleNotFoundError:
        sentry_sdk = None
    reporter = sentry_sdk.__name__ if sentry_sdk else "none"
    return f"{json.__name__} {tomllib.__name__} {reporter}"


if __name__ == "__main__":
    import rich

    rich.print(describe())
""",
        # For local work; nothing that the Worker runs imports it.
        "src/local.py": "import optional\nimport uvicorn\n\nuvicorn.run(optional)\n",
        "src/models.py": "class Model:\n    pass\n",
    },
)

DEFERRED = Clean(
    "imports-in-functions-and-by-name",
    "one two three",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry('" ".join(plugins.load())', "import plugins\n"),
        "src/plugins/__init__.py": """\
import importlib
import pkgutil

NAMES = ["one", "two"]


def load():
    from plugins import three

    for name in NAMES:
        yield importlib.import_module(f"plugins.{name}").TEXT
    assert {"one", "two", "three"} <= {found.name for found in pkgutil.iter_modules(__path__)}
    yield three.TEXT


def __getattr__(name):
    if name == "later":
        return importlib.import_module(".three", __name__)
    raise AttributeError(name)
""",
        "src/plugins/one.py": 'TEXT = "one"\n',
        "src/plugins/two.py": 'from plugins import later\n\nTEXT = "two" if later else ""\n',
        "src/plugins/three.py": 'TEXT = "three"\n',
    },
)

CYCLES = Clean(
    "harmless-import-cycles",
    "order of customer",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry("Order().text()", "from shop.order import Order\n"),
        "src/shop/__init__.py": "",
        "src/shop/order.py": """\
from shop import customer


class Order:
    def text(self):
        return f"order of {customer.Customer().name}"
""",
        "src/shop/customer.py": """\
import shop.order
from shop import order


class Customer:
    name = "customer"

    def orders(self):
        return [order.Order(), shop.order.Order()]
""",
    },
)

STARS = Clean(
    "star-imports-and-names-made-at-runtime",
    "red 3 4 five",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry(
            'f"{RED} {three} {FOUR} {five}"',
            "from names import FOUR, RED, three\nfrom names.made import five\n",
        ),
        "src/names/__init__.py": "from .colours import *\nfrom .numbers import *\n",
        "src/names/colours.py": "__all__ = ['RED']\n\nRED, GREEN = 'red', 'green'\n",
        "src/names/numbers.py": """\
for index, name in enumerate(["one", "two"], start=1):
    globals()[name] = index

if True:
    three = one + two  # noqa: F821

with open(__file__) as own:
    FOUR = 4

match FOUR:
    case {"five": six} | [six]:
        pass
    case seven:
        pass
""",
        "src/names/made.py": "def __getattr__(name):\n    return name\n",
    },
)

STANDARD_LIBRARY = Clean(
    "much-of-the-standard-library",
    "5f4dcc3b 2024 12 <b>",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry("describe()", "from everything import describe\n"),
        "src/everything.py": """\
import asyncio
import base64
import collections.abc
import csv
import dataclasses
import datetime as dt
import decimal
import email.message
import enum
import functools
import hashlib
import hmac
import html
import http
import inspect
import io
import itertools
import json
import logging.config
import os.path
import pathlib
import random
import re
import secrets
import sqlite3
import string
import struct
import tempfile
import threading
import time
import traceback
import types
import typing
import unicodedata
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree as ET
import zipfile
import zlib
from concurrent.futures import Future
from zoneinfo import ZoneInfo


def describe():
    digest = hashlib.md5(b"password").hexdigest()[:8]
    total = decimal.Decimal("12")
    return f"{digest} {dt.date(2024, 1, 1).year} {total} {html.unescape('&lt;b&gt;')}"
""",
    },
)

ALL = (GUARDED, DEFERRED, CYCLES, STARS, STANDARD_LIBRARY)

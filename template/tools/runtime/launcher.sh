#!/bin/sh
# wrangler starts this file as if it were workerd (MINIFLARE_WORKERD_PATH).
PYTHONPATH="$RUNTIME_ROOT" exec "$RUNTIME_PYTHON" -SP "$RUNTIME_ROOT/tools/runtime/launcher.py" "$@"

"""Ends well if the web process of this container answers; it touches neither database nor cache."""

import os
import sys
from http.client import HTTPConnection, HTTPException

connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", 8000)), timeout=3)
try:
    connection.request("GET", "/health/live/")
    sys.exit(connection.getresponse().status != 200)
except (OSError, HTTPException) as error:
    sys.exit(f"{type(error).__name__}: {error}")

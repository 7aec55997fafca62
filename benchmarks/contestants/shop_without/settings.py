"""The shop's production settings less one part: the middleware that WITHOUT names, or the access log."""

import os

from storefront.settings.prod import *

WITHOUT = os.environ["WITHOUT"]
MIDDLEWARE = [name for name in MIDDLEWARE if name != WITHOUT]
if not WITHOUT:
    LOGGING["loggers"]["gunicorn.access"] = {"level": "WARNING"}

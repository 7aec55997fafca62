"""The WSGI application, for gunicorn and any other server."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from storefront.imports import import_without_unused_libraries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.prod")

import_without_unused_libraries(settings.DATABASES)
application = get_wsgi_application()

# The views are loaded before the first request asks for one, now that the apps are there. And what is
# loaded by then stays: a full collection that looked at all of it would hold a request up for 50 ms,
# one in some 1,600.
import_module(settings.ROOT_URLCONF)
gc.freeze()

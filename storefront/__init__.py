# Loaded with Django, so that shared tasks find their application.
from .celery import app as celery_app

__all__ = ["celery_app"]

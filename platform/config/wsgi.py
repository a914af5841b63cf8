"""What the web server calls."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

# What a request promises rings the worker's bell: the bell must know the broker.
from config.celery import app as celery

__all__ = ["application", "celery"]

application = get_wsgi_application()

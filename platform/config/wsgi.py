"""What the web server calls."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

from config import celery as _celery  # the bell must know its broker before the first request rings it

application = get_wsgi_application()

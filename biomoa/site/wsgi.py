"""The WSGI application of a station."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from biomoa.settings.process import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
application = get_wsgi_application()

# The server loads this once and forks its workers: what all of them need is imported here, and no connection opened.
import_module(settings.ROOT_URLCONF)
settle()

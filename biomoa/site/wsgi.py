"""The WSGI application of a station."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from biomoa.settings.process import settle
from biomoa.site.limits_queue import shed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
application = shed(get_wsgi_application(), settings.BIOMOA_HOME.station.security.waiting_requests)

# The server loads this once and forks its workers: what all of them need is imported here, and no connection opened.
import_module(settings.ROOT_URLCONF)
settle()

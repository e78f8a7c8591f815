"""The WSGI application of a station."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from biomoa.records.library import catalogue
from biomoa.settings.process import settle
from biomoa.site.limits_queue import shed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
application = shed(get_wsgi_application(), settings.BIOMOA_HOME.station.security.waiting_requests)

# The server loads this once and forks its workers: what all of them need is read here. No connection is
# opened and no form compiled: the threads that polars starts for that would not live on in the workers.
import_module(settings.ROOT_URLCONF)
catalogue()
settle()

"""The WSGI application of a station."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
application = get_wsgi_application()

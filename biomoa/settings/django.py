"""The Django settings module of a running station: DJANGO_SETTINGS_MODULE=biomoa.settings.django."""

from biomoa.settings.assemble import assemble
from biomoa.settings.station import home_folder, load_home

globals().update(assemble(load_home(home_folder())))

from django.urls import path

from biomoa.operations import pages

urlpatterns = [
    path("status/", pages.show_status, name="status"),
    path("healthz", pages.tell_health, name="healthz"),
    path("readyz", pages.tell_readiness, name="readyz"),
    path("metrics", pages.tell_metrics, name="metrics"),
]

from django.urls import path, re_path

from biomoa.exchange import pages

urlpatterns = [
    re_path(r"^(?P<accession>[A-Z]{3}\d{6,12})$", pages.resolve, name="record"),
    path("<slug:accession>.<int:version>", pages.resolve, name="record_version"),
]

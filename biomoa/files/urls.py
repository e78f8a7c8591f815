"""Addresses of files, below /files/."""

from django.urls import path

from biomoa.files import pages, tus

app_name = "files"

urlpatterns = [
    path("tus/<uuid:shelf_id>/", tus.Uploads.as_view(), name="tus"),
    path("tus/<uuid:shelf_id>/<str:upload_id>", tus.OneUpload.as_view(), name="tus-upload"),
    path("shelves/<uuid:shelf_id>/", pages.shelf, name="shelf"),
    path("shelves/<uuid:shelf_id>/form", pages.form_upload, name="form"),
    path("<int:file_id>/remove", pages.remove_file, name="remove"),
    path("<int:file_id>/<path:name>", pages.download, name="download"),
]

from django.urls import path

from biomoa.search import pages

urlpatterns = [
    path("search/", pages.search, name="search"),
    path("search/suggest/", pages.suggest, name="suggest"),
]

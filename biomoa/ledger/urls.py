from django.urls import path

from biomoa.ledger import pages

app_name = "ledger"
urlpatterns = [path("heads", pages.show_heads, name="heads")]

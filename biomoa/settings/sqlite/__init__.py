"""Django's SQLite with an orderly queue of writers (``ENGINE = "biomoa.settings.sqlite"``)."""

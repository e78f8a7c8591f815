"""What other rooms call. ``read_catalogue(folder)`` reads the folder anew each time: the caller keeps the answer."""

from biomoa.catalog.load import load_catalogue as read_catalogue

__all__ = ["read_catalogue"]

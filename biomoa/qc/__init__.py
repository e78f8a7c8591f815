"""Inspection of files: formats, findings, identifiers of persons; no Django."""

import os

# numpy comes with a library of linear algebra whose threads would only wait, and busily.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""SAM, BAM and CRAM: their rules and statistics. Where numba keeps what it compiled is settled before it is loaded."""

import os
import tempfile
from pathlib import Path

if not os.access(Path(__file__).parent, os.W_OK):  # an installed package that this account may not write to
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"biomoa-numba-{os.getuid()}"))

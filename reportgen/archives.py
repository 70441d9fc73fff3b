"""Archives from elsewhere: workbooks, documents and bundles are .zip files, and this is all that a damaged one may raise."""

from __future__ import annotations

import zipfile
import zlib

BROKEN_ARCHIVE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip

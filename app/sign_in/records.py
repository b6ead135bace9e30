"""What the audit log is told of signing in."""

from __future__ import annotations

import sys
from pathlib import Path

from indexes.audit_file import AuditFile
from indexes.sign_in_log import Outcome, SignInLog
from rag.errors import StoreError


class SignInRecords:
    """Each door writes its own; a log that cannot be written keeps nobody out."""

    def __init__(self, home: Path) -> None:
        self._log = SignInLog(AuditFile(home))

    def add(self, name: str, outcome: Outcome) -> None:
        """As `SignInLog.add`."""
        try:
            self._log.add(name, outcome)
        except StoreError as error:
            sys.stderr.write(f"footnote: {error}\n")

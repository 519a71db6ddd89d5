"""Verify an audit log of sealmatch from what is stored, trusting nothing that wrote it.

This package shares no code with `seal_service`: the format of entries, the tree, the notes and the
keys are written a second time from their documents, and databases are read through their plain
drivers. `tools/check_layers.py` and a test hold it to that.

Given a database or a folder it re-hashes every payload and entry, rebuilds the tree, compares every
tile, checkpoint, signature and cosignature, and says precisely what is wrong.
"""

from seal_audit_check.check import check
from seal_audit_check.findings import Finding, Report
from seal_audit_check.stretch import Stretch, check_stretch
from seal_audit_check.trust import Trust

__all__ = ["Finding", "Report", "Stretch", "Trust", "check", "check_stretch"]

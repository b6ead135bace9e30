"""Pages and files by their address, fetched so that nothing inside the network can be reached (SSRF)."""

from __future__ import annotations

from ingest.fetch.exchange import Limits
from ingest.fetch.guard import LOOPBACK, Guard
from ingest.fetch.page import Fetched, NotModified, fetch
from ingest.fetch.robots import Robots

__all__ = ["LOOPBACK", "Fetched", "Guard", "Limits", "NotModified", "Robots", "fetch"]

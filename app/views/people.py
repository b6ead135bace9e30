"""The people page, for admins: who may sign in, and as what."""

from __future__ import annotations

from app.components import people_table
from app.components.resources import door, person

opened = door()
if opened is not None:
    people_table.show(opened, person())

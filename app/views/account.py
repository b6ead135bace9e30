"""The account page: who is signed in, another password, and the way out."""

from __future__ import annotations

from app.components import account
from app.components.resources import door, person

opened = door()
if opened is not None:
    account.show(opened, person())

# SPDX-License-Identifier: BSD-2-Clause
"""How often a code may be wrong, and which codes are spent, across restarts when a folder is named."""
from __future__ import annotations

from typing import Optional

from ._handle import FilePath, Handle, Octets, make, octets
from .context import Context, context_or_new
from .errors import RejectedError


class Budget(Handle):
    """Shared by all responders and threads of a process; with a folder by several processes."""

    _object = "daotp_budget"

    def __init__(self, folder: Optional[FilePath] = None, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_budget", "new", context, folder))
        self._keep("context", context)

    def set_nodes(self, nodes: int) -> None:
        """How many servers, each with a state of its own, share every budget: 1 to 10. Call it first."""
        self._call("set_nodes", nodes)

    def open(self) -> None:
        """Open the folder now, so that a server can refuse to begin without it."""
        self._call_reported("open")

    def clear_user(self, user: str) -> None:
        """Forget what was counted of one user, named as SERVE-BUDGET-SPENT has it: SID or UPN."""
        self._call_reported("clear_user", user)

    def spend_step(self, secret: Octets, step: int) -> bool:
        """Spend a TOTP step: True when neither it nor a later one was spent before."""
        given = octets(secret) or b""
        try:
            self._call_reported("spend_step", given, len(given), step)
        except RejectedError:
            return False
        return True

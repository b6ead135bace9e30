"""This file says what the writing of an answer took: tokens, money and time."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Usage:
    """What writing an answer took, all its requests together; the short ones about what to search for do not count."""

    prompt_tokens: int
    completion_tokens: int
    is_estimated: bool
    """The endpoint told no tokens, or not all of them."""
    cost: float | None = None
    """US dollars at list prices; None where no price is known."""
    first_token_ms: float | None = None
    """From the last request to its first words; None where there were none."""
    reported_model: str = ""
    """What the endpoint says that it answered with; empty where it does not tell."""
    system_fingerprint: str = ""
    """What it says of the state that the model was in."""

    def __str__(self) -> str:
        """For a person: `read about 1,204 tokens, wrote 87, first word after 0.4 s, $0.0004`."""
        about = "about " if self.is_estimated else ""
        parts = [f"read {about}{self.prompt_tokens:,} tokens", f"wrote {about}{self.completion_tokens:,}"]
        parts += [] if self.first_token_ms is None else [f"first word after {self.first_token_ms / 1000:.1f} s"]
        parts.append("cost unknown" if self.cost is None else f"${self.cost:.4f}")
        return ", ".join(parts)

    def __add__(self, later: Usage) -> Usage:
        """Both together; what cannot be added up is that of the `later` one."""
        return replace(
            later,
            prompt_tokens=self.prompt_tokens + later.prompt_tokens,
            completion_tokens=self.completion_tokens + later.completion_tokens,
            is_estimated=self.is_estimated or later.is_estimated,
            cost=None if self.cost is None or later.cost is None else self.cost + later.cost,
        )

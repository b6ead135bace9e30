"""Answers that read everything relevant and not the nearest few passages: summaries, lists, comparisons."""

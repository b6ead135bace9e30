"""Boxes of letters or words joined as long as they stand on one line."""

from __future__ import annotations

from collections.abc import Iterable

Box = tuple[float, float, float, float]
"""(left, one edge, right, the other edge), the smaller edge first: counted from the top down or from below up."""


def joined_lines(boxes: Iterable[Box]) -> list[Box]:
    """One box for each line, for boxes in reading order."""
    lines: list[Box] = []
    for box in boxes:
        left, near, right, far = box
        if lines and near < lines[-1][3] and far > lines[-1][1] and left >= lines[-1][0]:
            last = lines[-1]
            lines[-1] = (last[0], min(last[1], near), max(last[2], right), max(last[3], far))
        else:
            lines.append(box)
    return lines

"""Passages of a table have its heads, as long as these leave room for a row."""

from tests.ingest.test_chunkers import chunks


def test_the_heads_of_a_wide_table_stay_whole_as_long_as_they_are_half_of_a_passage():
    names = [f"Total number {i}" for i in range(12)]
    row = "| " + " | ".join(str(100 + i) for i in range(12)) + " |"
    head = "| " + " | ".join(names) + " |"
    drafts = chunks("\n".join([head, "|---" * 12 + "|", *[row] * 20]), max_tokens=200)
    assert len(drafts) > 2
    assert {draft.context for draft in drafts[1:]} == {head}
    wide = "| " + " | ".join(f"Column of number {i}" for i in range(60)) + " |"
    drafts = chunks("\n".join([wide, "|---" * 60 + "|", *["| 1" * 60 + " |"] * 20]), max_tokens=200)
    assert all(draft.context.endswith("|") and wide.startswith(draft.context) for draft in drafts[1:] if draft.context)
    assert any(draft.context for draft in drafts)

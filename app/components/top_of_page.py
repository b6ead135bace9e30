"""Where a run of the whole page begins to draw."""

from __future__ import annotations

from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value


def begin() -> None:
    """Draw at the top of the page. A question that comes as the run of a part ends is answered in the thread of that
    part, and Streamlit would draw the page a second time, into the place of the part."""
    context_dg_stack.set(get_default_dg_stack_value())

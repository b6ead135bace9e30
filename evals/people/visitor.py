"""One person at the page without a browser: speaks to the server as its page does, so that twenty fit a machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from rag.errors import StoreError

_PATIENCE_S = 60.0
_LARGEST = 64 * 1024 * 1024
"""Bytes of one message: a page's first ones hold its components' code."""
_ANSWER = "footnote_answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one question, with times in seconds from when it was sent."""

    first_s: float
    """Until the question stood on the page."""
    answer_s: float
    """Until the answer with its sources stood below it."""
    ended_s: float
    """Until the server had ended its run."""
    questions: frozenset[str]
    """All that stood on the page as asked, this one included."""
    cited: str
    """The words that the answer quotes."""


class Visitor:
    """A page that is open while this is entered. Raises StoreError where the server goes silent or says it failed."""

    def __init__(self, address: str, page: str = "") -> None:
        """`page`: as its address ends, with what follows a question mark; without it the one to ask on."""
        self._address = address
        self._page, _, self._query = page.partition("?")
        self._input = ""
        self._open = ExitStack()
        self.opened_s = 0.0
        """Seconds from the first byte until the page stood there whole."""

    def __enter__(self) -> Self:
        start = time.monotonic()
        url = f"{self._address.replace('http', 'ws', 1)}/_stcore/stream"
        protocol = Subprotocol("streamlit")
        opening = connect(url, origin=Origin(self._address), subprotocols=[protocol], max_size=_LARGEST)
        self._socket = self._open.enter_context(opening)
        self._run(BackMsg())
        self.opened_s = time.monotonic() - start
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def ask(self, question: str) -> Reply:
        """Put a question, and wait for the end of what it starts."""
        if not self._input:
            raise StoreError("the page has no box to ask in")
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = self._input
        widget.chat_input_value.data = question
        start = time.monotonic()
        came: dict[str, float] = {}
        questions: set[str] = set()
        cited = ""

        def note(told: ForwardMsg) -> None:
            nonlocal cited
            element = told.delta.new_element
            at = time.monotonic() - start
            if element.HasField("text"):
                questions.add(element.text.body)
                if element.text.body == question:
                    came["first"] = at
            drawn = element.bidi_component
            if drawn.component_name == _ANSWER:  # the last of them: earlier ones are drawn again above it
                cited = " ".join(source["text"] for source in json.loads(drawn.json or drawn.mixed.json)["cited"])
                came["answer"] = at

        self._run(message, note)
        ended = time.monotonic() - start
        if not {"first", "answer"} <= came.keys():
            raise StoreError(f"no answer was drawn for {question!r}")
        return Reply(came["first"], came["answer"], ended, frozenset(questions), cited)

    def again(self) -> float:
        """Let the page run as any press on it does, and tell how many seconds that takes."""
        start = time.monotonic()
        self._run(BackMsg())
        return time.monotonic() - start

    def _run(self, message: BackMsg, note: Callable[[ForwardMsg], None] = lambda _: None) -> None:
        """Start a run of the page, and read until it has ended; `note` sees everything that comes."""
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = self._query  # set, though empty: else it is no rerun
        self._socket.send(message.SerializeToString())
        while True:
            try:
                told = ForwardMsg.FromString(self._socket.recv(timeout=_PATIENCE_S, decode=False))
            except TimeoutError as error:
                raise StoreError(f"the page said nothing for {_PATIENCE_S:.0f} s") from error
            if told.delta.new_element.alert.format == Alert.ERROR:
                raise StoreError(f"the page failed: {told.delta.new_element.alert.body}")
            if told.delta.new_element.HasField("chat_input"):
                self._input = told.delta.new_element.chat_input.id
            note(told)
            if (
                told.WhichOneof("type") == "script_finished"
                and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            ):
                return

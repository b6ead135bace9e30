"""A collector that is down, slow or talks nonsense costs no answer any time, and leaves no thread behind."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from indexes.telemetry import OtlpTracer
from rag.errors import ConfigError
from rag.settings import Settings
from rag.trace_settings import TraceSettings
from tests.collector import Collector, Reply, goes_on, hangs, takes, talks_nonsense, with_status

ROOT = Path(__file__).parents[2]
FAST_S = 2.0


def tracer(url: str, **bounds: float) -> OtlpTracer:
    return OtlpTracer(Settings(traces=TraceSettings(url, (("x-key", "given"),))), **bounds)


def n_threads() -> int:
    return sum(thread.name == "traces" for thread in threading.enumerate())


def until(condition: object, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():  # type: ignore[operator]
        time.sleep(0.02)
    return bool(condition())  # type: ignore[operator]


def test_spans_come_with_headers_and_the_senders_name():
    with Collector() as collector:
        made = tracer(collector.url)
        span = made.begin("outer", {"n": 1, "none": None})
        span.child("inner", {}).end()
        span.end()
        assert until(lambda: len(collector.spans()) == 2)  # without closing, too
        made.close()
    outer, inner = sorted(collector.spans(), key=lambda seen: seen.name, reverse=True)
    assert (outer.attributes, inner.parent) == ({"n": 1}, outer.id)
    assert collector.headers[0]["x-key"] == "given"
    assert collector.headers[0]["content-type"] == "application/x-protobuf"
    assert collector.resource()["service.name"] == "footnote"
    assert n_threads() == 0


def test_more_than_a_batch_comes_in_parts_and_of_too_many_the_latest():
    with Collector() as collector:
        made = tracer(collector.url)
        for number in range(3_000):
            made.begin("one", {"number": number}).end()
        made.close()
    numbers = [seen.attributes["number"] for seen in collector.spans()]
    assert numbers[-1] == 2_999
    assert 2_000 <= len(numbers) <= 3_000


def test_what_may_pass_is_tried_again():
    with Collector(with_status(503), takes) as collector:
        made = tracer(collector.url)
        made.begin("one", {}).end()
        assert until(lambda: len(collector.bodies) == 2)
        made.close()
    assert collector.bodies[0] == collector.bodies[1]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (hangs, "does not take them in time"),
        (goes_on, "does not take them in time"),
        (talks_nonsense, "is not there"),
        (with_status(401, b'{"error": "no sk-planted-0123456789"}'), "answers with status 401 (no)"),
        (with_status(302), "answers with status 302"),
        (with_status(500, b"x" * 1_000_000), "answers with status 500"),
    ],
)  # fmt: skip
def test_it_costs_nobody_any_time_and_is_told_once(reply: Reply, words: str, caplog: pytest.LogCaptureFixture):
    with Collector(reply) as collector, caplog.at_level(logging.WARNING, "footnote"):
        made = tracer(collector.url, seconds=2, closing=0.5)
        start = time.perf_counter()
        for _ in range(20):
            made.begin("one", {}).end()
        assert time.perf_counter() - start < FAST_S
        assert until(lambda: caplog.messages)
        made.begin("two", {}).end()
        start = time.monotonic()
        made.close()
        assert time.monotonic() - start < 15
        assert until(lambda: n_threads() == 0, 30)
    (told,) = caplog.messages
    assert words in told
    assert "sk-planted" not in caplog.text


def test_one_that_is_down(caplog: pytest.LogCaptureFixture):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/traces"
    made = tracer(url, seconds=0.5)
    made.begin("one", {}).end()
    assert until(lambda: caplog.messages)
    made.close()
    assert "is not there: these traces are dropped" in caplog.text
    assert n_threads() == 0


@pytest.mark.parametrize("reply", [hangs, goes_on])
def test_the_end_of_a_process_waits_a_few_seconds_at_most(reply: Reply):
    code = (
        "import sys, time; from tests.indexes.test_telemetry import tracer; made = tracer(sys.argv[1]); "
        "made.begin('one', {}).end(); print(time.time())"
    )
    with Collector(reply) as collector:
        command = [sys.executable, "-c", code, collector.url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        assert time.time() - float(done.stdout) < 6
    assert "does not take them in time" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_endpoint_nothing_is_imported_or_started():
    code = (
        "import sys, threading; from indexes.tracing import open_tracer; from rag.settings import Settings; "
        "import app.wiring; assert open_tracer(Settings.from_env({'OTEL_SDK_DISABLED': 'true', "
        "'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://x'})) is None; "
        "print([name for name in sys.modules if name.startswith('opentelemetry')], threading.active_count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[] 1"


def read(**environ: str) -> TraceSettings:
    return Settings.from_env(environ).traces


def test_the_standard_variables():
    base = "http://collector:4318"
    assert read() == TraceSettings()
    assert read(OTEL_EXPORTER_OTLP_ENDPOINT=f"{base}/").url == f"{base}/v1/traces"
    assert read(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"{base}/x", OTEL_EXPORTER_OTLP_ENDPOINT=base).url == f"{base}/x"
    assert read(OTEL_TRACES_EXPORTER="otlp").url == "http://localhost:4318/v1/traces"
    assert not read(OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT=base).url
    assert not read(OTEL_SDK_DISABLED="True", OTEL_EXPORTER_OTLP_ENDPOINT=base, OTEL_EXPORTER_OTLP_PROTOCOL="grpc").url
    found = read(OTEL_EXPORTER_OTLP_ENDPOINT=base, OTEL_EXPORTER_OTLP_HEADERS="a=b%20c,d=e=f")
    assert found.headers == (("a", "b c"), ("d", "e=f"))
    assert "b c" not in repr(found)
    named = read(OTEL_EXPORTER_OTLP_ENDPOINT=base, OTEL_RESOURCE_ATTRIBUTES="service.name=one,stage=test")
    assert dict(named.attributes) == {"service.name": "one", "stage": "test"}
    assert read(OTEL_EXPORTER_OTLP_ENDPOINT=base, OTEL_SERVICE_NAME="two").attributes == (("service.name", "two"),)
    assert read(
        OTEL_EXPORTER_OTLP_ENDPOINT=base, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="SPAN_ONLY"
    ).has_texts


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "sent by http/protobuf and not by 'grpc'"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317", "must start with http"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "planted", "OTEL_EXPORTER_OTLP_HEADERS must be like key=value"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "planted=%C3%A4", "OTEL_EXPORTER_OTLP_HEADERS must be like key=value"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "planted=\n", "OTEL_EXPORTER_OTLP_HEADERS must be like key=value"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "maybe", "'maybe' is not true or false"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_start(name: str, value: str, words: str):
    with pytest.raises(ConfigError, match=words) as error:
        read(**{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", name: value})
    assert "planted" not in str(error.value)


def test_an_address_without_a_host():
    with pytest.raises(ConfigError, match="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT='http://:1/x' is no address"):
        tracer("http://:1/x")

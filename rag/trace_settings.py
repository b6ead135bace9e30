"""Where traces go, by the standard variables of OpenTelemetry; without an endpoint nowhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.errors import ConfigError

Pairs = tuple[tuple[str, str], ...]

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
_TRACES_HEADERS = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES"
_SERVICE = "OTEL_SERVICE_NAME"
_DISABLED = "OTEL_SDK_DISABLED"
_TEXTS = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_EXPORTER = "OTEL_TRACES_EXPORTER"
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"
_USUAL = "http://localhost:4318"
_YES = ("true", "span_only", "span_and_event")
_NO = ("", "false", "no_content", "event_only")

TRACE_DEFAULTS: dict[str, str] = {
    _ENDPOINT: "",
    _TRACES_ENDPOINT: "",
    _HEADERS: "",
    _TRACES_HEADERS: "",
    _SERVICE: "footnote",
    _ATTRIBUTES: "",
    _TEXTS: "false",
    _DISABLED: "false",
}
"""Variable -> what holds where it is not set."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Where spans are sent to, and what they may say."""

    url: str = ""
    """Empty: nothing is traced."""
    headers: Pairs = field(default=(), repr=False)
    """They may hold a key."""
    attributes: Pairs = (("service.name", TRACE_DEFAULTS[_SERVICE]),)
    """Of whoever sends."""
    has_texts: bool = False
    """Whether questions, prompts and answers are in the spans."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> TraceSettings:
        """Read what the environment sets; raises ConfigError for what cannot be used, unless nothing is traced."""
        given = {name: value.strip() for name, value in environ.items() if name.startswith("OTEL_")}
        url = _url(given)
        if not url:
            return cls()
        protocol = next((given[name] for name in _PROTOCOLS if given.get(name)), _SPOKEN)
        if protocol != _SPOKEN:
            raise ConfigError(
                f"traces are sent by {_SPOKEN} and not by {protocol!r}: set {_PROTOCOLS[0]}={_SPOKEN} and "
                f"{_TRACES_ENDPOINT} to where the collector takes that, or {_DISABLED}=true"
            )
        if not url.startswith(("http://", "https://")) or not url.isprintable() or " " in url:
            raise ConfigError(f"{_ENDPOINT} and {_TRACES_ENDPOINT} must start with http:// or https://")
        headers = _TRACES_HEADERS if given.get(_TRACES_HEADERS) else _HEADERS
        service = {"service.name": TRACE_DEFAULTS[_SERVICE]} | dict(_pairs(_ATTRIBUTES, given))
        service |= {"service.name": given[_SERVICE]} if given.get(_SERVICE) else {}
        return cls(url, _pairs(headers, given), tuple(service.items()), _has_texts(given.get(_TEXTS, "").lower()))


def _url(given: Mapping[str, str]) -> str:
    exporters = given.get(_EXPORTER, "").lower()
    if given.get(_DISABLED, "").lower() == "true" or exporters not in ("", "otlp"):
        return ""
    if url := given.get(_TRACES_ENDPOINT):
        return url
    start = given.get(_ENDPOINT) or (_USUAL if exporters else "")
    return f"{start.rstrip('/')}/v1/traces" if start else ""


def _pairs(name: str, given: Mapping[str, str]) -> Pairs:
    """Of `key=value,key=value`, in which what is no plain sign is percent-encoded."""
    parts = [part.strip() for part in given.get(name, "").split(",") if part.strip()]
    pairs = tuple(tuple(_decoded(side.strip()) for side in part.partition("=")[::2]) for part in parts)
    texts = [text for key, value in pairs for text in ((key, value) if "HEADERS" in name else (key,))]
    if not all(map(str.isascii, texts)) or not all(
        key and value and (key + value).isprintable() for key, value in pairs
    ):
        raise ConfigError(
            f"{name} must be like key=value,key=value, without letters beyond ASCII in headers"
        )  # its values may be secret
    return pairs  # type: ignore[return-value]


def _decoded(text: str) -> str:
    signs = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())
    return signs.decode("utf-8", "replace")


def _has_texts(text: str) -> bool:
    if text not in _YES + _NO:
        raise ConfigError(f"{_TEXTS}={text!r} is not true or false")
    return text in _YES

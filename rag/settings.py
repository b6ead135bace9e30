"""Every setting of Footnote, read once at the edge from a mapping of names to text and passed on as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from rag.address_secrets import address_secrets
from rag.demands import read_demand
from rag.errors import ConfigError, InputError
from rag.trace_settings import TraceSettings

CHUNKERS = ("fixed", "sentence", "recursive", "semantic", "structure")
INDEX_KINDS = ("faiss", "chroma")
QUERY_WAYS = ("multi", "hyde", "parts", "hops")
MASKS = ("off", "remote", "always")
AGENTS = ("off", "auto", "try")
REWRITES = ("off", "once")
SWITCH = ("off", "on")
AUDITS = ("off", "hashes", "texts")
KEEPS = ("off", "auto", "always")
SIGN_INS = ("off", "file", "oidc")
LANGUAGES = ("auto", "en", "de")
UNKNOWN_ROLES = ("none", "reader", "editor")
"""What somebody may do whom a provider of OpenID Connect knows, and the file of users does not."""
MOST_THREADS = 512
"""llama.cpp knows no more."""
CHAT_PROFILES = ("auto", "openai", "vllm", "ollama", "llama.cpp", "lmstudio", "gguf", "anthropic", "compatible")


@dataclass(frozen=True, slots=True)
class Settings:
    """Plain values with the defaults of a laptop without network, key or GPU."""

    home: Path = Path("indexes/data")
    host: str = "127.0.0.1"
    port: int = 8501
    language: str = "auto"
    sign_in: str = "off"
    oidc_role: str = "reader"
    embedder: str = "minilm"
    index: str = "faiss"
    chunker: str = "structure"
    chunk_tokens: int = 200
    chunk_overlap: int = 0
    dense_weight: float | Literal["auto"] = "auto"
    reranker: str = "late"
    top_k: int = 8
    query: str = ""
    agent: str = "auto"
    agent_steps: int = 6
    max_file_mb: int = 200
    max_question_files: int = 200
    undo_days: int = 7
    workers: int = 1
    fetch_networks: str = ""
    fetch_ports: str = "80 443"
    chat_model: str = ""
    chat_profile: str = "auto"
    chat_threads: int | Literal["auto"] = "auto"
    base_url: str = "https://api.openai.com/v1"
    api_key: str = field(default="", repr=False)
    anthropic_key: str = field(default="", repr=False)
    context_tokens: int | Literal["auto"] = "auto"
    temperature: float = 0.0
    top_p: float = 1.0
    sample_top_k: int = 0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    repetition_penalty: float = 1.0
    seed: int | Literal["auto"] = "auto"
    rewrite: str = "off"
    max_answer_tokens: int = 512
    timeout: float = 60.0
    fallback_model: str = ""
    fallback_url: str = ""
    fallback_key: str = field(default="", repr=False)
    model_gate: str = ""
    datamarking: str = "off"
    mask: str = "remote"
    filter: str = "stream"
    filter_patterns: str = ""
    filter_failure: str = "withhold"
    moderation: str = ""
    moderation_key: str = field(default="", repr=False)
    conversations: str = "auto"
    audit: str = "hashes"
    audit_days: int = 90
    questions_per_minute: int = 0
    all_questions_per_minute: int = 0
    daily_tokens: int = 0
    daily_dollars: float = 0.0
    user_daily_tokens: int = 0
    user_daily_dollars: float = 0.0
    traces: TraceSettings = TraceSettings()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not get into a log, a trace or a message."""
        keys = (self.api_key, self.anthropic_key, self.fallback_key, self.moderation_key)
        places = (self.base_url, self.fallback_url, self.moderation, self.traces.url)
        signed = (secret for place in places for secret in address_secrets(place))
        return (*keys, *signed, *(value for _, value in self.traces.headers))

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read what the environment sets; raises ConfigError naming an unknown name or a value outside its range."""
        unknown = sorted(n for n in environ if n.startswith("FOOTNOTE_") and n not in ENV_NAMES.values())
        if unknown:
            raise ConfigError("; ".join([*map(_unknown, unknown), ".env.example explains every one"]))
        given = {name: environ[env].strip() for name, env in ENV_NAMES.items() if environ.get(env, "").strip()}
        read = {name: _READ[name](ENV_NAMES[name], text) for name, text in given.items()}
        return cls(**read, traces=TraceSettings.from_env(environ))


def _unknown(name: str) -> str:
    """What is told of a name that is none, with the nearest one, however the two begin."""
    short = {other.removeprefix("FOOTNOTE_"): other for other in ENV_NAMES.values()}
    near = get_close_matches(name.removeprefix("FOOTNOTE_"), short, 1)
    return f"there is no setting {name}" + (f", but {short[near[0]]}" if near else "")


ENV_NAMES: dict[str, str] = {
    "home": "FOOTNOTE_HOME",
    "host": "HOST",
    "port": "PORT",
    "chat_model": "FOOTNOTE_CHAT_MODEL",
    "base_url": "OPENAI_BASE_URL",
    "api_key": "OPENAI_API_KEY",
    "anthropic_key": "ANTHROPIC_API_KEY",
} | {
    one.name: f"FOOTNOTE_{one.name.upper()}"
    for one in fields(Settings)
    if one.name not in {"home", "host", "port", "chat_model", "base_url", "api_key", "anthropic_key", "traces"}
}
"""Field of Settings -> the environment variable that sets it; `traces` has several."""


CHOOSABLE = (
    "dense_weight",
    "reranker",
    "top_k",
    "query",
    "agent",
    "agent_steps",
    "chat_model",
    "chat_profile",
    "base_url",
    "context_tokens",
    "temperature",
    "top_p",
    "max_answer_tokens",
    "rewrite",
    "datamarking",
    "timeout",
    "max_question_files",
    "undo_days",
    "audit_days",
    "questions_per_minute",
    "all_questions_per_minute",
    "daily_tokens",
    "daily_dollars",
    "user_daily_tokens",
    "user_daily_dollars",
)
"""Fields of Settings that an admin may choose on the page: none that opens files or networks of the machine."""


def counting(chosen: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What counts of the variables that were `chosen` on the page, beside those that were `given` otherwise: an address
    does not where a key is set, since whoever chose it would have the key sent there."""
    key = has_key(given)
    return {name: text for name, text in chosen.items() if not (key and name == ENV_NAMES["base_url"])}


def has_key(given: Mapping[str, str]) -> str:
    """The variable that sets a key for the chat endpoint; empty where none does."""
    names = (ENV_NAMES["api_key"], ENV_NAMES["anthropic_key"])
    return next((name for name in names if given.get(name, "").strip()), "")


SAMPLING = {
    "temperature": "Temperature",
    "top_p": "Top p",
    "sample_top_k": "Top k",
    "max_answer_tokens": "Longest answer, in tokens",
    "frequency_penalty": "Frequency penalty",
    "presence_penalty": "Presence penalty",
    "repetition_penalty": "Repetition penalty",
    "seed": "Seed",
}
"""Fields of Settings that say how a chat model writes -> what they are called for a person."""


def with_sampling(settings: Settings, given: Mapping[str, str]) -> Settings:
    """The settings with other values for fields of SAMPLING, within the same ranges as in the environment; raises
    ConfigError."""
    return replace(settings, **{name: _READ[name](SAMPLING[name], text.strip()) for name, text in given.items()})


def sampling_of(settings: Settings) -> dict[str, Any]:
    """Field of SAMPLING -> its value."""
    return {name: getattr(settings, name) for name in SAMPLING}


def _integer(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or len(text) > 18 or not low <= int(text) <= high:
            raise ConfigError(f"{name}={text!r} must be a whole number from {low} to {high}")
        return int(text)

    return read


def _number(low: float, high: float) -> Callable[[str, str], float]:
    def read(name: str, text: str) -> float:
        is_plain = text.isascii() and "_" not in text
        try:
            value = float(text) if is_plain else float("nan")
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ConfigError(f"{name}={text!r} must be a number from {low:g} to {high:g}")
        return value

    return read


def _or_auto(read: Callable[[str, str], float]) -> Callable[[str, str], float | str]:
    def read_either(name: str, text: str) -> float | str:
        try:
            return "auto" if text == "auto" else read(name, text)
        except ConfigError as error:
            raise ConfigError(f"{error}, or auto") from None

    return read_either


def _choice(options: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in options:
            raise ConfigError(f"{name}={text!r} is not one of {', '.join(options)}")
        return text

    return read


def _some_of(options: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        given = text.replace(",", " ").split()
        if unknown := [part for part in given if part not in options]:
            raise ConfigError(f"{name}={text!r}: {unknown[0]!r} is not one of {', '.join(options)}")
        return ",".join(dict.fromkeys(given))

    return read


def _url(name: str, text: str) -> str:
    if not text.startswith(("http://", "https://")) or not text.isprintable() or " " in text:
        raise ConfigError(f"{name}={text!r} must start with http:// or https:// and have no blanks in it")
    host = text.split("/")[2].rpartition("@")[2]
    if host in ("", ":") or host.startswith("[") != ("]" in host):
        raise ConfigError(f"{name}={text!r} names no host")
    return text.rstrip("/")


def _folder(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{name}={text!r} names the home of a user who is not known here") from error


def _networks(name: str, text: str) -> str:
    try:
        return " ".join(str(ip_network(part)) for part in text.split())
    except ValueError as error:
        raise ConfigError(f"{name}={text!r} must be networks such as 10.0.0.0/8, with blanks between them") from error


def _ports(name: str, text: str) -> str:
    return " ".join(str(_integer(1, 65535)(name, part)) for part in text.split())


def _demands(name: str, text: str) -> str:
    try:
        return ", ".join(read_demand(one.strip()).text for one in text.split(","))
    except InputError as error:
        raise ConfigError(f"{name}: {error}, with commas between several") from None


def _text(_name: str, text: str) -> str:
    return text


_READ: dict[str, Callable[[str, str], Any]] = {
    "home": _folder,
    "host": _text,
    "port": _integer(1, 65535),
    "language": _choice(LANGUAGES),
    "sign_in": _choice(SIGN_INS),
    "oidc_role": _choice(UNKNOWN_ROLES),
    "embedder": _text,
    "index": _choice(INDEX_KINDS),
    "chunker": _choice(CHUNKERS),
    "chunk_tokens": _integer(32, 8000),
    "chunk_overlap": _integer(0, 4000),
    "dense_weight": _or_auto(_number(0, 1)),
    "reranker": _text,
    "top_k": _integer(1, 100),
    "query": _some_of(QUERY_WAYS),
    "agent": _choice(AGENTS),
    "agent_steps": _integer(1, 30),
    "max_file_mb": _integer(1, 10_000),
    "max_question_files": _integer(1, 1000),
    "undo_days": _integer(0, 3650),
    "workers": _integer(0, 64),
    "fetch_networks": _networks,
    "fetch_ports": _ports,
    "chat_model": _text,
    "chat_profile": _choice(CHAT_PROFILES),
    "chat_threads": _or_auto(_integer(1, MOST_THREADS)),
    "base_url": _url,
    "api_key": _text,
    "anthropic_key": _text,
    "context_tokens": _or_auto(_integer(256, 100_000_000)),
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "sample_top_k": _integer(0, 100_000),
    "frequency_penalty": _number(-2, 2),
    "presence_penalty": _number(-2, 2),
    "repetition_penalty": _number(0.1, 10),
    "seed": _or_auto(_integer(0, 2**31 - 1)),
    "rewrite": _choice(REWRITES),
    "max_answer_tokens": _integer(1, 100_000),
    "timeout": _number(1, 3600),
    "fallback_model": _text,
    "fallback_url": _url,
    "fallback_key": _text,
    "model_gate": _demands,
    "datamarking": _choice(SWITCH),
    "mask": _choice(MASKS),
    "filter": _choice(("stream", "hold")),
    "filter_patterns": _text,
    "filter_failure": _choice(("withhold", "show")),
    "moderation": _url,
    "moderation_key": _text,
    "conversations": _choice(KEEPS),
    "audit": _choice(AUDITS),
    "audit_days": _integer(1, 36_500),
    "questions_per_minute": _integer(0, 100_000),
    "all_questions_per_minute": _integer(0, 100_000),
    "daily_tokens": _integer(0, 10**15),
    "daily_dollars": _number(0, 1e9),
    "user_daily_tokens": _integer(0, 10**15),
    "user_daily_dollars": _number(0, 1e9),
}

"""What is known beforehand of endpoints: addresses, what they support, lengths, prices.

`None` stands for what is not known, and is shown so: many of these things depend on the model or on how a server was
started, and a guess would be worse than nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of the request and of the answer, as listed, without discounts."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (self.prompt * prompt_tokens + self.completion * completion_tokens) / 1_000_000


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of which length and price are fixed."""

    context_tokens: int
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of endpoint. `repetition_penalty` is how it calls that parameter; empty where it has none."""

    name: str
    title: str
    base_url: str = ""
    json_schema: bool | None = None
    tools: bool | None = None
    logprobs: bool | None = None
    seed: bool | None = None
    top_k: bool | None = None
    repetition_penalty: str = "repetition_penalty"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """That it wants with every question about itself."""
    models: Mapping[str, KnownModel] = field(default_factory=lambda: MappingProxyType({}))
    """By their exact names: a dated snapshot may cost more or less than the name without its date."""

    def takes(self, parameter: str) -> bool:
        """Whether it can be asked with this parameter of a request; True where that is not known."""
        if parameter == "repetition_penalty":
            return bool(self.repetition_penalty)
        return (self.seed if parameter == "seed" else self.top_k if parameter == "top_k" else None) is not False

    def price(self, model: str) -> Price | None:
        """None where it is not known, or nobody is paid."""
        known = self.models.get(model)
        return None if known is None else known.price


_OPENAI_MODELS = {
    "gpt-3.5-turbo": KnownModel(16_385, Price(0.5, 1.5)),
    "gpt-4": KnownModel(8_192, Price(30, 60)),
    "gpt-4-turbo": KnownModel(128_000, Price(10, 30)),
    "gpt-4o": KnownModel(128_000, Price(2.5, 10)),
    "gpt-4o-mini": KnownModel(128_000, Price(0.15, 0.6)),
    "gpt-4.1": KnownModel(1_047_576, Price(2, 8)),
    "gpt-4.1-mini": KnownModel(1_047_576, Price(0.4, 1.6)),
    "gpt-4.1-nano": KnownModel(1_047_576, Price(0.1, 0.4)),
    "gpt-5": KnownModel(400_000, Price(1.25, 10)),
    "gpt-5-mini": KnownModel(400_000, Price(0.25, 2)),
    "gpt-5-nano": KnownModel(400_000, Price(0.05, 0.4)),
    "o3": KnownModel(200_000, Price(2, 8)),
    "o3-mini": KnownModel(200_000, Price(1.1, 4.4)),
    "o4-mini": KnownModel(200_000, Price(1.1, 4.4)),
}
"""List prices of 2025 and 2026."""

OPENAI = Profile(
    name="openai",
    title="OpenAI",
    base_url="https://api.openai.com/v1",
    json_schema=True,
    tools=True,
    seed=True,
    top_k=False,
    repetition_penalty="",
    models=MappingProxyType(_OPENAI_MODELS),
)
VLLM = Profile(
    name="vllm",
    title="vLLM",
    base_url="http://127.0.0.1:8000/v1",
    json_schema=True,
    logprobs=True,
    seed=True,
    top_k=True,
)
OLLAMA = Profile(
    name="ollama",
    title="Ollama",
    base_url="http://127.0.0.1:11434/v1",
    json_schema=True,
    seed=True,
    top_k=False,
    repetition_penalty="",
)
LLAMA_CPP = Profile(
    name="llama.cpp",
    title="llama.cpp",
    base_url="http://127.0.0.1:8080/v1",
    json_schema=True,
    logprobs=True,
    seed=True,
    top_k=True,
    repetition_penalty="repeat_penalty",
)
LM_STUDIO = Profile(
    name="lmstudio",
    title="LM Studio",
    base_url="http://127.0.0.1:1234/v1",
    json_schema=True,
    tools=True,
    seed=True,
    top_k=True,
    repetition_penalty="repeat_penalty",
)
GGUF = replace(LLAMA_CPP, name="gguf", title="llama.cpp in a process of the app", base_url="")
_ANTHROPIC_MODELS = {
    "claude-fable-5-1": KnownModel(1_000_000, Price(10, 50)),
    "claude-fable-5": KnownModel(1_000_000, Price(10, 50)),
    "claude-opus-5-5": KnownModel(1_000_000, Price(4, 20)),
    "claude-opus-5": KnownModel(1_000_000, Price(5, 25)),
    "claude-sonnet-5-5": KnownModel(1_000_000, Price(2, 10)),
    "claude-sonnet-5": KnownModel(1_000_000, Price(2, 10)),
    "claude-haiku-5-5": KnownModel(1_000_000),
    "claude-opus-4-6": KnownModel(1_000_000, Price(5, 25)),
    "claude-opus-4-5": KnownModel(200_000, Price(5, 25)),
    "claude-sonnet-4-5": KnownModel(200_000, Price(3, 15)),
    "claude-haiku-4-5": KnownModel(200_000, Price(1, 5)),
}
"""List prices of 2026, where one stands for requests of any length."""

ANTHROPIC = Profile(
    name="anthropic",
    title="Anthropic",
    base_url="https://api.anthropic.com/v1",
    json_schema=True,
    tools=True,
    logprobs=False,
    seed=False,
    repetition_penalty="",
    headers=MappingProxyType({"anthropic-version": "2023-06-01"}),
    models=MappingProxyType(_ANTHROPIC_MODELS),
)
COMPATIBLE = Profile(name="compatible", title="an OpenAI-compatible endpoint")

PROFILES = {one.name: one for one in (OPENAI, VLLM, OLLAMA, LLAMA_CPP, LM_STUDIO, GGUF, ANTHROPIC, COMPATIBLE)}


def profile_of(settings: Settings) -> Profile:
    """The one that is set, else the one that model or address tell for certain, else `compatible`."""
    if settings.chat_profile != "auto":
        return PROFILES[settings.chat_profile]
    if names_file(settings.chat_model):
        return GGUF
    own = (one for one in (OPENAI, ANTHROPIC) if _host(settings.base_url) == _host(one.base_url))
    return next(own, COMPATIBLE)


def names_file(model: str) -> bool:
    """Whether a model's name is the path of a file: endpoints have names such as `models/some.gguf`, too."""
    return model.endswith(".gguf") and model.startswith(("/", "~", "."))


def with_address(settings: Settings) -> Settings:
    """With the profile's own address, where one is chosen and no address is set."""
    own = PROFILES[settings.chat_profile].base_url if settings.chat_profile != "auto" else ""
    return replace(settings, base_url=own) if own and settings.base_url == Settings().base_url else settings


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

"""This file finds out what an endpoint is and how long its context is, from what it tells about itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from app.chat_profiles import ANTHROPIC, COMPATIBLE, LLAMA_CPP, LM_STUDIO, OLLAMA, OPENAI, VLLM, Profile
from app.inquiry import Inquiry
from rag.inert import visible
from rag.tokens import Counter, estimated

_USUAL_CONTEXT = 4096
"""Tokens with which Ollama and LM Studio load a model of any length, unless they are told otherwise."""
_LEAST, _MOST = 128, 100_000_000
_N_MODELS = 1_000
_LENGTHS = ("max_model_len", "context_length", "max_context_length", "context_window")
"""What lists of models call the context length: vLLM, OpenRouter and others, Mistral, Groq."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an endpoint and its model."""

    profile: Profile = COMPATIBLE
    context_tokens: int | None = None
    """What request and answer share; None where it is not known."""
    is_assumed: bool = False
    """The context length is what such a server usually has, for it does not tell."""
    version: str = ""
    models: tuple[str, ...] = ()
    """What the endpoint offers, as far as it tells."""
    tools: bool | None = None
    count: Counter = field(default=estimated, compare=False)
    """How its tokens are counted, or estimated."""

    @property
    def tells(self) -> bool:
        """The endpoint has told something."""
        return bool(self.models or self.version or self.context_tokens)


def known(profile: Profile, model: str) -> Found:
    """What is known without a request."""
    fixed = profile.models.get(model)
    return Found(profile, None if fixed is None else fixed.context_tokens, tools=profile.tools)


def looked_up(inquiry: Inquiry, model: str, first: Found, *, is_certain: bool) -> Found:
    """`first` with what the endpoint tells. `is_certain`: its profile is set, so no other is looked for."""
    if first.profile is OPENAI:
        return first
    models = inquiry.models()
    listed = _list(_object(models).get("data"))
    first = replace(first, models=tuple(names_in(models)))
    own = next((one for one in listed if one.get("id") == model), {})
    length = next(filter(None, (_length(own.get(name)) for name in _LENGTHS)), None)
    for profile in [first.profile] if is_certain else _likely(own or next(iter(listed), {})):
        look = _LOOKS.get(profile.name)
        if look and (told := look(inquiry, model, replace(first, profile=profile, tools=profile.tools))):
            return told if told.context_tokens else replace(told, context_tokens=length)
    return replace(first, context_tokens=length)


def names_in(models: object) -> list[str]:
    """The names in an endpoint's list of models."""
    names = (_text(one.get("id")) for one in _list(_object(models).get("data"))[:_N_MODELS])
    return [name for name in names if name]


def _likely(listed: dict[str, Any]) -> Iterator[Profile]:
    """What it may be, by whom its list names as the owner of a model; else all that can be asked."""
    named = {"vllm": VLLM, "llamacpp": LLAMA_CPP, "library": OLLAMA, "organization_owner": LM_STUDIO}
    owner = named.get(_text(listed.get("owned_by")))
    if owner is not None:
        yield owner
    yield from (profile for profile in (OLLAMA, LLAMA_CPP, LM_STUDIO) if profile is not owner)


def _vllm(inquiry: Inquiry, _model: str, first: Found) -> Found:
    return replace(first, version=_text(_object(inquiry.ask("/version")).get("version")))


def _ollama(inquiry: Inquiry, model: str, first: Found) -> Found | None:
    """The context that the model was loaded with, else that of its own settings, else Ollama's usual one."""
    version = _text(_object(inquiry.ask("/api/version")).get("version"))
    if not version:
        return None
    shown = _object(inquiry.ask("/api/show", {"model": model}))
    loaded = _list(_object(inquiry.ask("/api/ps")).get("models"))
    same = {model, f"{model}:latest"}
    length = next((_length(one.get("context_length")) for one in loaded if one.get("name") in same), None)
    if length is None:
        num_ctx = re.search(r"^num_ctx\s+(\d{1,9})\s*$", _text(shown.get("parameters")), re.MULTILINE)
        length = _length(int(num_ctx[1])) if num_ctx else None
    able = shown.get("capabilities")
    tools = "tools" in able if isinstance(able, list) else None
    first = replace(first, version=version, context_tokens=length, tools=tools)
    if length is None and shown:
        info = _object(shown.get("model_info"))
        most = next((_length(value) for name, value in info.items() if name.endswith(".context_length")), None)
        return replace(first, context_tokens=min(most or _USUAL_CONTEXT, _USUAL_CONTEXT), is_assumed=True)
    return first


def _llama_cpp(inquiry: Inquiry, _model: str, first: Found) -> Found | None:
    props = _object(inquiry.ask("/props"))
    settings = _object(props.get("default_generation_settings"))
    if not settings:
        return None
    length = _length(settings.get("n_ctx")) or _length(props.get("n_ctx"))
    return replace(first, context_tokens=length, version=_text(props.get("build_info")))


def _lm_studio(inquiry: Inquiry, model: str, first: Found) -> Found | None:
    listed = _list(_object(inquiry.ask("/api/v0/models")).get("data"))
    if not any("max_context_length" in one for one in listed):
        return None
    own = next((one for one in listed if one.get("id") == model), {})
    length, most = _length(own.get("loaded_context_length")), _length(own.get("max_context_length"))
    if length is None and most is not None:
        return replace(first, context_tokens=min(most, _USUAL_CONTEXT), is_assumed=True)
    return replace(first, context_tokens=length)


def _anthropic(inquiry: Inquiry, model: str, first: Found) -> Found:
    told = _object(inquiry.ask(f"/v1/models/{model}"))
    return replace(first, context_tokens=_length(told.get("max_input_tokens")) or first.context_tokens)


_LOOKS: dict[str, Callable[[Inquiry, str, Found], Found | None]] = {
    VLLM.name: _vllm,
    OLLAMA.name: _ollama,
    LLAMA_CPP.name: _llama_cpp,
    LM_STUDIO.name: _lm_studio,
    ANTHROPIC.name: _anthropic,
}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return visible(value[:4_000]).strip() if isinstance(value, str) else ""


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and _LEAST <= value <= _MOST else None

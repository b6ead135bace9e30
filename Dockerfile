# Footnote in one image; the embedding model comes with its packages, so nothing is downloaded when it runs.
#   CPU:  docker build -t footnote .
#   GPU:  docker build -t footnote:gpu --build-arg REQUIREMENTS=requirements-gpu.txt .     (the CUDA libraries are Python packages)
# PIP_EXTRA_INDEX_URL names a further package index, e.g. one with CPU builds of torch, which spares the CPU image several GB.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

ARG REQUIREMENTS=requirements.txt
ARG PIP_EXTRA_INDEX_URL=""

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    ANONYMIZED_TELEMETRY=False \
    HOST=0.0.0.0 \
    PORT=8501 \
    FOOTNOTE_HOME=/data

# The user first, then the packages, then the code: a change of code installs nothing again.
RUN useradd --create-home --uid 10001 footnote \
    && mkdir /data \
    && chown footnote:footnote /data

WORKDIR /app

COPY requirements.txt requirements-gpu.txt requirements-local.txt requirements-anthropic.txt requirements-oidc.txt ./
RUN PIP_EXTRA_INDEX_URL="${PIP_EXTRA_INDEX_URL}" \
    python -m pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore -r "${REQUIREMENTS}"

COPY LICENSE .env.example ./
COPY .streamlit .streamlit
COPY samples samples
COPY rag rag
COPY indexes indexes
COPY ingest ingest
COPY app app
COPY evals evals
COPY training training
RUN python -m compileall -q rag indexes ingest app evals training

USER footnote
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/_stcore/health', timeout=4)"]

CMD ["python", "-m", "app.serve"]

"""The pinned packages: known holes stay closed, licences stay permissive, and the list says what the code imports."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from pathlib import Path

import pytest
from packaging.version import Version

from tests.test_architecture import LAYERS, SOURCES, imported

ROOT = Path(__file__).parents[1]
RUNTIME, GPU, DEV = "requirements.txt", "requirements-gpu.txt", "requirements-dev.txt"
OPTIONAL = ["requirements-local.txt", "requirements-anthropic.txt", "requirements-oidc.txt"]
"""Parts of the app that are installed beside by those who use them."""

AT_LEAST = {
    "faiss-cpu": "1.15.1",  # reading a hostile index: heap overflows, endless loops
    "faiss-gpu": "1.15.1",
    "pypdf": "6.16.1",  # loops and decompression bombs in PDF files
    "pdfminer.six": "20251230",  # CVE-2025-64512: unpickled data next to a PDF
    "lxml": "6.1",  # CVE-2026-41066: iterparse resolved external entities
    "starlette": "1.1.0",  # CVE-2026-48818
    "python-multipart": "0.0.22",  # CVE-2026-24486
    "langchain-core": "1.2.5",  # CVE-2025-68664: a user's dict revived as an object
    "apsw": "3.51.3",  # SQLite's WAL-reset bug
    "ray": "2.54",  # CVE-2026-27482
}
ABSENT = {"litellm", "PyMuPDF", "faiss"}
"""litellm: stolen releases in March 2026. PyMuPDF: AGPL."""

PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL-2\.0|any-OSI|CNRI|BSL-1\.0|Zlib|HPND", re.I
)
COPYLEFT = re.compile(r"\b[AL]?GPL|General Public License", re.I)


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", requirement.split("==", maxsplit=1)[0]).lower()


def pins(file: str, part: slice = slice(None)) -> dict[str, str]:
    """Name -> version; `part` picks the direct ones (before the `# ---` line) or the rest."""
    text = "".join((ROOT / file).read_text(encoding="utf-8").split("# ---")[part])
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {name_of(line): line.split("==")[1] for line in lines if "==" in line}


def direct(file: str) -> dict[str, str]:
    return pins(file, slice(0, 1))


@pytest.mark.parametrize(
    "file", [RUNTIME, GPU, DEV, *OPTIONAL, "requirements-test-model.txt", "requirements-bench.txt"]
)
def test_every_line_is_an_exact_pin(file: str):
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    odd = [
        line
        for line in lines
        if line and not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+|-r requirements\.txt", line)
    ]
    assert not odd


@pytest.mark.parametrize("file", [RUNTIME, GPU, DEV, *OPTIONAL, "requirements-bench.txt"])
def test_known_holes_are_closed(file: str):
    chosen = pins(file)
    old = {
        n: chosen[name_of(n)]
        for n, least in AT_LEAST.items()
        if name_of(n) in chosen and Version(chosen[name_of(n)]) < Version(least)
    }
    assert not old
    assert not {name_of(name) for name in ABSENT} & set(chosen)


def test_installed_is_what_is_pinned():
    wanted = pins(RUNTIME) | pins(DEV)
    assert all(wanted.get(name, pin) == pin for file in OPTIONAL for name, pin in pins(file).items())
    assert {name: installed(name) for name in wanted} == wanted


def installed(name: str) -> str:
    try:
        return version(name).split("+")[0]  # 2.13.0+cpu is a build of 2.13.0
    except PackageNotFoundError:
        return "not installed"


def test_the_gpu_list_differs_only_in_gpu_packages():
    cpu, gpu = pins(RUNTIME), pins(GPU)
    assert cpu.keys() - gpu.keys() == {"faiss-cpu"}
    assert all(gpu[name] == cpu[name] for name in cpu.keys() & gpu.keys())
    assert all(re.match(r"faiss-gpu|nvidia-|cuda-|triton", name) for name in gpu.keys() - cpu.keys())


@pytest.mark.parametrize("name", sorted({name for file in (RUNTIME, *OPTIONAL) for name in pins(file)}))
def test_what_ships_is_permissively_licensed(name: str):
    said = licence(name)
    assert PERMISSIVE.search(said), f"{name} has the licence {said!r}: judge it and add it here"
    assert not COPYLEFT.search(said), f"{name} is under {said!r}, which must not ship"


def licence(name: str) -> str:
    about = distribution(name).metadata
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return " ".join([about.get("License-Expression") or "", (about.get("License") or "")[:200], *classifiers])


@pytest.mark.parametrize("layer", LAYERS)
def test_the_first_part_lists_what_the_code_imports(layer: str):
    """Optional parts are listed apart; the comparisons and benchmarks in evals may use what only development needs."""
    listed = direct(RUNTIME).keys() | (direct(DEV).keys() if layer == "evals" else set())
    listed |= {name for file in OPTIONAL for name in direct(file)} if layer == "app" else set()
    paths = [path for path in SOURCES if path.startswith(f"{layer}/")]
    vendors = (
        {name.split(".")[0] for path in paths for name in imported(path)} - set(sys.stdlib_module_names) - set(LAYERS)
    )
    owners = packages_distributions()
    unlisted = {vendor for vendor in vendors if not {name_of(owner) for owner in owners.get(vendor, [])} & listed}
    assert not unlisted, f"imported but not in the first part of {RUNTIME}: {unlisted}"


def test_no_package_runs_code_when_python_starts():
    """A `.pth` line that begins with `import` runs at every start; a stolen release used one. These are known."""
    known = {"distutils-precedence.pth"}  # setuptools
    folder = Path(distribution("pip").locate_file(""))  # type: ignore[arg-type]
    running = {
        path.name
        for path in folder.glob("*.pth")
        if any(line.startswith("import") for line in path.read_text(encoding="utf-8").splitlines())
    }
    assert running <= known

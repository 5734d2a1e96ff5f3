"""What is installed, and who imports whom."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import contrastive_core

ROOT = Path(__file__).resolve().parent.parent

HELD = (".py", ".json")
"""What a wheel holds: modules, and schemas."""


def test_the_wheel_holds_exactly_two_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("contrastive_core", "cli"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("contrastive_core-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}
    core = ROOT / "contrastive_core"
    modules = {str(path.relative_to(ROOT)) for path in core.rglob("*") if path.suffix in HELD}
    shell = {
        str(Path("contrast_cli") / path.relative_to(ROOT / "cli"))
        for path in (ROOT / "cli").rglob("*.py")
    }
    assert top == {"contrastive_core", "contrast_cli"}
    assert modules | shell <= set(names)
    assert {"contrastive_core/py.typed", "contrast_cli/py.typed"} <= set(names)
    assert "contrast_cli/schema/contrast-1.json" in names


def _imports(path: Path) -> set[str]:
    """Modules that a file imports, relative ones resolved to dotted paths from the root."""
    package = path.relative_to(ROOT).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else ()
            found.add(".".join((*base, *(node.module or "").split("."))).rstrip("."))
    return found


def test_the_core_knows_nothing_of_the_command_line() -> None:
    for path in (ROOT / "contrastive_core").rglob("*.py"):
        tops = {name.split(".")[0] for name in _imports(path)}
        assert not tops & {"cli", "contrast_cli", "click", "rich"}, path


def test_the_core_never_prints_or_exits() -> None:
    for path in (ROOT / "contrastive_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "exit", "input"}, path


ORDER = (
    ("plain_text",),
    ("errors", "version", "vocabulary"),
    ("numerics", "parameters"),
    ("resources", "conventions", "bad_rows", "whole_files"),
    ("sources",),
    ("prepared", "scores"),
    ("tables",),
    ("tiles", "reductions", "labelled", "rows", "dialects", "bootstrap"),
    ("problem", "losses", "engines", "memory", "samples", "dropped"),
    ("plan",),
    ("standing",),
    ("evaluation", "score_rows", "duplicates"),
    ("inputs", "evaluate"),
    ("pairing",),
    ("collapse",),
    ("diagnosis",),
    ("summary",),
    ("geometry", "hardness", "holdings"),
    ("session",),
    ("gate",),
)
"""Rooms of the core from left to right: a room imports rooms to its left, and itself."""


def test_the_core_imports_from_left_to_right() -> None:
    place = {room: position for position, rooms in enumerate(ORDER) for room in rooms}
    for path in (ROOT / "contrastive_core").rglob("*.py"):
        own = path.relative_to(ROOT / "contrastive_core").with_suffix("").parts[0]
        if own == "__init__":
            continue
        for name in _runtime_imports(path):
            parts = name.split(".")
            if parts[0] == "contrastive_core" and len(parts) > 1 and parts[1] != own:
                assert place[parts[1]] < place[own], f"{path.name} imports {name}"


def _runtime_imports(path: Path) -> set[str]:
    """Imports, without those for the type checker alone and those inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kept = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
    package = path.relative_to(ROOT).with_suffix("").parts
    found: set[str] = set()
    for node in kept.body:
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else ()
            module = ".".join((*base, *(node.module or "").split("."))).rstrip(".")
            found |= {module} if node.module else {f"{module}.{a.name}" for a in node.names}
    return found


def test_public_names_are_exactly_those_listed() -> None:
    for name in contrastive_core.__all__:
        assert getattr(contrastive_core, name) is not None
    assert dir(contrastive_core) == sorted(contrastive_core.__all__)

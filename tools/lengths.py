"""No source file has more than 600 lines; over 400 is a warning. Data, lock files and migrations don't count."""

import sys
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
FOLDERS = ("src", "tests", "tools", "bench", "frontend", ".ci")
KINDS = {".py", ".html", ".ts", ".js", ".css", ".sh"}
LEFT_OUT = {"node_modules", "migrations", "dist", "build", "built", "__pycache__", ".venv"}
"""Folders of generated or foreign files."""
WARN, FAIL = 400, 600


def sources(home: Path) -> Iterator[Path]:
    """Every file that people write and read as code."""
    yield home / "run"
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if (
                LEFT_OUT.isdisjoint(path.parts)
                and (path.suffix in KINDS or path.parent.name == ".ci")
                and path.is_file()
            ):
                yield path


def long_files(home: Path, limit: int) -> list[tuple[int, Path]]:
    """Files with more lines than ``limit``, the longest first."""
    counted = ((len(path.read_text("utf-8").splitlines()), path) for path in sources(home))
    return sorted(((lines, path) for lines, path in counted if lines > limit), reverse=True)


def main() -> int:
    """Prints long files; 1 when one is too long."""
    found = long_files(HOME, WARN)
    for lines, path in found:
        print(f"{'too long' if lines > FAIL else 'long':<9} {lines:>5}  {path.relative_to(HOME)}")
    return 1 if any(lines > FAIL for lines, _ in found) else 0


if __name__ == "__main__":
    sys.exit(main())

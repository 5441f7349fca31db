"""Other people's files that our pages need: fetched from the npm registry, kept with licence and sha256.

``python -m service.vendor`` renews them (needs ``npm``), ``--check`` verifies that what lies in
``service/static`` is what the manifest says, ``--compress`` only remakes the ``.gz`` beside each text
file (waitress does not compress, so pages are served from these).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
COMPRESSED_KINDS = {".css", ".js", ".svg"}


@dataclass(frozen=True)
class Package:
    """One npm package at one version, and which of its files we keep under which name."""

    name: str
    version: str
    licence: str
    files: dict[str, str]

    @property
    def source(self) -> str:
        return f"https://registry.npmjs.org/{self.name}/-/{self.name}-{self.version}.tgz"


# htmx 4 (npm's "latest") is a rewrite: stay on 2.0.x.
PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        {
            "dist/css/bootstrap-reboot.min.css": "bootstrap-reboot.min.css",
            "dist/css/bootstrap-grid.min.css": "bootstrap-grid.min.css",
            "LICENSE": "bootstrap.LICENSE.txt",
        },
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "0BSD",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"},
    ),
)


def renew(static: Path = STATIC) -> None:
    """Fetch every package, then write the files, the manifest and the compressed copies."""
    entries = []
    for package in PACKAGES:
        print(f"{package.name} {package.version}", flush=True)
        for name, content in fetch(package).items():
            (static / "vendor" / name).write_bytes(content)
            entries.append(_entry(package, name, content))
    text = json.dumps({"files": entries}, indent=2) + "\n"
    (static / "vendor" / "manifest.json").write_text(text, encoding="utf-8")
    compress(static)


def fetch(package: Package) -> dict[str, bytes]:
    """The kept files of one package, by our name. npm compares the archive with the registry's sha512."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing. Debian: apt install npm")
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True, timeout=120)  # noqa: S603
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            return {ours: _member(tar, theirs) for theirs, ours in package.files.items()}


def compress(static: Path = STATIC) -> None:
    """Write ``<file>.gz`` beside each style, script and picture; the same bytes for the same input."""
    for path in _texts(static):
        compressed_path(path).write_bytes(compressed(path.read_bytes()))


def problems(static: Path = STATIC) -> list[str]:
    """What is wrong with the files at hand, one sentence each; empty when all is well."""
    found = []
    for entry in json.loads((static / "vendor" / "manifest.json").read_text(encoding="utf-8"))["files"]:
        path = static / "vendor" / entry["file"]
        if not path.exists():
            found.append(f"{entry['file']}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            found.append(f"{entry['file']}: not the file of the manifest (./run vendor renews it)")
    return found + [f"{path.name}.gz: stale (python -m service.vendor --compress)" for path in _stale(static)]


def compressed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def compressed_path(path: Path) -> Path:
    return path.with_name(path.name + ".gz")


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(f"package/{name}")
    if member is None:
        raise SystemExit(f"{name} is not in the archive")
    return member.read()


def _entry(package: Package, name: str, content: bytes) -> dict[str, str]:
    return {
        "file": name,
        "name": package.name,
        "version": package.version,
        "source": package.source,
        "licence": package.licence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _texts(static: Path) -> Iterator[Path]:
    return (path for path in sorted(static.rglob("*")) if path.suffix in COMPRESSED_KINDS)


def _stale(static: Path) -> Iterator[Path]:
    """Files whose compressed copy is missing or unpacks to something else (zlib versions may differ)."""
    for path in _texts(static):
        packed = compressed_path(path)
        if not packed.exists() or gzip.decompress(packed.read_bytes()) != path.read_bytes():
            yield path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m service.vendor", description="Renew or verify static/vendor."
    )
    parser.add_argument("--check", action="store_true", help="verify, change nothing")
    parser.add_argument("--compress", action="store_true", help="only remake the .gz files")
    options = parser.parse_args(arguments)
    if options.compress:
        compress()
    elif not options.check:
        renew()
    wrong = problems()
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

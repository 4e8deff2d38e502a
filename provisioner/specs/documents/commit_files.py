"""The spec files of a commit, read when they are asked for: those that the work tree has too are read from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from provisioner.foundation.git import TreeFile, digest_of, read_contents
from provisioner.specs.files import SpecFiles
from provisioner.specs.yaml.reader import Malformed


class CommitFiles(Mapping[str, bytes]):
    """Contents by path. What is taken from the work tree at `root` has the very bytes that Git has.

    Of the others a whole folder is asked of Git at once, and kept.
    """

    def __init__(self, root: Path, files: list[TreeFile]) -> None:
        self._root = root
        self._work_tree = SpecFiles(root)
        self._digests = {file.path: file.digest for file in files}
        self._kept: dict[str, bytes] = {}
        self._asked: set[str] = set()

    def __getitem__(self, path: str) -> bytes:
        digest = self._digests[path]
        if path in self._kept:
            return self._kept[path]
        if (same := self._same(path, digest)) is not None:
            return same
        folder = path.rpartition("/")[0]
        if folder not in self._asked:
            self._asked.add(folder)
            self._keep([other for other in self._digests if other.rpartition("/")[0] == folder])
        if path not in self._kept:  # the work tree was changed meanwhile
            self._keep([path])
        return self._kept[path]

    def _same(self, path: str, digest: str) -> bytes | None:
        try:
            data = self._work_tree.read(path)
        except Malformed:
            return None
        return data if digest_of(data, digest) == digest else None

    def _keep(self, paths: list[str]) -> None:
        wanted = [path for path in paths if self._same(path, self._digests[path]) is None]
        contents = read_contents(self._root, [self._digests[path] for path in wanted])
        self._kept.update(zip(wanted, contents, strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, path: object) -> bool:
        return path in self._digests

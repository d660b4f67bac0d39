"""A file that is kept is not read again, and another process, which has not kept it, reads it."""

import pickle
from pathlib import Path

from turnstay_lint.engine.services.at_hand import AtHand
from turnstay_lint.engine.services.roots import Reader, Root
from turnstay_lint.source.file import SourceFile


def test_a_kept_file_is_given_and_another_read(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("x = 1\n")
    root = Root(tmp_path, tmp_path)
    kept = SourceFile.from_text("kept.py", "y = 2\n")
    read = AtHand(Reader(root), root, {(str(tmp_path / "kept.py"), None): kept})

    assert read("kept.py") is kept
    other = read("other.py")
    assert other is not None and other.text == "x = 1\n"
    assert read("gone.py") is None


def test_what_stands_for_a_file_is_given_and_not_what_was_kept_of_it(tmp_path: Path) -> None:
    root = Root(tmp_path, tmp_path)
    file = str(tmp_path / "a.py")
    reader = Reader(root, {file: b"new = 1\n"})
    read = AtHand(reader, root, {(file, None): SourceFile.from_text("a.py", "old = 1\n")})

    found = read("a.py")
    assert found is not None and found.text == "new = 1\n"


def test_one_over_another_asks_what_reads_and_so_does_another_process(tmp_path: Path) -> None:
    root = Root(tmp_path, tmp_path)
    kept = SourceFile.from_text("kept.py", "y = 2\n")
    sources = {(str(tmp_path / "kept.py"), None): kept}
    twice = AtHand(AtHand(Reader(root), root, sources), root, {})

    assert twice("kept.py") is None
    assert pickle.loads(pickle.dumps(twice)) == Reader(root)

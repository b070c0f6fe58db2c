"""Files of a form, read no further than they may be long, and checked."""

from collections.abc import Iterable, Iterator

from werkzeug.datastructures import FileStorage

from aggregation.evidence.handed_in import LARGEST_FILE, CheckedFile, check_file


def checked_files(handed: Iterable[FileStorage]) -> Iterator[CheckedFile]:
    """Yield the files that somebody chose; a field left empty yields none.

    Raises
    ------
    EvidenceRefused
        At the first that cannot be kept, with its sentence.
    """
    for each in handed:
        if each.filename:
            yield check_file(each.filename, each.stream.read(LARGEST_FILE + 1))

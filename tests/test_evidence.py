"""Files that prove something: only whole documents and bare pictures are kept."""

import io
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from struct import pack
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from aggregation.evidence import handed_in
from aggregation.evidence.file_name import LONGEST_NAME, clean_name
from aggregation.evidence.handed_in import LARGEST_FILE, CheckedFile, check_file
from aggregation.evidence.kept_files import UnknownFile, file_lines, keep_file, kept_file
from aggregation.evidence.models import EvidenceFile, MediaType
from aggregation.evidence.refusals import (
    EvidenceRefused,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    HeicPicture,
    KindUnknown,
    PictureTooLarge,
)
from survey.database import writing
from tests.factories import make_unit
from tests.improvement_factories import by, document, picture
from tests.record_factories import count_of, rows_of

GPS = 0x8825
ORIENTATION = 0x0112
SCRIPT = b"<script>alert(1)</script>"
PAGE = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def taken_at_home(turned: int | None = None) -> bytes:
    """Return Exif as a phone writes it: who made it, where, and which way up."""
    exif = Image.Exif()
    exif[0x010F] = "Merek Ponsel"
    exif.get_ifd(GPS)[2] = (0.9471, 100.3690, 0.0)
    if turned:
        exif[ORIENTATION] = turned
    return exif.tobytes()


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, packed: bytes) -> bytes:
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


GOOD: dict[str, tuple[Callable[[], bytes], MediaType]] = {
    "document": (document, MediaType.PDF),
    "photo": (lambda: picture("JPEG"), MediaType.JPEG),
    "photo of a phone": (lambda: picture("JPEG", exif=taken_at_home(6)), MediaType.JPEG),
    "progressive photo": (lambda: picture("JPEG", 300, progressive=True), MediaType.JPEG),
    "photo with restarts": (
        lambda: picture("JPEG", 300, restart_marker_rows=1), MediaType.JPEG,
    ),
    "screenshot": (picture, MediaType.PNG),
    "screenshot with texts": (lambda: picture("PNG", exif=taken_at_home()), MediaType.PNG),
    "web picture": (lambda: picture("WEBP", exif=taken_at_home()), MediaType.WEBP),
    "lossless web picture": (lambda: picture("WEBP", lossless=True), MediaType.WEBP),
}  # fmt: skip
BAD: dict[str, tuple[Callable[[], bytes], type[EvidenceRefused]]] = {
    "nothing": (lambda: b"", FileEmpty),
    "a byte too many": (lambda: b"%PDF-" + b"x" * (LARGEST_FILE - 4), FileTooLarge),
    "a page": (lambda: PAGE, KindUnknown),
    "a drawing with scripts": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', KindUnknown,
    ),
    "a document after a page": (lambda: PAGE + b" " * 1024 + document(), KindUnknown),
    "a document after one byte": (lambda: b"\n" + document(), KindUnknown),
    "a moving picture": (lambda: picture("GIF"), KindUnknown),
    "a program": (lambda: b"MZ\x90\0" * 100, KindUnknown),
    "an archive": (lambda: b"PK\x03\x04" + b"\0" * 100, KindUnknown),
    "an iPhone's photo": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HeicPicture),
    "half a document": (lambda: document()[:-300], FileDamaged),
    "the beginning of a document": (lambda: b"%PDF-1.7\n" + PAGE, FileDamaged),
    "half a photo": (lambda: picture("JPEG", 300)[:1500], FileDamaged),
    "a photo without its end": (lambda: picture("JPEG")[:-2], FileDamaged),
    "the beginning of a photo": (lambda: b"\xff\xd8\xff\xe0" + PAGE, FileDamaged),
    "a photo without a picture": (lambda: b"\xff\xd8\xff\xd9", FileDamaged),
    "half a screenshot": (lambda: picture()[:-20], FileDamaged),
    "a screenshot of noughts": (lambda: png_of(4, 4, b"no zlib"), FileDamaged),
    "a screenshot cut within": (
        lambda: png_of(4, 4, zlib.compress(b"\0" * 52)[:-6]), FileDamaged,
    ),
    "a screenshot without size": (lambda: png_of(0, 4, zlib.compress(b"\0")), FileDamaged),
    "a screenshot that fills the memory": (
        lambda: png_of(60_000, 60_000, zlib.compress(b"\0")), PictureTooLarge,
    ),
    "a small screenshot that unpacks to a lot": (
        lambda: png_of(2, 2, zlib.compress(b"\0" * 50_000_000)), FileDamaged,
    ),
    "half a web picture": (lambda: picture("WEBP")[:-20], FileDamaged),
    "a web picture without a picture": (lambda: b"RIFF\x04\0\0\0WEBP", FileDamaged),
    "another riff": (lambda: b"RIFF\x04\0\0\0WAVE", KindUnknown),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_whole_documents_and_pictures_are_taken_by_their_content(name: str) -> None:
    make, kind = GOOD[name]
    assert check_file("berkas.exe", make()).media_type is kind


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_in_a_sentence(name: str) -> None:
    make, refusal = BAD[name]
    with pytest.raises(EvidenceRefused) as refused:
        check_file("foto.jpg", make())
    assert type(refused.value) is refusal
    assert re.fullmatch(r"[A-Z].+\.", refusal.sentence)


@pytest.mark.parametrize("name", [name for name in GOOD if GOOD[name][1] is not MediaType.PDF])
def test_a_picture_looks_the_same_and_ends_where_it_ends(name: str) -> None:
    body = GOOD[name][0]()
    kept = check_file("a", body + SCRIPT).body
    assert SCRIPT not in kept
    assert opened(kept).convert("RGB").tobytes() == opened(body).convert("RGB").tobytes()
    assert check_file("a", kept).body == kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_does_not_tell_where_it_was_taken(kind: str) -> None:
    body = picture(kind, exif=taken_at_home())
    assert opened(body).getexif().get_ifd(GPS)
    assert b"Merek" in body
    kept = check_file("a", body).body
    assert not opened(kept).getexif().get_ifd(GPS)
    assert b"Merek" not in kept


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stays_upright(turned: int) -> None:
    kept = check_file("a", picture("JPEG", exif=taken_at_home(turned))).body
    assert opened(kept).getexif().get(ORIENTATION, 1) == turned


def test_a_photos_comments_and_thumbnails_stay_behind() -> None:
    body = picture("JPEG", comment=SCRIPT, exif=taken_at_home())
    iptc = b"\xff\xed" + pack(">H", 2 + len(PAGE)) + PAGE
    second = b"\xff\xe2" + pack(">H", 6) + b"MPF\0"
    kept = check_file("a", body[:2] + iptc + second + body[2:]).body
    assert SCRIPT not in kept
    assert b"MPF" not in kept
    assert opened(kept).size == (40, 40)


def test_a_photos_small_pictures_stay_behind_wherever_they_lie() -> None:
    body = picture("JPEG")
    end = 4 + int.from_bytes(body[4:6])
    assert body[2:11] == b"\xff\xe0\0\x10JFIF\0"
    small = b"a smaller face"
    with_sizes = body[6:18] + bytes([1, 5]) + small
    jfif = b"\xff\xe0" + pack(">H", 2 + len(with_sizes)) + with_sizes
    jfxx = b"\xff\xe0" + pack(">H", 2 + 6 + len(small)) + b"JFXX\0\x10" + small
    odd = b"\xff\xe0" + pack(">H", 2 + 5) + b"JFIF\0"
    assert check_file("a", body[:2] + jfif + jfxx + odd + body[end:]).body == body


def test_a_photos_colours_stay() -> None:
    profile = b"ICC_PROFILE" + bytes(200)
    kept = check_file("a", picture("JPEG", icc_profile=profile)).body
    assert opened(kept).info["icc_profile"] == profile


def test_a_document_is_kept_as_it_came() -> None:
    assert check_file("a.pdf", document()).body == document()


def test_a_suite_that_takes_everything_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "_opened", lambda body: (MediaType.JPEG, body))
    taken = [name for name, (make, _) in BAD.items() if is_taken(make())]
    assert "a page" in taken


def is_taken(body: bytes) -> bool:
    try:
        check_file("foto.jpg", body)
    except EvidenceRefused:
        return False
    return True


# Names.


@pytest.mark.parametrize(
    ("name", "kind", "cleaned"),
    [
        ("foto.jpg", MediaType.JPEG, "foto.jpg"),
        ("Foto.JPEG", MediaType.JPEG, "Foto.JPEG"),
        ("foto.png", MediaType.JPEG, "foto.png.jpg"),
        ("laporan.html", MediaType.PDF, "laporan.html.pdf"),
        ("../../etc/passwd", MediaType.PDF, "passwd.pdf"),
        ("C:\\foto\\a.png", MediaType.PNG, "a.png"),
        ("/", MediaType.WEBP, "berkas.webp"),
        ("...", MediaType.PNG, "berkas.png"),
        (".pdf", MediaType.PDF, "pdf.pdf"),
        ("\u202egpj.exe", MediaType.JPEG, "gpj.exe.jpg"),
        ("a\r\nSet-Cookie: x=1.pdf", MediaType.PDF, "a Set-Cookie- x=1.pdf"),
        ('a"b<c>.pdf', MediaType.PDF, "a-b-c-.pdf"),
        ("Rapat  évaluasi\t2026.pdf", MediaType.PDF, "Rapat évaluasi 2026.pdf"),
        ("", MediaType.PDF, "berkas.pdf"),
    ],
)
def test_a_name_is_a_line_with_the_ending_of_the_content(
    name: str, kind: MediaType, cleaned: str
) -> None:
    assert clean_name(name, kind) == cleaned


@given(st.text(max_size=400), st.sampled_from(MediaType))
def test_any_name_can_be_shown_and_saved(name: str, kind: MediaType) -> None:
    cleaned = clean_name(name, kind)
    assert 0 < len(cleaned) <= LONGEST_NAME
    assert cleaned.isprintable()
    assert not set(cleaned) & set('/\\<>:"|?*\0')
    assert not cleaned.startswith(".")
    assert clean_name(cleaned, kind) == cleaned


# Anything at all.


def mutated(body: bytes, seed: int) -> bytes:
    """Return a file with a few bytes changed, cut out, doubled or put in."""
    drawn, bytes_ = Random(seed), bytearray(body)
    for _ in range(drawn.randint(1, 8)):
        at = drawn.randrange(len(bytes_) + 1)
        length = drawn.choice([1, 1, 2, 4, 40])
        match drawn.randrange(4):
            case 0:
                bytes_[at : at + length] = drawn.randbytes(length)
            case 1:
                del bytes_[at : at + length]
            case 2:
                bytes_[at:at] = bytes_[at : at + length]
            case _:
                bytes_[at:at] = drawn.choice([SCRIPT, b"\xff\xd9", b"\xff\xda", b"\0" * 5])
    return bytes(bytes_)


@pytest.mark.parametrize("name", GOOD)
def test_whatever_is_taken_of_damaged_files_is_one_of_the_four(name: str) -> None:
    """None of four thousand and more brings anything but a file, or a refusal with its name."""
    body, taken = GOOD[name][0](), 0
    for seed in range(500):
        try:
            checked = check_file("foto.jpg", mutated(body, seed))
        except EvidenceRefused:
            continue
        taken += 1
        assert checked.body.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"))
        assert len(checked.body) <= LARGEST_FILE
    assert taken < 500


@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"%PDF-",
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\x20\0\0\0WEBPVP8X",
            b"RIFF\x20\0\0\0WEBP",
        ]
    ),
)
def test_anything_behind_a_good_beginning_is_taken_or_refused(rest: bytes, begin: bytes) -> None:
    is_taken(begin + rest)


# Keeping.


def test_the_same_content_is_kept_once_in_a_unit(engine: Engine) -> None:
    file = check_file("a.png", picture())
    with writing(engine) as session:
        unit_id, other = make_unit(session), make_unit(session)
        first = keep_file(session, unit_id, file, by())
        again = CheckedFile("b.png", file.media_type, file.body)
        assert keep_file(session, unit_id, again, by()) == first
        assert keep_file(session, other, file, by()) != first
    assert count_of(engine, "evidence_file") == 2


def test_a_file_is_its_units_alone(session: Session) -> None:
    unit_id, other = make_unit(session), make_unit(session)
    file_id = keep_file(session, unit_id, check_file("a.png", picture()), by())
    assert kept_file(session, unit_id, file_id).body == picture()
    assert [line.name for line in file_lines(session, unit_id, [file_id])] == ["a.png"]
    assert file_lines(session, other, [file_id]) == []
    with pytest.raises(UnknownFile):
        kept_file(session, other, file_id)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"media_type": "text/html"}, "media_type_is_known"),
        ({"size": 0}, "size_is_at_most_2_mib"),
        ({"size": LARGEST_FILE + 1}, "size_is_at_most_2_mib"),
        ({"digest": b"d" * 31}, "digest_has_32_bytes"),
    ],
)
def test_the_database_refuses_another_file(
    session: Session, changed: dict[str, object], rule: str
) -> None:
    good = {
        "id": uuid4(), "unit_id": make_unit(session), "name": "a.png", "media_type": "image/png",
        "size": LARGEST_FILE, "digest": b"d" * 32, "body": b"x", "added_by": "kepala",
        "added_at": datetime(2026, 10, 6, tzinfo=UTC),
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(insert(EvidenceFile), {**good, **changed})
    session.execute(insert(EvidenceFile), good)


def test_what_is_kept_is_what_was_checked(engine: Engine) -> None:
    file = check_file("a.jpg", picture("JPEG", exif=taken_at_home()))
    with writing(engine) as session:
        keep_file(session, make_unit(session), file, by())
    [row] = rows_of(engine, "evidence_file")
    assert (bytes(row["body"]), row["size"]) == (file.body, len(file.body))

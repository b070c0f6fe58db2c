import io
import re
from typing import cast

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from kiosk.posters import (
    AccentNotAColour,
    DeskPoster,
    NothingToPrint,
    PosterKind,
    Slip,
    poster_pdf,
    poster_sheet,
    printed_link,
    slip_sheet,
    slips_pdf,
    typed_address,
)
from kiosk.typesetting import LetterNotPrintable, Sheet, pdf, pictures
from survey.language import load_languages

LINK = "https://nilai.example/l/KCT39F2MXQ7H"
IN_CAPITALS = "HTTPS://NILAI.EXAMPLE/L/KCT39F2MXQ7H"
CODE = "KCT3-9F2M-XQ7H"
UNIT = "Disdukcapil Kota Contoh"
LONG_NAME = (
    "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Tapanuli Selatan Cabang Batang Angkola 1"
)
MARKUP = "Loket #3 *tebal* _miring_ <tag> \\ \"kutip\" 'satu' $x$ `c` @a #panic(1) // ="
CODES_ON_A_PAGE = {PosterKind.A4: 1, PosterKind.TENT: 2, PosterKind.STICKER: 8}

every_kind = pytest.mark.parametrize("kind", PosterKind)


def a_poster(
    unit_name: str = UNIT,
    desk_name: str = "Loket 3",
    link: str = LINK,
    languages: tuple[str, ...] = ("id", "en", "min", "ace"),
) -> DeskPoster:
    return DeskPoster(unit_name, desk_name, "KTP-el dan KK", link, CODE, languages)


def forty_desks() -> list[DeskPoster]:
    return [a_poster(desk_name=f"Loket {n}", link=f"{LINK[:-2]}{n}") for n in range(10, 50)]


def some_slips(count: int) -> list[Slip]:
    return [
        Slip(n, f"https://nilai.example/t/7K3MQ9TXAB7K3MQ9TXAB{n:06d}") for n in range(1, count + 1)
    ]


def scanned(sheet: Sheet) -> list[list[str]]:
    """What a phone reads on each page, in reading order."""
    return [_codes(page) for page in pictures(sheet, dots_per_inch=120)]


def _codes(page: bytes) -> list[str]:
    with Image.open(io.BytesIO(page)) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
        row_height = picture.height / 50
    placed = [
        (round(code.position.top_left.y / row_height), code.position.top_left.x, code.text)
        for code in found
    ]
    return [text for _, _, text in sorted(placed)]


def words(made: bytes) -> list[str]:
    """The text of each page, with its blanks and line breaks made even."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


def numbers_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"Karcis (\d+)", page)]


@every_kind
def test_every_code_on_a_page_reads_as_the_desks_link(kind: PosterKind) -> None:
    sheet = poster_sheet([a_poster()], kind)
    assert scanned(sheet) == [[IN_CAPITALS] * CODES_ON_A_PAGE[kind]]


@every_kind
def test_a_link_that_differs_in_one_letter_is_read_as_another(kind: PosterKind) -> None:
    other = poster_sheet([a_poster(link=LINK[:-1] + "J")], kind)
    assert scanned(other) != scanned(poster_sheet([a_poster()], kind))


@every_kind
def test_forty_desks_are_forty_pages(kind: PosterKind) -> None:
    assert len(PdfReader(io.BytesIO(poster_pdf(forty_desks(), kind))).pages) == 40


def test_of_forty_desks_each_page_has_the_name_and_the_code_of_one() -> None:
    desks = forty_desks()
    pages = words(poster_pdf(desks, PosterKind.A4))
    assert all(desk.desk_name in page for desk, page in zip(desks, pages, strict=True))
    read = scanned(poster_sheet(desks, PosterKind.A4))
    assert read == [[desk.link.upper()] for desk in desks]


@every_kind
def test_a_page_says_unit_desk_address_and_code(kind: PosterKind) -> None:
    (page,) = words(poster_pdf([a_poster()], kind))
    assert all(said in page for said in (UNIT, "Loket 3", "nilai.example", CODE))


@every_kind
@pytest.mark.parametrize("name", [LONG_NAME, MARKUP, "Loket\u00a05 & ‘Anak’", "Loket Acèh"])
def test_names_are_printed_letter_by_letter(kind: PosterKind, name: str) -> None:
    poster = a_poster(unit_name=name, desk_name=name)
    (page,) = words(poster_pdf([poster], kind))
    assert page.count(" ".join(name.split())) >= 2
    assert scanned(poster_sheet([poster], kind)) == [[IN_CAPITALS] * CODES_ON_A_PAGE[kind]]


@every_kind
def test_the_longest_names_and_address_stay_on_one_page(kind: PosterKind) -> None:
    longest = DeskPoster(
        unit_name=(LONG_NAME * 3)[:200],
        desk_name=(LONG_NAME * 2)[:120],
        desk_about=(LONG_NAME * 3)[:200],
        link="https://penilaian-loket.disdukcapil.tapanuliselatankab.go.id/l/KCT39F2MXQ7H",
        code=CODE,
    )
    read = scanned(poster_sheet([longest], kind))
    assert read == [[longest.link.upper()] * CODES_ON_A_PAGE[kind]]


def test_names_on_slips_are_printed_letter_by_letter() -> None:
    (page,) = words(slips_pdf(LONG_NAME, MARKUP, some_slips(1)))
    assert LONG_NAME in page
    assert MARKUP in page


@pytest.mark.parametrize("count", [1, 20])
def test_slips_are_printed_in_order_and_none_is_missing(count: int) -> None:
    pages = words(slips_pdf(UNIT, "Loket 3", some_slips(count)))
    assert [number for page in pages for number in numbers_on(page)] == [*range(1, count + 1)]


def test_five_hundred_slips_are_fifty_full_pages() -> None:
    pages = PdfReader(io.BytesIO(slips_pdf(UNIT, "Loket 3", some_slips(500)))).pages
    assert len(pages) == 50
    assert numbers_on(pages[0].extract_text()) == [*range(1, 11)]
    assert numbers_on(pages[24].extract_text()) == [*range(241, 251)]
    assert numbers_on(pages[49].extract_text()) == [*range(491, 501)]


@pytest.mark.parametrize("count", [1, 20])
def test_the_code_of_every_slip_reads_as_its_link(count: int) -> None:
    slips = some_slips(count)
    read = scanned(slip_sheet(UNIT, "Loket 3", slips))
    assert [link for page in read for link in page] == [slip.link.upper() for slip in slips]


def test_a_slip_can_be_typed() -> None:
    (page,) = words(slips_pdf(UNIT, "Loket 3", some_slips(1)))
    assert "nilai.example/t/7K3MQ9TXAB7K3MQ9TXAB000001" in page


@every_kind
def test_the_same_desk_gives_the_same_bytes_and_another_desk_others(kind: PosterKind) -> None:
    made = poster_pdf([a_poster()], kind)
    assert poster_pdf([a_poster()], kind) == made
    assert poster_pdf([a_poster(desk_name="Loket 4")], kind) != made


def test_a_poster_bears_no_date_that_would_make_it_another_file_tomorrow() -> None:
    made = poster_pdf([a_poster()], PosterKind.A4)
    assert not re.search(rb"CreationDate|ModDate|CreateDate|ModifyDate", made)


def test_the_same_slips_give_the_same_bytes() -> None:
    assert slips_pdf(UNIT, "Loket 3", some_slips(3)) == slips_pdf(UNIT, "Loket 3", some_slips(3))


def test_english_is_printed_where_the_unit_speaks_it() -> None:
    with_english, without = words(
        poster_pdf([a_poster(), a_poster(languages=("id",))], PosterKind.A4)
    )
    assert "How was our service?" in with_english
    assert "Indonesia · English · Minang · Acèh" in with_english
    assert "service" not in without
    assert "Indonesia" not in without


@every_kind
def test_what_to_do_is_said_in_indonesian_and_in_english_where_the_unit_speaks_it(
    kind: PosterKind,
) -> None:
    both, local = words(poster_pdf([a_poster(), a_poster(languages=("id", "min"))], kind))
    for page in (both, local):
        assert "Pindai" in page
        assert "ketuk satu wajah" in page.lower()
    assert "tap one face" in both
    assert "Scan" not in local


def test_a_slip_says_what_to_do_in_the_languages_of_the_unit() -> None:
    both, local = (
        words(slips_pdf(UNIT, "Loket 3", some_slips(1), languages=languages))[0]
        for languages in (("id", "en"), ("id", "ace"))
    )
    for page in (both, local):
        assert "Pindai, ketuk satu wajah." in page
    assert "Scan, tap one face." in both
    assert "Scan" not in local


def test_nothing_is_printed_in_a_language_that_waits_for_its_speakers() -> None:
    """A page on the screen says that its words wait; paper hangs for years and cannot."""
    (page,) = words(poster_pdf([a_poster(languages=("id", "min", "ace"))], PosterKind.A4))
    assert "Indonesia · Minang · Acèh" in page
    for code in ("min", "ace"):
        language = load_languages([code])[code]
        assert language.awaits_speaker
        assert language.say("Ketuk satu wajah. Langsung tercatat.").split(".")[0] not in page


@every_kind
def test_a_poster_is_an_accessible_pdf_in_indonesian(kind: PosterKind) -> None:
    made = poster_pdf([a_poster()], kind)
    assert b"pdfuaid:part" in made
    assert str(PdfReader(io.BytesIO(made)).root_object["/Lang"]) == "id"


def test_only_the_vendored_fonts_are_embedded() -> None:
    (page,) = PdfReader(io.BytesIO(poster_pdf([a_poster()], PosterKind.A4))).pages
    fonts = cast("DictionaryObject", cast("DictionaryObject", page["/Resources"])["/Font"])
    names = {str(font.get_object()["/BaseFont"])[len("/ABCDEF+") :] for font in fonts.values()}
    assert {name.removesuffix("-Identity-H") for name in names} == {
        "PublicSans-Regular",
        "PublicSans-Bold",
    }


@pytest.mark.parametrize(
    ("link", "printed"),
    [
        (LINK, IN_CAPITALS),
        ("http://localhost:8000/l/kct39f2mxq7h", "HTTP://LOCALHOST:8000/L/KCT39F2MXQ7H"),
        ("https://kota.example/nilai/l/KCT3", "https://kota.example/nilai/l/KCT3"),
        ("https://nilai.example/t/aB3dE", "https://nilai.example/t/aB3dE"),
        ("https://nilai.example/l/KCT3?b=x", "https://nilai.example/l/KCT3?b=x"),
        ("https://nilai.example/l/KCT3/skm", "https://nilai.example/l/KCT3/skm"),
    ],
)
def test_only_a_link_that_means_the_same_is_put_in_capitals(link: str, printed: str) -> None:
    assert printed_link(link) == printed
    assert scanned(poster_sheet([a_poster(link=link)], PosterKind.A4)) == [[printed]]


def test_an_address_below_a_path_is_typed_with_its_path() -> None:
    assert typed_address("https://kota.example/nilai/l/KCT3") == "kota.example/nilai"
    assert typed_address("http://localhost:8000/l/KCT3") == "localhost:8000"


@pytest.mark.parametrize("name", ["لوكيت", "Loket 😀", "Loket\x003"])
def test_a_name_in_letters_without_a_font_is_refused_and_not_printed_as_boxes(name: str) -> None:
    with pytest.raises(LetterNotPrintable, match="cannot be printed"):
        poster_pdf([a_poster(desk_name=name)], PosterKind.A4)


@pytest.mark.parametrize("accent", ["", "plum", "#672a5", '#672a55"', "#panic()"])
def test_an_accent_is_six_hexadecimal_digits(accent: str) -> None:
    with pytest.raises(AccentNotAColour):
        poster_pdf([a_poster()], PosterKind.A4, accent)


def test_another_accent_changes_the_picture_and_not_the_code() -> None:
    ours, theirs = (
        poster_sheet([a_poster()], PosterKind.A4, accent) for accent in ("#672a55", "#0b5d3b")
    )
    assert pdf(ours) != pdf(theirs)
    assert scanned(ours) == scanned(theirs)


def test_a_sheet_without_desk_or_slip_is_not_printed() -> None:
    with pytest.raises(NothingToPrint):
        poster_pdf([], PosterKind.A4)
    with pytest.raises(NothingToPrint):
        slips_pdf(UNIT, "Loket 3", [])


@every_kind
def test_a_photocopied_page_still_reads(kind: PosterKind) -> None:
    """Black and white only, as the worst copier makes it: nothing depends on the accent."""
    (page,) = pictures(poster_sheet([a_poster()], kind), dots_per_inch=150)
    with Image.open(io.BytesIO(page)) as picture:
        copied = picture.convert("L").point(lambda grey: 255 if grey > 127 else 0)
    read = {code.text for code in zxingcpp.read_barcodes(copied)}
    assert read == {IN_CAPITALS}

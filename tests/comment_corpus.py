"""Indonesian comments with what has to be masked in them: by hand, and drawn from a seed.

In the files a stretch is written ``{n:Sari}``: n a name, d a number, p a phone, e an e-mail, u a
link, k an insult. The rules were tuned on one half; the other half was written apart from them,
with another roster and other sentences, and is what the promise is measured on.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregation.masking.masking import spans_in
from aggregation.masking.names import KnownNames
from aggregation.masking.readable import readable
from aggregation.masking.spans import Kind, Span

KINDS = {
    "n": Kind.NAME, "d": Kind.NUMBER, "p": Kind.PHONE,
    "e": Kind.EMAIL, "u": Kind.LINK, "k": Kind.INSULT,
}  # fmt: skip
_MARKED = re.compile(r"\{([ndpeuk]):([^}]*)\}")
_HERE = Path(__file__).parent
SEED = 20261005
DRAWN = 240
"""Comments drawn for each half, besides those written by hand."""


@dataclass(frozen=True)
class Marked:
    """A comment, and the stretches of it that have to be masked."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Half:
    """Comments about one office, and its roster."""

    roster: Sequence[str]
    comments: Sequence[Marked]


@dataclass
class Counted:
    """How many stretches there were, and how many of them were found."""

    wanted: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0


@dataclass(frozen=True)
class Scored:
    """How well a half was masked; `missed` and `wrong` are texts to look at."""

    recall: dict[Kind, Counted]
    masked: Counted
    missed: list[str]
    wrong: list[str]

    @property
    def whole_recall(self) -> float:
        counts = self.recall.values()
        return sum(each.found for each in counts) / sum(each.wanted for each in counts)


TUNED_ROSTER = (
    "Sari Wulandari, S.Sos", "Budi Santoso", "Indah Permata Sari", "dr. Rina Hartati, M.Kes",
    "Nurhayati", "Agus Cahyono, S.E.",
)  # fmt: skip
HELD_OUT_ROSTER = (
    "Dewi Anggraini, S.IP", "Hendra Kurniawan, S.STP", "Bayu Surya Pratama", "Fitriani",
    "Togar Simanjuntak", "Hj. Lilis Suryani, A.Md",
)  # fmt: skip

_TUNED_SENTENCES = (
    "Pelayanan di {where} sudah cepat",
    "{who} di {where} sangat membantu",
    "Tolong {who} jangan galak kepada lansia",
    "Kecewa, {who} {insult}",
    "{insult}, antre dari pagi tidak dipanggil",
    "NIK {number} belum terdaftar di {where}",
    "Hubungi {phone} bila sudah jadi",
    "Balas ke {mail}",
    "Lihat {link}",
    "Terima kasih {who}, sudah sabar menjelaskan syarat",
    "Sudah {count} kali ke {where} belum selesai",
    "Datang {time}, dilayani setelah istirahat",
    "Kursi di {where} kurang, {count} orang berdiri",
)
_HELD_OUT_SENTENCES = (
    "Saya menilai {who} layak dapat penghargaan",
    "Kenapa {who} selalu terlambat membuka {where}",
    "Waktu saya bertanya {who} menjawab dengan santun",
    "Dasar {insult}, berkas saya hilang",
    "yang jaga {where} {insult} kabeh",
    "berkas dengan nomor {number} dikembalikan tanpa alasan",
    "silakan telepon {phone} untuk konfirmasi",
    "bukti sudah saya kirim lewat {mail}",
    "fotonya ada di {link} silakan dilihat",
    "Menunggu sejak {time}, baru selesai {count} jam kemudian",
    "Biaya {amount} tidak ada kuitansinya",
    "Ruang tunggu {where} nyaman dan ada air minum",
    "Sejak {day} aplikasinya lancar, {count} menit selesai",
)
_MAILS = ("warga@gmail.com", "ibu.ani@mail.co.id", "tono_77@mail.co.id")
_LINKS = ("https://contoh.id/a?b=1", "www.keluhan.com/x", "@akun_warga", "bit.ly/3xYz")
_WHERE = ("loket 1", "Loket 3", "loket KTP", "bagian akta", "ruang tunggu", "loket pengaduan")
_ADDRESSED = ("Bu", "bu", "Pak", "pak", "mbak", "Mas", "Ibu", "kak", "Bpk.")
_TUNED_INSULTS = (
    "goblok", "tolol", "bego", "anjing", "bangsat", "g0blok", "t0l0l", "b*ngsat", "gobloknya",
    "jancok", "bodooh", "idiot", "a n j i n g",
)  # fmt: skip
_HELD_OUT_INSULTS = (
    "kampret", "bajingan", "dungu", "babi", "4njing", "b0d0h", "brengsekkk", "k*mpret", "setan",
    "goblog", "sinting", "stupid", "kurang ajar", "t.o.l.o.l", "asu", "tololnya",
)  # fmt: skip


def tuned() -> Half:
    """Return the half that the rules were tuned on."""
    drawn = _drawn(random.Random(SEED), _TUNED_SENTENCES, TUNED_ROSTER, _TUNED_INSULTS)
    return Half(TUNED_ROSTER, [*_by_hand("comments_tuned.txt"), *drawn])


def held_out() -> Half:
    """Return the half that the promise is measured on."""
    draw = random.Random(SEED + 1)
    drawn = _drawn(draw, _HELD_OUT_SENTENCES, HELD_OUT_ROSTER, _HELD_OUT_INSULTS)
    return Half(HELD_OUT_ROSTER, [*_by_hand("comments_held_out.txt"), *drawn])


def score(half: Half, roster: Sequence[str] | None = None) -> Scored:
    """Mask a half, with its own roster unless another is given, and compare.

    A stretch is found when every letter of it is masked; what is masked is right when it touches
    a stretch that had to be.
    """
    names = KnownNames.of(half.roster if roster is None else roster)
    scored = Scored({kind: Counted() for kind in Kind}, Counted(), [], [])
    for comment in half.comments:
        spans = spans_in(comment.text, names)
        hidden = {at for span in spans for at in range(span.first, span.end)}
        for wanted in comment.spans:
            counted = scored.recall[wanted.kind]
            counted.wanted += 1
            if _letters(comment.text, wanted) <= hidden:
                counted.found += 1
            else:
                scored.missed.append(f"{comment.text} | {comment.text[wanted.first : wanted.end]}")
        for span in spans:
            scored.masked.wanted += 1
            if any(span.first < w.end and w.first < span.end for w in comment.spans):
                scored.masked.found += 1
            else:
                scored.wrong.append(f"{comment.text} | {comment.text[span.first : span.end]}")
    return scored


def marked(line: str) -> Marked:
    """Read a comment with its stretches marked."""
    text, spans, at = "", [], 0
    for found in _MARKED.finditer(line):
        text += line[at : found.start()]
        spans.append(Span(len(text), len(text) + len(found[2]), KINDS[found[1]]))
        text, at = text + found[2], found.end()
    text += line[at:]
    assert readable(text) == text, text
    return Marked(text, tuple(spans))


def _letters(text: str, span: Span) -> set[int]:
    return {at for at in range(span.first, span.end) if text[at].isalnum()}


def _by_hand(name: str) -> list[Marked]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [marked(line) for line in lines if line]


def _drawn(
    draw: random.Random, sentences: Sequence[str], roster: Sequence[str], insults: Sequence[str]
) -> Iterator[Marked]:
    for _ in range(DRAWN):
        count = draw.choice((1, 1, 2))
        said = ". ".join(
            _filled(draw, draw.choice(sentences), roster, insults) for _ in range(count)
        )
        yield marked(
            draw.choice((said, said, said[0].lower() + said[1:] if said[0] != "{" else said))
        )


def _filled(
    draw: random.Random, sentence: str, roster: Sequence[str], insults: Sequence[str]
) -> str:
    return sentence.format(
        who=_who(draw, roster),
        where=draw.choice(_WHERE),
        insult=f"{{k:{draw.choice(insults)}}}",
        number=f"{{d:{_number(draw)}}}",
        phone=f"{{p:{_phone(draw)}}}",
        mail=f"{{e:{draw.choice(_MAILS)}}}",
        link=f"{{u:{draw.choice(_LINKS)}}}",
        count=draw.randint(2, 9),
        time=f"jam {draw.randint(7, 14):02d}.{draw.choice(('00', '15', '30'))}",
        amount=f"Rp{draw.randint(10, 90)}.000",
        day=f"{draw.randint(1, 28)}/{draw.randint(1, 12)}/2026",
    )


def _who(draw: random.Random, roster: Sequence[str]) -> str:
    whole = draw.choice(roster).partition(",")[0].removeprefix("dr. ").removeprefix("Hj. ")
    parts = whole.split()
    name = draw.choice((parts[0], parts[0], whole, parts[-1]))
    before = draw.choice(_ADDRESSED)
    return f"{before} {{n:{draw.choice((name, name, name.lower()))}}}"


def _number(draw: random.Random) -> str:
    digits = "".join(draw.choice("123456789") for _ in range(draw.choice((16, 16, 18))))
    return draw.choice((digits, f"{digits[:4]} {digits[4:8]} {digits[8:12]} {digits[12:]}"))


def _phone(draw: random.Random) -> str:
    rest = "".join(draw.choice("0123456789") for _ in range(8))
    begin = draw.choice(("081", "+6281", "6285", "085"))
    return draw.choice((f"{begin}{rest}", f"{begin}2-{rest[:4]}-{rest[4:]}"))

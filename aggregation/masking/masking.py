"""A comment masked: what names or insults a person gives way to a mark (method §9)."""

from collections import Counter
from dataclasses import dataclass

from aggregation.masking.insults import insult_spans
from aggregation.masking.links import link_spans
from aggregation.masking.names import KnownNames, name_spans
from aggregation.masking.numbers import number_spans
from aggregation.masking.readable import readable
from aggregation.masking.spans import MARKS, Kind, Span, apart

NAMING = frozenset({Kind.NAME, Kind.NUMBER, Kind.INSULT})
"""What no public answer may hold; an office may give its own address and telephone."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A comment as it is read.

    Attributes
    ----------
    text
        With marks such as ``[nama]`` where something was.
    kinds
        How many stretches of each kind gave way.
    """

    text: str
    kinds: Counter[Kind]

    @property
    def count(self) -> int:
        """How many stretches were masked."""
        return self.kinds.total()


def mask(text: str, names: KnownNames) -> Masked:
    """Mask what names or insults a person in a citizen's words.

    Parameters
    ----------
    names
        The unit's roster.

    Examples
    --------
    >>> roster = KnownNames.of(["Sari Wulandari, S.Sos"])
    >>> mask("Bu sari tolol, hubungi 0812-3456-7890. Indah sekali kantornya", roster).text
    'Bu [nama] [kata kasar], hubungi [nomor]. Indah sekali kantornya'
    """
    plain = readable(text)
    spans = spans_in(plain, names)
    pieces, at = [], 0
    for span in spans:
        pieces += [plain[at : span.first], MARKS[span.kind]]
        at = span.end
    return Masked("".join([*pieces, plain[at:]]), Counter(span.kind for span in spans))


def spans_in(plain: str, names: KnownNames) -> list[Span]:
    """Return what is masked in a text that is `readable` already, in order."""
    return apart(
        [*link_spans(plain), *number_spans(plain), *insult_spans(plain), *name_spans(plain, names)]
    )

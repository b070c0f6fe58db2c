"""The index of a file as one object for programs and as lines for people (interfaces)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from aggregation.method.sample_size import required_sample
from aggregation.method.satisfaction_index import ElementIndex, SatisfactionIndex
from aggregation.sheets.questionnaire_sheet import SetAside
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder

_NAME_WIDTH = max(len(item.short) for item in ITEMS.values())


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What is told of a file of questionnaires.

    Attributes
    ----------
    responses
        Lines that could be read, full or not.
    set_aside
        Lines outside the index, with reasons.
    index
        Of the full ones.
    order
        In which the elements are listed.
    population
        People served in the period, if known.
    """

    responses: int
    set_aside: tuple[SetAside, ...]
    index: SatisfactionIndex
    order: ElementOrder
    population: int | None = None

    def elements(self) -> Iterator[tuple[Element, ElementIndex]]:
        """Yield each element with its figures, in the file's order."""
        for element in ORDERS[self.order]:
            yield element, self.index.elements[element]


def as_object(report: IndexReport) -> dict[str, object]:
    """Return the object of ``nilai index --json``; rounded numbers are strings."""
    told: dict[str, object] = {
        "n": report.responses,
        "complete": report.index.n,
        "set_aside": [{"line": line.line, "reason": line.reason} for line in report.set_aside],
        "elements": {element.value: _figures(figures) for element, figures in report.elements()},
        "ikm": str(report.index.index),
        "grade": report.index.grade.letter,
        "category": report.index.grade.category,
        "method": report.index.method,
    }
    if report.population is not None:
        told["required_sample"] = required_sample(report.population)
    return told


def _figures(figures: ElementIndex) -> Mapping[str, object]:
    return {
        "sum": figures.rating_sum,
        "n": figures.n,
        "nrr": str(figures.nrr),
        "ikm": str(figures.index),
        "grade": figures.grade.letter,
    }


def as_text(report: IndexReport) -> str:
    """Return the lines that ``nilai index`` prints, in Indonesian."""
    index = report.index
    lines = [
        f"IKM {_comma(index.index)} · mutu {index.grade.letter} ({index.grade.category})",
        f"{index.n} kuesioner lengkap dari {report.responses} tanggapan · metode {index.method}",
    ]
    if report.population is not None:
        least = required_sample(report.population)
        lines.append(f"Sampel minimum untuk {report.population} pengguna layanan: {least}")
    lines += ["", f"{'Unsur':<{_NAME_WIDTH}}  {'Jumlah':>7}  {'NRR':>6}  {'IKM':>6}  Mutu"]
    lines += [_element_line(element, figures) for element, figures in report.elements()]
    if report.set_aside:
        lines += ["", f"{len(report.set_aside)} baris tidak dihitung:"]
        lines += [f"  baris {line.line}: {line.reason}" for line in report.set_aside]
    return "\n".join(lines)


def _element_line(element: Element, figures: ElementIndex) -> str:
    return (
        f"{ITEMS[element].short:<{_NAME_WIDTH}}  {figures.rating_sum:>7}  "
        f"{_comma(figures.nrr):>6}  {_comma(figures.index):>6}  {figures.grade.letter}"
    )


def _comma(number: Decimal) -> str:
    """Write a number the Indonesian way."""
    return str(number).replace(".", ",")

"""The form for an action that is to be put into the register."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from aggregation.improvements.models import Horizon
from aggregation.improvements.planning import (
    LONGEST_ACTION,
    LONGEST_RESPONSIBLE,
    LONGEST_SAID,
    DueOutsideQuarter,
    Plan,
)
from aggregation.improvements.quarters import (
    YEARS_AHEAD,
    NotAQuarter,
    last_day,
    next_quarters,
    quarter_named,
    quarter_of,
)
from aggregation.months.period import Period
from aggregation.output.period_words import period_name
from aggregation.people.public_words import NamesSomebody
from aggregation.site.duties.duty_fields import DayField
from aggregation.site.improvements.improvement_words import HORIZONS
from aggregation.site.improvements.typed_lines import long_line
from aggregation.site.set_up.set_up_fields import ListField, line
from aggregation.site.telling import NAME_NOBODY, complain
from survey.language import worded
from survey.questionnaire import ITEMS, Element
from survey.spoken import spoken

LEAST_TIME = timedelta(days=30)
"""Of a quarter that is proposed: a plan made in December is for the next one."""

_CHOOSE = worded("Pilih salah satu.")


class PlanForm(FlaskForm):  # type: ignore[misc]
    """What is weak, what is done about it, by when, and by whom."""

    period = ListField(
        worded("Hasil survei"),
        description=worded("Periode yang menunjukkan kelemahan ini."),
    )
    element = ListField(worded("Prioritas unsur"))
    said = long_line(
        worded("Anda sampaikan"),
        LONGEST_SAID,
        hint=worded(
            "Apa yang dirasakan warga, dengan bahasa sehari-hari. Dibaca warga setelah rencana ini"
            " selesai; kosongkan bila tidak untuk umum."
        ),
    )
    action = long_line(
        worded("Program atau kegiatan"),
        LONGEST_ACTION,
        missing=worded("Tulis apa yang akan dilakukan."),
        hint=worded(
            "Sebut apa yang berubah bagi warga, misalnya “Membuka satu loket pengambilan”."
        ),
    )
    horizon = RadioField(
        worded("Jangkauan"),
        [InputRequired(message=_CHOOSE)],
        choices=[SelectChoice(each.value, words) for each, words in HORIZONS.items()],
        default=Horizon.SHORT.value,
        validate_choice=False,
    )
    quarter = ListField(worded("Waktu"))
    due_on = DayField(
        worded("Paling lambat tanggal"),
        description=worded("Kosongkan untuk hari terakhir triwulan itu."),
    )
    responsible = line(
        worded("Penanggung jawab"),
        LONGEST_RESPONSIBLE,
        missing=worded("Tulis jabatan yang bertanggung jawab."),
        hint=worded("Jabatan, misalnya “Kepala Seksi Pelayanan”; laporan resmi memuatnya."),
    )

    def offer(self, periods: Sequence[Period], elements: Sequence[Element], today: date) -> None:
        """Fill the lists: periods the newest first, elements in the unit's order."""
        language = spoken()
        self.period.choices = [(each.name, period_name(each, language)) for each in periods]
        short = {element: language.say(ITEMS[element].short) for element in elements}
        none = ("", language.say(worded("Tidak untuk satu unsur saja")))
        self.element.choices = [none, *((each.value, name) for each, name in short.items())]
        first = min([each.months[0].first_day for each in periods] + [today])
        count = 4 * (today.year - first.year + YEARS_AHEAD)
        quarters = next_quarters(quarter_of(first), count)
        self.quarter.choices = [(each.name, period_name(each, language)) for each in quarters]

    def plan(self) -> Plan | None:
        """Return what was filled in; None with errors at the fields."""
        if self.horizon.data not in set(Horizon):
            complain(self.horizon, _CHOOSE)
        if self.errors:
            return None
        quarter = quarter_named(self.quarter.data)
        return Plan(
            period=Period.parse(self.period.data),
            element=Element(self.element.data) if self.element.data else None,
            said=self.said.data,
            action=self.action.data,
            horizon=Horizon(self.horizon.data),
            quarter=quarter,
            due_on=self.due_on.data or last_day(quarter),
            responsible=self.responsible.data,
        )

    def refuse(self, error: NotAQuarter | DueOutsideQuarter | NamesSomebody) -> None:
        """Say beside a field why the plan cannot be."""
        if isinstance(error, NamesSomebody):
            complain(self.said, NAME_NOBODY)
        elif isinstance(error, NotAQuarter):
            complain(
                self.quarter,
                worded("Pilih triwulan yang tidak lebih awal dari hasil survei itu."),
            )
        else:
            complain(
                self.due_on,
                worded(
                    "Tanggal ini di luar triwulan yang dipilih. Kosongkan, atau ganti salah"
                    " satunya."
                ),
            )


def proposed_quarter(today: date) -> Period:
    """Return the quarter in which something that is planned today can be done."""
    return quarter_of(today + LEAST_TIME)

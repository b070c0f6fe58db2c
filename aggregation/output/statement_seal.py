"""How a statement tells of the seal on its month (method §8)."""

from aggregation.appraisal.statement import Statement
from aggregation.output.statement_words import Speech
from survey.language import worded
from survey.month import local_day, time_zone


def seal_lines(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Return the sentences: its number, day and digest, or when it will be sealed."""
    source, seal = statement.source, statement.seal
    if seal is None:
        return (speech.say(worded("Belum disegel: revisi ini disegel pada malam setelah dibuat.")),)
    day = local_day(seal.sealed_at, time_zone(source.time_zone))
    return (
        speech.say(
            worded("Revisi ini disegel pada %(day)s sebagai segel nomor %(number)s."),
            day=speech.language.day(day),
            number=str(seal.number),
        ),
        speech.say(worded("Sidik segel: %(digest)s"), digest=seal.digest),
        speech.say(worded("Siapa pun dapat memeriksa bahwa angkanya sejak itu tidak diubah.")),
    )

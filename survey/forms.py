"""The citizen's forms: what may be sent, and what of it is wrong.

No CSRF token of a session stands in them: it would need a cookie and die after an hour. The
signed hidden token of the page (`survey.visit_token`) and the origin check do that work.
"""

from wtforms import Form, StringField, TextAreaField

from survey.answers import Answers, InvalidAnswers, Problem, check_answers, rating_of
from survey.form_body import Sent
from survey.profile import ProfileField
from survey.questionnaire import OVERALL, Element

_PAGES_OWN = ("token", "lang", "to_language", "clear")


class CitizenForm(Form):
    """A form with the page's token and language; it takes the fields it declares, each once."""

    token = StringField()
    lang = StringField()

    def __init__(self, sent: Sent) -> None:
        """Read the fields that were sent."""
        super().__init__(sent)
        self.sent = sent

    @property
    def one_token(self) -> str:
        """The token, or nothing if there is not exactly one."""
        tokens = self.sent.getlist("token")
        return tokens[0] if len(tokens) == 1 else ""

    @property
    def language(self) -> str:
        """The language the page was in."""
        return self.sent.get("lang", "")

    @property
    def typed(self) -> dict[str, str]:
        """What was filled in, to show it again; the first where a field came twice."""
        return {name: self.sent[name] for name in self._fields if name in self.sent}

    def answers(self) -> Answers:
        """Return the checked answers.

        Raises
        ------
        InvalidAnswers
            With every problem found.
        """
        misshapen = self._shape_problems()
        try:
            answers = self._checked()
        except InvalidAnswers as invalid:
            raise InvalidAnswers([*misshapen, *invalid.problems]) from invalid
        if misshapen:
            raise InvalidAnswers(misshapen)
        return answers

    def _checked(self) -> Answers:
        raise NotImplementedError

    def _ratings(self, *codes: str) -> dict[str, object]:
        return {code: rating_of(self.sent[code]) for code in codes if code in self.sent}

    def _shape_problems(self) -> list[Problem]:
        unknown = [Problem("form", "unknown_field") for name in self.sent if name not in self]
        doubled = [
            Problem(name, "doubled")
            for name, values in self.sent.lists()
            if len(values) > 1 and name in self
        ]
        return unknown[:1] + doubled


class TapForm(CitizenForm):
    """The four faces: one of them."""

    KESELURUHAN = StringField()

    def _checked(self) -> Answers:
        return check_answers(self._ratings(OVERALL))


class QuestionsForm(CitizenForm):
    """The nine questions, the service, a comment and the profile: all of it optional."""

    to_language = StringField()
    clear = StringField()
    service = StringField()
    comment = TextAreaField()
    PERSYARATAN = StringField()
    PROSEDUR = StringField()
    WAKTU = StringField()
    BIAYA = StringField()
    PRODUK = StringField()
    KOMPETENSI = StringField()
    PERILAKU = StringField()
    PENGADUAN = StringField()
    SARANA = StringField()
    SEX = StringField()
    AGE = StringField()
    EDUCATION = StringField()
    OCCUPATION = StringField()

    @property
    def language(self) -> str:
        """The language asked for by a button, else the page's."""
        return self.sent.get("to_language") or super().language

    @property
    def shows_again(self) -> bool:
        """Whether a button asked for the same questions, in another language or untouched."""
        return bool(self.to_language.data or self.clear.data)

    @property
    def filled_in(self) -> dict[str, str]:
        """What was answered so far, without what the page itself put into the form."""
        if self.clear.data:
            return {}
        return {name: text for name, text in self.typed.items() if text and name not in _PAGES_OWN}

    def _checked(self) -> Answers:
        filled = self.filled_in
        return check_answers(
            self._ratings(*Element),
            filled.get("service"),
            filled.get("comment"),
            {field: filled[field] for field in ProfileField if field in filled},
        )

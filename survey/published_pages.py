"""The public's pages: what units have published, how it is computed, and the data itself."""

from flask import Blueprint, Response, render_template, request

from survey.database import reading
from survey.kept_answer import kept
from survey.publication_models import CardFormat
from survey.published import card_of, document_of, unit_tree
from survey.published_data import COLUMNS, Column, data_csv, dictionary_csv
from survey.published_places import Missing, NotPublished, place_of
from survey.published_scale import GRADES
from survey.published_shown import Links, shown_period
from survey.site import here
from survey.spoken import speak, spoken
from survey.units import accent_for
from survey.worked_example import worked_example

published_pages = Blueprint("published_pages", __name__, url_prefix="/publik")

LONGEST_SEARCH = 100
_CSV = "text/csv"
_TYPES = {
    CardFormat.PNG: "image/png",
    CardFormat.SVG: "image/svg+xml",
    CardFormat.PDF: "application/pdf",
}
_STATUS = {Missing.WITHDRAWN: 410}


@published_pages.get("/")
def units() -> Response:
    """Show the tree of units that published something, or those whose name is searched for."""
    search = request.args.get("cari", "")[:LONGEST_SEARCH].replace("\0", "").strip()
    with reading(here().engine) as session:
        tree = unit_tree(session, search)
    return kept(
        render_template(
            "survey/public/units.html",
            tree=tree,
            search=search,
            links=links(),
            language_keeps={"cari": search} if search else {},
        )
    )


@published_pages.get("/<unit>")
def show(unit: str) -> Response:
    """Show a unit's period: the one that `periode` names, or the newest."""
    with reading(here().engine) as session:
        place = place_of(session, unit, request.args.get("periode"))
        document = document_of(session, place.issue)
        accent = accent_for(session.connection(), place.unit.id)
    speak(place.unit.languages)
    published_on = place.unit.day_of(place.issue.published_at)
    return kept(
        render_template(
            "survey/public/unit.html",
            page=shown_period(document, place.issue.number, published_on, spoken()),
            periods=[issue.period for issue in place.issues],
            grades=GRADES,
            links=links(place.unit.code, place.issue.period.text),
            canonical=f"{here().settings.public_url}/publik/{place.unit.code}",
            public_url=here().settings.public_url,
            accent=accent,
            language_keeps={"periode": place.issue.period.text},
        )
    )


@published_pages.get("/<unit>/kartu.<any(png,svg,pdf):kind>")
def card(unit: str, kind: str) -> Response:
    """Give the official card of a period, as it was drawn when it was published."""
    with reading(here().engine) as session:
        place = place_of(session, unit, request.args.get("periode"))
        language = speak(place.unit.languages).spoken
        body = card_of(session, place.issue, CardFormat(kind), language)
    if body is None:
        raise NotPublished(Missing.PERIOD, place.unit, (place.issue.period,))
    answer = kept(body, _TYPES[CardFormat(kind)])
    # A drawing that is opened by itself is a page, whose policy would keep its QR code out.
    shown = "attachment" if kind == CardFormat.SVG else "inline"
    name = f"kartu-ikm-{place.unit.code}-{place.issue.period.text}.{kind}".lower()
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return answer


@published_pages.get("/<unit>.csv")
def data(unit: str) -> Response:
    """Give all published periods of a unit as open data, or the one that `periode` names."""
    asked = request.args.get("periode")
    with reading(here().engine) as session:
        place = place_of(session, unit, asked)
        wanted = [place.issue] if asked else place.issues
        text = data_csv((issue.number, document_of(session, issue)) for issue in wanted)
    answer = kept(text, _CSV, in_languages=False)
    name = f"ikm-{place.unit.code}.csv".lower()
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@published_pages.get("/kamus")
def dictionary() -> Response:
    """Say what the columns of the data mean."""
    page = render_template("survey/public/dictionary.html", columns=COLUMNS, links=links())
    return kept(page)


@published_pages.get("/kamus.csv")
def dictionary_data() -> Response:
    """Give the same as data."""
    say = spoken().say
    text = dictionary_csv(Column(name, say(meaning), say(form)) for name, meaning, form in COLUMNS)
    return kept(text, _CSV)


@published_pages.get("/cara")
def how() -> Response:
    """Say in plain words how the index is computed, with an example to follow by hand."""
    page = render_template(
        "survey/public/how.html", grades=GRADES, example=worked_example(), links=links()
    )
    return kept(page)


@published_pages.errorhandler(NotPublished)
def explain(missing: NotPublished) -> tuple[str, int]:
    """Say why there is nothing to show, and what there is instead."""
    return missing_page(missing)


def missing_page(missing: NotPublished) -> tuple[str, int]:
    """Return the page that says why there is nothing to show, with its status."""
    code = missing.unit.code if missing.unit else ""
    page = render_template(
        "survey/public/missing.html", missing=missing, why=missing.why.value, links=links(code)
    )
    return page, _STATUS.get(missing.why, 404)


def links(unit_code: str = "", period: str = "") -> Links:
    """Return where the pages lie, from a page of this site."""
    return Links("", unit_code, spoken().code, period)

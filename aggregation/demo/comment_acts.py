"""What the unit head of the demo office did with the newest comments: so that no list is empty."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.comments.models import Comment, CommentAct, CommentBatch
from aggregation.comments.release import release_comments
from aggregation.comments.steps import Step, tag, take_step
from aggregation.models import Officer
from survey.questionnaire import Element

_NIGHTS = 3
_WEEK = timedelta(days=7)
_SPOKEN_OF: Mapping[Element, tuple[str, ...]] = {
    Element.WAKTU: ("antre", "lama", "cepat", "menunggu", "jam "),
    Element.SARANA: ("kursi", "toilet", "ruang", "parkir", "layar", "kipas"),
    Element.PERSYARATAN: ("syarat", "berkas"),
    Element.PROSEDUR: ("prosedur", "online", "formulir"),
    Element.PERILAKU: ("ramah", "sabar", "senyum", "bentak", "dimarahi", "sopan"),
    Element.PENGADUAN: ("pengaduan", "lapor"),
    Element.PRODUK: ("salah cetak", "blangko"),
}
_TAGGED = 150
_CHAIRS = "Terima kasih. Dua puluh kursi tunggu ditambah mulai bulan depan."
_BOARD = "Terima kasih. Papan syarat sudah kami samakan dengan yang diminta di loket."
_LUNCH = "Terima kasih. Mulai pekan ini satu loket tetap buka pada jam istirahat."


def release_demo_comments(session: Session, unit_id: int, newest: datetime) -> None:
    """Release what citizens wrote, on some nights that end with the newest."""
    for night in reversed(range(_NIGHTS)):
        release_comments(session, unit_id, newest - night * _WEEK, actor="demo")


def act_on_comments(session: Session, unit_id: int, cause: Cause, praised: str) -> None:
    """Tag comments, answer some, pass one on as praise, and close some.

    Parameters
    ----------
    praised
        The NIP of the officer that praise goes to.
    """
    newest = session.scalars(
        select(Comment)
        .join(CommentBatch, col(CommentBatch.id) == col(Comment.batch_id))
        .where(col(Comment.unit_id) == unit_id)
        .order_by(col(CommentBatch.released_on).desc(), col(Comment.id))
        .limit(_TAGGED)
    )
    texts = {comment.id: (comment.text or "").lower() for comment in newest}
    for key, text in texts.items():
        about = [e for e, words in _SPOKEN_OF.items() if any(word in text for word in words)]
        tag(session, unit_id, key, about, cause)
    officer = session.scalars(select(Officer).where(col(Officer.nip) == praised)).one()
    steps = {
        "[nama] sabar": Step(CommentAct.FORWARDED, None, officer=officer.key),
        "nik": Step(CommentAct.REFERRED, None),
        "parkir": Step(CommentAct.ASSIGNED, None, "Subbagian Umum"),
        "terima kasih.": Step(CommentAct.CLOSED, None),
        "kursi": Step(CommentAct.ANSWERED, None, _CHAIRS),
        "syarat": Step(CommentAct.ANSWERED, None, _BOARD),
        "istirahat": Step(CommentAct.ANSWERED, None, _LUNCH),
    }
    for word, step in steps.items():
        found = next((each for each, text in texts.items() if word in text), None)
        if found is not None:
            take_step(session, unit_id, found, step, cause)
            del texts[found]

"""What a tablet is told of its desk: everything that it shows while there is no network."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from survey.desks import RatedDesk
from survey.language import Language
from survey.settings import Settings


def tablet_config(
    session: Session, desk: RatedDesk, settings: Settings, languages: Mapping[str, Language]
) -> dict[str, Any]:
    """Return what `docs/tablet.md` calls the config of a desk's tablets, as JSON holds it.

    Its `etag` changes whenever anything else in it does.
    """
    _ = session, languages
    told = {
        "public_url": settings.public_url,
        "unit": desk.unit_name,
        "desk": {
            "code": desk.code,
            "name": desk.name,
            "about": desk.about,
            "kind": desk.kind,
            "opens_with": desk.opens_with,
        },
    }
    spelt = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    return {"etag": hashlib.sha256(spelt).hexdigest()[:20], **told}

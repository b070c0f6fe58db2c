"""What media are called."""

from collections.abc import Mapping

from aggregation.publishing.models import Medium
from survey.language import worded

MEDIA: Mapping[Medium, str] = {
    Medium.WEBSITE: worded("Laman"),
    Medium.SOCIAL: worded("Media sosial"),
    Medium.SCREEN: worded("Layar atau tablet di ruang tunggu"),
    Medium.PRINTED: worded("Cetakan: spanduk, poster, papan pengumuman"),
    Medium.PRESS: worded("Media massa"),
    Medium.OTHER: worded("Media lain"),
}

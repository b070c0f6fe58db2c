"""The command `nilai`: every package's commands under one name."""

from collections.abc import Mapping
from typing import Any

import click
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from aggregation.access.account_changes import NoOfficer
from aggregation.access.account_switches import LastOperator, SwitchedOff
from aggregation.access.accounts import EmailInUse, OfficerInUse
from aggregation.access.known_accounts import NotAnEmail, UnknownAccount
from aggregation.access.linked_officer import UnknownOfficer
from aggregation.cli import COMMANDS as AGGREGATION
from aggregation.demo.load import NotEmpty
from aggregation.method.suggest_k import HistoryTooThin
from aggregation.sign_on.unlinking import NotLinked
from deploy.backup import CopyFailed, Differences, back_up
from deploy.copy_check import OldSchema, WrongCopy
from deploy.link import link
from deploy.migrate import NewerDatabase, NoWayBack
from deploy.nightly import look_now, nightly
from deploy.partition import LaterRows, NoParts, NotTheOwner, partition_now
from deploy.postgres_copy import BackupRuns, MayNotTry
from deploy.postgres_programs import NoProgram
from deploy.prove import proof
from deploy.purge import purge_now
from deploy.restore import NotABackup, OtherDatabase, PlaceTaken, restore_now
from deploy.roles import WrongRoleName, roles
from deploy.serve import demo, migrate, serve
from deploy.whole_file import FileThere
from kiosk.cli import posters, slips
from kiosk.devices import UnknownDevice
from kiosk.posters import AccentNotAColour, NothingToPrint
from kiosk.tablet_commands import tablets
from kiosk.typesetting import LetterNotPrintable
from survey.database import UnsafeDatabase
from survey.desks import DeskClosed, UnknownDesk
from survey.key_change import KeyKnown, KeyNotLost
from survey.log_lines import write_log_lines
from survey.seal_chain import OtherKey
from survey.seal_list import NotASealList
from survey.settings import WrongSettings
from survey.units import UnknownUnit

REFUSALS: Mapping[type[Exception], str] = {
    WrongSettings: "{}",
    UnsafeDatabase: "{}",
    NewerDatabase: "{}",
    NoWayBack: "“{}” bukan skema lama dari basis data ini. Nomornya ada di nama berkas dalam "
    "deploy/migrations/versions versi lama.",
    AccentNotAColour: "{}",
    LetterNotPrintable: "{}",
    UnknownUnit: "Tidak ada unit dengan kode “{}”.",
    UnknownDesk: "Tidak ada loket dengan kode “{}”, atau lebih dari satu unit memakainya.",
    DeskClosed: "{} sudah ditutup. Buka lagi dengan: nilai import desks, kolom AKTIF.",
    UnknownDevice: "Tidak ada tablet dengan id “{}”. Lihat: nilai tablets list.",
    UnknownAccount: "Tidak ada akun dengan email “{}”. Lihat: nilai accounts list.",
    NotAnEmail: "“{}” bukan alamat email.",
    EmailInUse: "“{}” sudah dipakai akun lain.",
    UnknownOfficer: "Tidak ada petugas dengan NIP atau nomor pegawai itu.",
    OfficerInUse: "Petugas itu sudah punya akun.",
    NoOfficer: "Peran officer memerlukan --officer: NIP atau nomor pegawainya.",
    NotLinked: "Akun {} tidak tertaut dengan penyedia identitas.",
    LastOperator: "Akun ini satu-satunya operator seluruh pohon unit. Beri peran itu kepada akun "
    "lain dahulu.",
    SwitchedOff: "Akun ini nonaktif. Aktifkan dahulu dengan: nilai accounts switch-on.",
    FileThere: "“{}” sudah ada. Pilih nama lain; backup lama digantikan dengan --replace.",
    OldSchema: "Skema basis data ini bukan yang terbaru. Jalankan dahulu: nilai migrate. Backup "
    "skema lama dibuat dengan program versi lama.",
    CopyFailed: "Backup gagal dan tidak disimpan: {}.",
    WrongCopy: "Salinan tidak lolos pemeriksaan dan tidak dipakai: {}.",
    Differences: "Backup tidak disimpan: {} bagian berbeda dari segel, jadi backup lama jangan "
    "diganti. Jalankan: nilai verify. Menyimpannya dengan nama lain: --with-differences.",
    NoProgram: "pg_dump dan pg_restore versi {} atau lebih baru tidak ditemukan. Pasang "
    "postgresql-client versi itu, atau letakkan di PATH.",
    MayNotTry: "Peran basis data tidak boleh membuat basis data untuk uji pemulihan. Beri hak "
    "CREATEDB, atau pakai --no-restore-test: isinya lalu tidak terbukti utuh.",
    BackupRuns: "Backup lain dari basis data ini sedang diuji. Tunggu sampai selesai.",
    NoParts: "SQLite menyimpan semuanya dalam satu berkas; bagian per bulan hanya di PostgreSQL.",
    NotTheOwner: "Hanya pemilik tabel yang boleh menata ulang. Jalankan dengan NILAI_DATABASE_URL "
    "milik pemilik, seperti nilai migrate.",
    LaterRows: "Sudah ada tanggapan sampai {}. Pilih bulan sesudahnya, atau jangan pakai --since.",
    NotABackup: "“{}” bukan backup yang utuh dari nilai backup.",
    OtherDatabase: "Backup ini dari basis data {}. Arahkan NILAI_DATABASE_URL ke jenis itu.",
    PlaceTaken: "Sudah ada isi di {}. Backup hanya dipulihkan ke tempat kosong: pindahkan dahulu "
    "yang ada, jangan dihapus.",
    OSError: "Berkas tidak dapat dibaca atau ditulis: {}.",
    NothingToPrint: "Belum ada loket yang dapat dicetak. Tambahkan dengan: nilai import desks.",
    HistoryTooThin: "{}",
    OtherKey: "Kunci {} bukan kunci yang diumumkan rantai segel. Pakai kunci itu di "
    "NILAI_SEAL_KEY_FILE; bila hilang: nilai seal --lost. Lihat docs/proof.md.",
    KeyKnown: "Kunci {} sudah pernah dipakai rantai ini. Buat kunci baru dahulu.",
    KeyNotLost: "Rantai segel belum mulai, atau berlanjut dengan kunci ini: tidak ada yang hilang.",
    NotASealList: "Berkas itu bukan daftar segel. Pakai berkas dari /segel.json.",
    NotEmpty: "Basis data sudah berisi kantor; kantor contoh hanya untuk basis data kosong.",
    WrongRoleName: "Nama peran hanya huruf kecil, angka, dan _, dan keduanya berbeda; bukan “{}”.",
    ProgrammingError: "Tabel belum ada atau belum mutakhir. Jalankan: nilai migrate.",
    OperationalError: "Basis data tidak dapat dipakai: belum ada (jalankan: nilai migrate), sedang "
    "dipakai, atau tidak terjangkau. Coba lagi.",
}
"""What each refusal tells the person at the keyboard; `{}` is the refusal's own sentence."""

ONLY_READ = (
    "Basis data ini hanya dapat dibaca. Kalau ia mengikuti server lain, jalankan perintah ini "
    "pada server yang memimpin; verify dan proof juga pada backup yang dipulihkan."
)


class Nilai(click.Group):
    """The group that turns a named refusal into one plain sentence."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run a command; refusals end it with exit code 1 and say what to do."""
        try:
            return super().invoke(ctx)
        except tuple(REFUSALS) as error:
            sentence = next(text for kind, text in REFUSALS.items() if isinstance(error, kind))
            raise click.ClickException(sentence.format(error)) from error
        except InternalError as error:
            if not isinstance(error.orig, ReadOnlySqlTransaction):
                raise
            raise click.ClickException(ONLY_READ) from error


@click.group(cls=Nilai, help="Nilai Loket: dari ketukan warga sampai angka bulanan.")
def main() -> None:
    """Nilai Loket: from a citizen's tap to the month's figures."""
    write_log_lines()


for command in (
    serve,
    nightly,
    look_now,
    link,
    migrate,
    roles,
    partition_now,
    back_up,
    restore_now,
    proof,
    purge_now,
    demo,
    posters,
    slips,
    tablets,
    *AGGREGATION,
):
    main.add_command(command)

#!/bin/sh
# Makes what only this installation knows, once: run as root in this folder. It changes no file that
# is there. Keep secret-key and seal-key.pem in two other places too: they are in no backup.
set -eu
umask 077
# Who reads them in the containers; without root, Docker gives these users other numbers outside.
site=${SITE_UID:-10001} database=${DATABASE_UID:-999}
folder=${1:-secrets}
mkdir -p "$folder"
chmod 711 "$folder"

# A file has its name only once it is whole and its reader's.
keep() {
    cat > "$folder/$2.new"
    chown "$1" "$folder/$2.new"
    chmod 400 "$folder/$2.new"
    mv "$folder/$2.new" "$folder/$2"
}
random() { openssl rand -hex 32; }
line() { printf 'database:5432:*:%s:%s\n' "$1" "$2"; }

[ -e "$folder/secret-key" ] || random | keep $site secret-key
[ -e "$folder/seal-key.pem" ] || openssl genpkey -algorithm ed25519 | keep $site seal-key.pem
[ -e "$folder/database-admin" ] || random | keep $database database-admin
for role in owner public staff; do
    [ -e "$folder/pgpass-$role" ] || line "nilai_$role" "$(random)" | keep $site "pgpass-$role"
done
{
    line postgres "$(cat "$folder/database-admin")"
    cat "$folder/pgpass-owner" "$folder/pgpass-public" "$folder/pgpass-staff"
} | keep $site pgpass-prepare

"""Signing on through the office's own provider of identities, by OpenID Connect."""

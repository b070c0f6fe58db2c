"""Names of cookies that a browser takes from this very host alone.

A cookie of a plain name can be set by any neighbour under the same domain: the website of another
office could put its own key, or the mark of the staff, into a visitor's browser. With the prefix
``__Host-`` browsers take it only over HTTPS, from the host itself and for all of it (RFC 6265bis).
"""

_PREFIX = "__Host-"


def host_cookie(name: str, *, https: bool) -> str:
    """Return what a cookie is called; without HTTPS browsers refuse the prefix.

    Examples
    --------
    >>> host_cookie("nilai_staff", https=True), host_cookie("nilai_staff", https=False)
    ('__Host-nilai_staff', 'nilai_staff')
    """
    return f"{_PREFIX}{name}" if https else name

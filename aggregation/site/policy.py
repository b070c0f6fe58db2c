"""What pages of the staff site may load: their own scripts, and what plotly needs to draw."""

from survey.headers import STRICT, Policy

# plotly makes an empty style and fills it by script; the hash is that of the empty style.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

POLICY: Policy = {
    **STRICT,
    "script-src": "'self'",
    "style-src": f"'self' {_EMPTY_STYLE}",
    # The panel of the running month asks for its own page again.
    "connect-src": "'self'",
    # The picture of a chart is made in the browser.
    "img-src": "'self' data: blob:",
}

"""Gunicorn's own log, through the same door as all others: it would name addresses and paths."""

from gunicorn.config import Config
from gunicorn.glogging import Logger

from survey.log_lines import LogLine, write_log_lines


class DiscreetLog(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Writes lines that name nobody."""

    def setup(self, cfg: Config) -> None:
        """Set the log up, and that of everything that is served."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(LogLine())
        write_log_lines()

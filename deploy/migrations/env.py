"""What Alembic runs: the connection that `deploy.migrate` hands over, in one transaction."""

from alembic import context
from sqlmodel import SQLModel

import aggregation.access.models
import aggregation.alerts.models
import aggregation.appraisal.models
import aggregation.closings
import aggregation.comments.models
import aggregation.evidence.models
import aggregation.improvements.models
import aggregation.models
import aggregation.months.models
import aggregation.publishing.models
import aggregation.rules.models
import aggregation.screening.models
import aggregation.visits.models
import kiosk.models
import survey.models
import survey.publication_models
import survey.screening_models
import survey.seal_models

TABLES = (
    survey.models,
    survey.screening_models,
    survey.seal_models,
    survey.publication_models,
    kiosk.models,
    aggregation.models,
    aggregation.closings,
    aggregation.visits.models,
    aggregation.access.models,
    aggregation.rules.models,
    aggregation.screening.models,
    aggregation.appraisal.models,
    aggregation.months.models,
    aggregation.comments.models,
    aggregation.evidence.models,
    aggregation.improvements.models,
    aggregation.publishing.models,
    aggregation.alerts.models,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

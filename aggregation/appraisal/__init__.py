"""From a closed month to an appraisal: decisions, notes, statements, objections, revisions."""

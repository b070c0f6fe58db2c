"""From stored responses to a closed month: attribution, tally, closing, scores."""

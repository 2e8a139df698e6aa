"""From texts to knowledge: entities, relations and funding rounds of one news item."""

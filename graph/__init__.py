"""What is known: entities, relations, evidence, the catalogue of names, the network."""

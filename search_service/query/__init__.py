"""From what a person types to a tree that every engine answers alike."""

"""Training of the bundled world model. See docs/world_model.md for the contracts between its parts."""

"""The default engine: everything in one folder, nothing to install or to run beside it."""

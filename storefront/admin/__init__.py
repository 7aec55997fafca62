"""What every admin of the project has in common."""

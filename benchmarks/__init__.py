"""The shop beside its references, measured in one run: `make bench` and `make bench-growth`."""

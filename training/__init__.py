"""How the arbiter's weights are made from the benchmark: `python -m training.train`."""

"""How the quality and the speed of cleanpage are measured."""

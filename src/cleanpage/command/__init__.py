"""What the command does: which pages it reads, what it writes of them, one page or many."""

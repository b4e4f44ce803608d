"""Loops over characters and numbers in Cython, where the package was built with a C compiler.

Each kernel stands in for functions of one module, which asks `native.kernel` for it. Their Python is the reference: it
gives the same results, slower, and runs where the kernels are missing. tests/unit/test_kernels*.py compare.
"""

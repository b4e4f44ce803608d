"""Loops over characters and numbers in Cython, where the package was built with a C compiler.

Each kernel stands in for one function in Python, which is the reference: it gives the same results, slower, and runs
where the kernels are missing. A module asks `native.kernel` for its kernel; tests/unit/test_kernels*.py compare.
"""

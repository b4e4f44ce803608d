"""cleanpage in engines for tables: one module an engine, all with the columns of `rows`, loaded when they are named."""

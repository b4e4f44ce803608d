# In which sets words are: what the kernels over features share.

cdef inline object sets_with(list words, tuple sets):
    # For each word a bit for each of up to eight sets, set where the word is in it, as bytes.
    cdef Py_ssize_t place, row
    cdef set known = set().union(*sets), wanted
    cdef bytearray found = bytearray(len(words))
    cdef unsigned char *bits = found
    if known:
        for place in range(len(words)):
            word = words[place]
            if word in known:
                for row in range(len(sets)):
                    wanted = sets[row]
                    if word in wanted:
                        bits[place] |= 1 << row
    return found

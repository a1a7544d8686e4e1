"""What a run changed in the database, and how the effects of two runs differ.

    model = SnapshotSchema.of(design.schema)                          # snapshot.py
    before = read_snapshot(dataset.database, model)
    after = read_snapshot(path_or_postgresql_url, model)
    change = DatabaseChange(before, after)                       # changes.py
    change.effect()             # LimetypeEffect records, by limetype, for the run
    difference_of(clean, other) # LimetypeDifference records; None: the same effect
    varying_between(one, two)   # {limetype: properties} that vary between equal runs
    change.without(varying)     # the same change without these properties

A value is a hash of 64 bits. Rows that existed before the run are keyed by their id,
created rows by the digest of their other values, and the value of a relation is the key
of its target. So swapped values are seen, and ids that the run assigned and the order
of inserts are not. System columns (`_createdtime` and so on) are left out.

`difference_of` and `varying_between` are in differences.py; both need two changes that
start from the same content, and count exactly. Two saved records are compared by
`judge.effect_difference`, which estimates the number of rows.
"""

-- What all copies of the program that have this profile open know of its request budget: one row, read and written whole.
CREATE TABLE budget (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL
) STRICT;

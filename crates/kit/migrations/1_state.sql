-- The state of the sandbox.

CREATE TABLE payments (
    payment_request_id TEXT PRIMARY KEY,
    -- As the admin API writes it.
    payment TEXT NOT NULL
);

CREATE TABLE faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As the admin API reads it.
    fault_order TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    played INTEGER NOT NULL DEFAULT 0
);

-- What was asked about, and how often before.
CREATE TABLE asked (
    number INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    -- The number of the fault that was played, or 0 for a magic ID.
    fault INTEGER NOT NULL,
    payment_request_id TEXT NOT NULL,
    -- When the first inquiry came, in milliseconds since 1970.
    first INTEGER NOT NULL,
    before INTEGER NOT NULL DEFAULT 0,
    UNIQUE (client_id, fault, payment_request_id)
);

-- How many seconds the clock is ahead: one row.
CREATE TABLE clock (shift INTEGER NOT NULL);
INSERT INTO clock (shift) VALUES (0);

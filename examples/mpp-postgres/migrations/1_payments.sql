-- Amounts are in the currency's smallest unit.
CREATE TABLE payments (
    client_id text NOT NULL,
    payment_request_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('OPEN', 'CLOSED', 'DECLINED', 'PAID')),
    code text,
    payment_id text,
    amount bigint,
    currency text,
    pay_to_amount bigint,
    pay_to_currency text,
    payment_time timestamptz,
    customer_id text,
    PRIMARY KEY (client_id, payment_request_id),
    CHECK (state <> 'DECLINED' OR code IS NOT NULL),
    CHECK (state <> 'PAID' OR (payment_id, amount, currency, pay_to_amount, pay_to_currency, payment_time, customer_id) IS NOT NULL)
);

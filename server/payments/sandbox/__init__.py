"""The sandbox payment provider: a separate process that behaves like a real one.

It owns hosted payment pages, charges, refunds, signed webhooks and a journal on disk that is the
truth about its money. It shares no code, no memory and no database with the platform: the two
speak HTTP only, so a test of the platform against this process is a test against a peer that
can be slow, down, repetitive or silent.

    models    what the journal records and the API answers
    ledger    the state: a pure fold of journal entries
    journal   append-only JSON lines with group commit; `python -m ... .journal DIR` audits it
    service   the verbs: open, capture, decline, refund, cancel, expire
    delivery  signed webhooks, retried until accepted
    knobs     the faults that a simulation may ask for
    pages     the payer's page
    routes    HTTP

Nobody imports this package but its own command line, tests and the offline history checker.
"""

"""What must happen outside: the outbox, the worker that carries it, and the far ends (transports).

The row is the promise (docs/decisions/0001): `outbox.put` writes it in the transaction of its cause. The worker
(`worker.run`) claims due rows, hands each to the transport that the row names, and settles the row by the receipt.
A new far end is a new folder in `transports/`.
"""

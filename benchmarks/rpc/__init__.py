"""How fast gRPC's two Python servers take requests of a voucher's size.

``python -m rpc`` starts each server in a process of its own and drives it from another with 150 kB
requests and small replies. The handler does what a mutation does: some work without the GIL (the
engine), then one durable SQLite commit. Its table is the ground of decision record 0007.
"""

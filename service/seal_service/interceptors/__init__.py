"""What every call passes on its way to its use case, in this order.

trace → identity → quota → data class → validate → idempotency → authorise → use case and audit in
one transaction → metrics. `pipeline.Pipeline` puts them together; each file here is one of them.
"""

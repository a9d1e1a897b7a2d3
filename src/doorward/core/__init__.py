"""The domain: who may open what until when, and how that becomes writes. No I/O; pure Python."""

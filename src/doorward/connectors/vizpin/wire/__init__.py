"""The messages of the VIZpin OEM API: bytes in, values out."""

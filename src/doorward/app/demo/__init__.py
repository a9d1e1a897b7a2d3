"""The demo: a club's systems, all emulated, and a real hub between them.

stage     the twins, the hub that they call, a configuration that leads to them
happening what people do there: pay, leave, open a door, drive in and out
"""

from doorward.app.demo.happening import broken_register, half_gone, phone_at_door, renewal, traffic
from doorward.app.demo.stage import PASSWORD, Stage, stage

__all__ = [
    "PASSWORD",
    "Stage",
    "broken_register",
    "half_gone",
    "phone_at_door",
    "renewal",
    "stage",
    "traffic",
]

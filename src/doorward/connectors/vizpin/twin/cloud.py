"""All 36 operations over one memory: a Backend, and what phones and operators do beside it."""

from doorward.connectors.vizpin.server.backend import Backend
from doorward.connectors.vizpin.twin.doors import Doors
from doorward.connectors.vizpin.twin.login import LoginDesk
from doorward.connectors.vizpin.twin.people import People
from doorward.connectors.vizpin.twin.phone import Phones
from doorward.connectors.vizpin.twin.roles import RolesDesk


class Cloud(LoginDesk, Doors, People, RolesDesk, Phones, Backend):
    """VIZpin's cloud, with the phones that open its doors."""

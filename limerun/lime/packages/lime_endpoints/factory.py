"""APIs, which add resources to a blueprint."""

from lime_endpoints.endpoints import Declarations


class Api(Declarations):
    """Accepts the resources of a blueprint: `api.add_resource(Deals, "/deals")`."""

# mypy: ignore-errors
from lime_type.limeobjects import LimeObject


class Company(LimeObject):
    """Summarizes the deals of a company."""

    def before_update(self, uow, **kwargs):
        super().before_update(uow, **kwargs)
        country = self.get_property("country")
        if country and not country.value:
            country.value = "Sweden"

    def before_delete(self, uow, **kwargs):
        super().before_delete(uow, **kwargs)
        for history in self.properties.history.fetch():
            uow.delete(history)

    def won_value(self):
        return sum(
            deal.properties.value.value
            for deal in self.properties.deal.fetch()
            if deal.properties.dealstatus.value.key == "agreement"
        )


def register_limeobject_classes(register_class):
    register_class("company", Company)

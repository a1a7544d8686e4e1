# mypy: ignore-errors
import logging
from datetime import datetime

from lime_type.limeobjects import LimeObject

logger = logging.getLogger(__name__)


class Deal(LimeObject):
    """A deal that keeps its company informed."""

    def prepare_update(self, uow, **kwargs):
        super().prepare_update(uow, **kwargs)
        value = self.properties.value.value
        self.properties.weightedvalue.value = (
            value * self.properties.probability.value / 100
        )
        if self.application.coworker and self.properties.coworker.id is None:
            self.properties.coworker.attach(self.application.coworker)

    def before_update(self, uow, **kwargs):
        super().before_update(uow, **kwargs)
        status = self.properties.dealstatus
        if not status.is_dirty() or status.value.key != "agreement":
            return
        self.properties.closeddate.value = datetime.now()
        in_unit = [item.unsaved for item in uow.context.get_all()]
        if any(each.limetype.name == "history" for each in in_unit):
            return
        history = self.application.limetypes.history(type="autolog", note="Won")
        history.properties.deal.attach(self)
        company = self.properties.company.fetch()
        if company:
            history.properties.company.attach(company)
        uow.add(history)

    def after_update(self, unsaved_self, **kwargs):
        super().after_update(unsaved_self, **kwargs)
        status = unsaved_self.properties.dealstatus
        if unsaved_self.is_new:
            event = "new"
        elif status.is_dirty():
            event = "status"
        else:
            return
        self.publish(
            f"acme.deal.{event}.v1",
            {
                "id": self.id,
                "was": status.original_value.key,
                "is": status.value.key,
                "has_idx": hasattr(unsaved_self, "idx"),
            },
        )
        self._touch_company()

    def _touch_company(self):
        company = self.properties.company.fetch()
        if company is None:
            return
        company.properties.buyingstatus.set_by_key("active")
        uow = self.application.unit_of_work()
        uow.add(company)
        uow.commit()


def register_limeobject_classes(register_class):
    register_class("deal", Deal)

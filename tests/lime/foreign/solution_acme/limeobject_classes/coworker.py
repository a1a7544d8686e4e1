# mypy: ignore-errors
from lime_type.limeobjects import LimeObject


class Coworker(LimeObject):
    """A coworker who can be greeted."""

    def greeting(self):
        return f"Hello {self.properties.firstname.value}"


def register_limeobject_classes(register_class):
    register_class("coworker", Coworker)
